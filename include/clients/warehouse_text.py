"""The text of a warehouse feed, cut into rows: a CSV or a JSON, as docs/warehouse_feed.md describes them.

Nothing is judged here but the text itself. What is cut off raises Unreadable, since asking again may help; what is whole
and has another shape raises NotUnderstood, with what to change in the warehouse.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from include.clients.answers import Unreadable
from include.clients.errors import NotUnderstood

FIELDS = ("sku", "on_hand", "location", "as_of")
NEEDED = FIELDS[:2]
SEPARATORS = (",", ";")


class NumberText(str):
    """A number of JSON, as its text: it never becomes a float."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row of a feed.

    at        where it stands: the line of a CSV, the place in a JSON's list; both count from 1.
    fields    what it says, by the names of FIELDS; None or absent where it says nothing.
    trouble   what keeps the row from being read at all; empty if nothing does.
    remedy    what to change then.
    """

    at: int
    fields: Mapping[str, Any]
    trouble: str = ""
    remedy: str = ""


def csv_rows(body: bytes) -> list[RawRow]:
    """The rows of a CSV. The first line names the columns; others than ours are left alone.

    A CSV does not say where it ends, so a line break must: one that was cut in the middle of "12" would say 1.
    """
    text = _text_of(body)
    if not text.strip():
        raise Unreadable("sent an empty answer")
    if not text.endswith("\n"):
        raise Unreadable("sent a CSV that stops in the middle: after its last row, too, a line break is due")
    header, separator = _header_of(text)
    rows: list[RawRow] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        next(reader)
        at = reader.line_num + 1
        for cells in reader:
            if cells:
                rows.append(_csv_row(at, header, cells))
            at = reader.line_num + 1
    except csv.Error:
        pass  # raised below: the parser's error may hold a piece of the feed
    else:
        return rows
    raise Unreadable(f"sent a CSV that cannot be read from line {at} on: its quotes do not match, or it stops there")


def json_rows(body: bytes) -> list[RawRow]:
    """The rows of a JSON: the elements of its list "levels"."""
    content = _json_of(_text_of(body))
    levels = content.get("levels") if isinstance(content, dict) else None
    if not isinstance(levels, list):
        raise NotUnderstood('The warehouse feed has no list "levels" on top: its JSON must be {"levels": [...]}.')
    return [_json_row(at, level) for at, level in enumerate(levels, 1)]


def _header_of(text: str) -> tuple[list[str], str]:
    """The columns' names, in lower case, and what separates cells."""
    for separator in SEPARATORS:
        try:
            first = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
        except csv.Error:
            continue
        header = [name.strip().lower() for name in first]
        if set(NEEDED) <= set(header):
            twice = [name for name, count in Counter(header).items() if count > 1 and name in FIELDS]
            if twice:
                raise NotUnderstood(f"The warehouse feed has two columns {twice[0]}: leave one in its first line.")
            return header, separator
    raise NotUnderstood(
        f"The warehouse feed lacks a column: its first line must name {' and '.join(NEEDED)}, apart by commas or semicolons."
    )


def _csv_row(at: int, header: Sequence[str], cells: Sequence[str]) -> RawRow:
    fields = {name: cell for name, cell in zip(header, cells, strict=False) if name in FIELDS}
    if len(cells) == len(header):
        return RawRow(at, fields)
    trouble = f"has {len(cells)} cells where the first line has {len(header)}"
    return RawRow(at, fields, trouble, "Put a cell that holds the separator in quotes.")


class _TwiceNamed(dict[str, Any]):
    """An object of JSON that says one of its names twice: which of the two is meant, nobody knows."""


def _json_row(at: int, level: Any) -> RawRow:
    if not isinstance(level, dict):
        return RawRow(at, {}, "is no object", 'Write it as {"sku": "MUG", "on_hand": "12"}.')
    fields = {name: level[name] for name in FIELDS if name in level}
    if isinstance(level, _TwiceNamed):
        return RawRow(at, fields, "names a field twice", "Name each field once.")
    missing = [name for name in NEEDED if name not in level]
    if missing:
        return RawRow(at, fields, f"has no {missing[0]}", f"Give it its {missing[0]}.")
    return RawRow(at, fields)


def _object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _TwiceNamed(found)


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object_of, parse_int=NumberText, parse_float=NumberText, parse_constant=_no_number
)


def _json_of(text: str) -> Any:
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        pass  # raised below: a JSONDecodeError carries the whole feed along
    raise Unreadable("sent JSON that stops in the middle or is none")


def _text_of(body: bytes) -> str:
    try:
        return body.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError:
        pass
    raise Unreadable("sent text that is not UTF-8")
