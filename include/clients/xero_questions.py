"""Questions to Xero that name many records: filters in a URL, cut into pieces that a URL can hold.

A `where` is an expression in text, so a value with a quote in it could say something else than meant. Values are
checked, never escaped: how Xero would read an escape is not known (xero.md 3.4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote
from uuid import UUID

URL_CHARS_MAX = 2000  # of the whole URL; the fixed part of ours is below 500
FILTER_CHARS_MAX = URL_CHARS_MAX - 500
NAMES_MAX = 40  # in one question, xero.md 3.4

_NOT_IN_A_WHERE = re.compile(r'["\\\x00-\x1f\x7f]')


def lists_of(names: Iterable[str]) -> Iterator[str]:
    """Comma-separated lists for `InvoiceNumbers` and `IDs`, each of at most 40 names and short enough for a URL.

    Raises ValueError for a name with a comma in it, which would be read as two.
    """
    wanted = list(dict.fromkeys(names))
    if any("," in name or not name.strip() for name in wanted):
        raise ValueError("a number or id to look for is empty or has a comma in it")
    yield from _joined(wanted, ",")


def wheres_of(clauses: Iterable[str]) -> Iterator[str]:
    """Expressions that join clauses with OR, each short enough for a URL."""
    yield from _joined(list(dict.fromkeys(clauses)), " OR ")


def is_text(column: str, value: str) -> str:
    """The clause that a column equals a text. Raises ValueError for a value that no `where` can hold."""
    if not can_be_asked(value):
        raise ValueError(f"a value to look for in {column} has a quote, a backslash or a control character in it")
    return f'{column}=="{value}"'


def is_guid(column: str, value: str) -> str:
    """The clause that a column equals an id. Raises ValueError for what is no id."""
    return f'{column}==Guid("{UUID(value)}")'


def can_be_asked(value: str) -> bool:
    """Whether a text can stand in a `where`."""
    return bool(value.strip()) and not _NOT_IN_A_WHERE.search(value)


def folded(value: object) -> str:
    """A text as Xero compares it: letter case and outer spaces make no difference."""
    return str(value).strip().casefold() if value is not None else ""


def _joined(parts: Sequence[str], by: str) -> Iterator[str]:
    piece: list[str] = []
    length = 0
    for part in parts:
        more = len(quote(part + by, safe=""))
        if piece and (length + more > FILTER_CHARS_MAX or len(piece) == NAMES_MAX):
            yield by.join(piece)
            piece, length = [], 0
        piece.append(part)
        length += more
    if piece:
        yield by.join(piece)
