"""What all pages of the console share: the frame with its navigation, the headers, and forms that only we can have made.

A page is a template in `templates/` that extends `console.html`. It needs nothing from elsewhere: style and script are in
it, and the content policy names them by digest. Every text is escaped by the template.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from airflow.configuration import conf
from fastapi import Request, Response

from bridge.console import form_token
from bridge.console.saying import Said

if TYPE_CHECKING:
    from jinja2 import Environment

    from bridge.console.readers import Reader
    from include.papers.page import Site
    from include.settings.store import Store

TEMPLATES = Path(__file__).parent / "templates"
# Name in the navigation, path behind /bridge/. Airflow's own navigation has the same (bridge_plugin.py).
PAGES = (
    ("Today", "today"),
    ("Order", "order"),
    ("Review desk", "review"),
    ("Reconciliation", "reconciliation"),
    ("Backfill", "backfill"),
    ("Connections", "connections"),
)
# What is read here is of one company and one moment: no cache keeps it, no other site learns where the reader came from.
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
_INLINE = re.compile(r"<(style|script)>(.*?)</\1>", re.DOTALL)


def page(
    template: str,
    reader: Reader,
    *,
    here: str,
    title: str,
    store: Store | None = None,
    status: int = 200,
    framed: bool = False,
    **content: Any,
) -> Response:
    """A page of the console.

    here     the path of its entry in the navigation
    store    whose page it is: the navigation stays with that store
    framed   it stands within a page of Airflow's, which has a navigation of its own
    content  what the template is given. A name that it misses raises: no page has a hole
    """
    html = (
        _templates()
        .get_template(template)
        .render(
            reader=reader,
            here=here,
            title=title,
            store=store,
            navigation=[] if framed else navigation(here, store.key if store else ""),
            stores=[
                (each.key, each.file.name, f"{here}?{urlencode({'store': each.key})}")
                for each in reader.stores.values()
            ],
            **content,
        )
    )
    return answer(html, status)


def answer(html: str, status: int = 200) -> Response:
    """A page as an answer, under the policy that its own style and script need and no more."""
    return Response(html, status, {**HEADERS, "Content-Security-Policy": policy(html)}, "text/html; charset=utf-8")


def policy(html: str) -> str:
    """The Content-Security-Policy under which a page works."""
    digests: dict[str, list[str]] = {"style": [], "script": []}
    for kind, text in _INLINE.findall(html):
        digests[kind].append(f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'")
    styles, scripts = (" ".join(digests[kind]) or "'none'" for kind in ("style", "script"))
    return (
        f"default-src 'none'; style-src {styles}; script-src {scripts}; img-src data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    )


def navigation(here: str, store_key: str) -> list[tuple[str, str, bool]]:
    """Of each page its name, its address, and whether the reader is on it."""
    query = f"?{urlencode({'store': store_key})}" if store_key else ""
    return [(name, f"{path}{query}", path == here) for name, path in PAGES]


def site_around(here: str, store: Store) -> Site:
    """The console around a paper, which has a frame of its own since it is printed and mailed as well."""
    from include.papers.page import Site

    return Site(navigation(here, store.key), (TEMPLATES / "theme.js").read_text("utf-8"))


def token_for(reader: Reader, about: str) -> str:
    """What a form carries, so that no other site can send it in the reader's name. `about` is what it would do."""
    return form_token.token(_key(), reader.name, about)


def refuse_foreign_form(request: Request, reader: Reader, token: str, about: str, back_url: str) -> None:
    """Raise Said for a form that was not ours, was another person's, is about something else, or is too old."""
    # A browser says where a form came from; one that does not is held to the token alone.
    from_elsewhere = request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
    if from_elsewhere or not form_token.is_ours(token, _key(), reader.name, about):
        raise Said(403, "Nothing was done", "The form is too old, or was not ours. Open the page again.", back_url)


def note(said: Said) -> Response:
    """What was refused or not found, as a page. It needs no reader: it may be shown before anybody is known."""
    html = (
        _templates()
        .get_template("note.html")
        .render(title=said.headline, headline=said.headline, sentence=said.sentence, back_url=said.back_url)
    )
    return answer(html, said.status)


def sheet(template: str, *, title: str, **content: Any) -> Response:
    """A page without the navigation, of one thing to do: its address is not one of the console's own pages."""
    return answer(_templates().get_template(template).render(title=title, **content))


def signing_key() -> str:
    """The secret of Airflow's own forms; what is signed with a key made of it is ours."""
    return _key()


def _key() -> str:
    return conf.get("api", "secret_key", fallback="") or ""


@cache
def _templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from include.papers import page as papers
    from include.papers import words

    made = Environment(
        # The papers' folder too: one palette.
        loader=FileSystemLoader([TEMPLATES, papers.TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ("money", "whole", "sums", "quantity", "many", "day", "moment", "day_of", "age"):
        made.filters[name] = getattr(words, name)
    return made
