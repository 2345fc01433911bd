"""The page on which a person lets an app in. The vendors' own pages are not known: words and form are ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from urllib.parse import urlencode, urlsplit

from include.sandbox.ground import Answer

HTML = "text/html; charset=utf-8"
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title} · Sandbox</title>
<link rel="stylesheet" href="/pages.css"><link rel="icon" href="data:,"></head>
<body><main><h1>{title}</h1>{body}</main></body></html>
"""


def page(title: str, body: str, status: int = 200) -> Answer:
    """A small page; `body` is HTML."""
    return Answer(status, _PAGE.format(title=escape(title), body=body), content_type=HTML)


def asking(
    title: str, scopes: Iterable[str], hidden: Mapping[str, str], choices: Mapping[str, str], buttons: Mapping[str, str]
) -> Answer:
    """The question itself. choices: tenant id -> name, one of them is chosen; buttons: value of `answer` -> its words."""
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in hidden.items()
    )
    options = "".join(
        f'<p><label><input type="radio" name="tenant" value="{escape(each)}"{" checked" if not at else ""}> '
        f"{escape(name)}</label></p>"
        for at, (each, name) in enumerate(choices.items())
    )
    asked = "".join(f"<li>{escape(scope)}</li>" for scope in scopes)
    pressed = " ".join(
        f'<button name="answer" value="{escape(value)}">{escape(words)}</button>' for value, words in buttons.items()
    )
    return page(title, f'<form method="post"><ul>{asked}</ul>{options}{fields}<p>{pressed}</p></form>')


def back_to(uri: str, told: Mapping[str, str]) -> Answer:
    """The browser is sent back to the app, with what it is to tell."""
    joint = "&" if urlsplit(uri).query else "?"
    return Answer(302, None, {"location": f"{uri}{joint}{urlencode(told)}"}, content_type="")
