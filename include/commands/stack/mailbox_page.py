"""How the mailbox looks. No scripts: the list renews itself, a mail stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

RENEW_EVERY_S = 10

STYLE = """
:root { color-scheme: light dark; --line: #8884; --faint: #8881; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; width: 7rem; } td.at { white-space: nowrap; } .faint { opacity: .7; }
iframe { width: 100%; height: 30rem; border: 1px solid var(--line); border-radius: 6px; background: #fff; }
pre { white-space: pre-wrap; background: var(--faint); padding: 1rem; border-radius: 6px; overflow-x: auto; }
"""


def index(mails: Sequence[Mapping[str, Any]]) -> str:
    """The list of mails, in the order given."""
    rows = "".join(
        f'<tr><td class="at">{escape(_moment(mail["at"]))}</td>'
        f'<td><a href="/mails/{escape(mail["id"])}">{escape(mail["subject"] or "(no subject)")}</a></td>'
        f"<td>{escape(', '.join(mail['recipients']))}</td></tr>"
        for mail in mails
    )
    listed = f"<table><thead><tr><td>received (UTC)</td><td>subject</td><td>to</td></tr></thead>{rows}</table>"
    nothing = "<p>No mail yet. What Airflow and the bridge send arrives here, and goes no further.</p>"
    title = f"Mailbox ({len(mails)})" if mails else "Mailbox"
    return _page(title, listed if mails else nothing, renews=True)


def mail(one: Mapping[str, Any]) -> str:
    """One mail: head, HTML part, text part, attachments."""
    address = f"/mails/{escape(one['id'])}"
    head = {"from": one["sender"], "to": ", ".join(one["recipients"]), "received": f"{_moment(one['at'])} UTC"}
    rows = "".join(f"<tr><th>{name}</th><td>{escape(value)}</td></tr>" for name, value in head.items())
    files = [f'<a href="{address}/attached/{at}">{escape(name)}</a>' for at, name in enumerate(one["attachments"])]
    rows += f"<tr><th>attached</th><td>{', '.join(files)}</td></tr>" if files else ""
    html = f'<h2>HTML</h2><iframe src="{address}/html" title="HTML part" sandbox></iframe>' if one["html"] else ""
    text = f"<h2>Text</h2><pre>{escape(one['text'])}</pre>" if one["text"] else ""
    links = f'<p><a href="/">All mails</a> <span class="faint">·</span> <a href="{address}/raw">As it came</a></p>'
    return _page(one["subject"] or "(no subject)", f"{links}<table>{rows}</table>{html}{text}", renews=False)


def _page(title: str, body: str, *, renews: bool) -> str:
    renew = f'<meta http-equiv="refresh" content="{RENEW_EVERY_S}">' if renews else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{renew}'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title><style>{STYLE}</style></head>'
        f"<body><h1>{escape(title)}</h1>{body}</body></html>"
    )


def _moment(at: str) -> str:
    return at.replace("T", " ").removesuffix("+00:00")
