"""Our own lists of the fields in the vendors' answers, and the checker that holds every answer against them.

A table is written as text, one field a line, columns apart by two or more blanks:

    name            type           presence     source
    InvoiceID       text           always       spec Invoice, seen in nango-invoice-create
    Reference       text           sometimes    spec Invoice
    date_shipped    text|null      always       ...
    LineItems       [LineItem]     always       ...
    *               any            sometimes    names that are the vendor's data (a map)

Types     text, number, integer, boolean, object, list, null, any; `Name` is another table, `[x]` a list of x; `a|b` either.
Presence  `always` or `sometimes`.
Names     A name in an answer that no line lists is a difference: nothing is sent that was not looked up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

_PLAIN: dict[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float | Decimal) and not isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "list": lambda value: isinstance(value, list),
    "null": lambda value: value is None,
    "any": lambda value: True,
}


@dataclass(frozen=True)
class Field:
    """One field of a table."""

    name: str
    type: str
    is_always_there: bool
    source: str

    @property
    def nullable(self) -> bool:
        """Whether the answer may carry a JSON null here."""
        return "null" in self.type.split("|") or self.type == "any"


@dataclass
class Tables:
    """All tables of one vendor, by name."""

    vendor: str
    tables: dict[str, dict[str, Field]] = field(default_factory=dict)

    def add(self, name: str, text: str) -> None:
        """Read one table from its text. Raises ValueError for a line that lacks a column."""
        rows: dict[str, Field] = {}
        for line in filter(str.strip, text.splitlines()):
            columns = re.split(r"\s{2,}", line.strip(), maxsplit=3)
            if len(columns) != 4 or columns[2] not in ("always", "sometimes"):
                raise ValueError(f"table {name}: needs name, type, always|sometimes, source: {line.strip()!r}")
            rows[columns[0]] = Field(columns[0], columns[1], columns[2] == "always", columns[3])
        self.tables[name] = rows

    def shape(self, type_: str) -> Callable[[Any], list[str]]:
        """A judge of whole bodies, for a route: gives the differences between a body and `type_`, in words."""
        return lambda body: self.differences(body, type_)

    def differences(self, value: Any, type_: str, where: str = "") -> list[str]:
        """What is wrong with `value` as a `type_`, one sentence each; empty when nothing is."""
        found: list[str] = []
        self._collect(value, type_, where or type_, found)
        return found

    def _collect(self, value: Any, type_: str, where: str, found: list[str]) -> None:
        if "|" in type_ and not type_.startswith("["):
            if all(self.differences(value, choice, where) for choice in type_.split("|")):
                found.append(f"{where}: {_named(value)} is not {type_}")
        elif type_ in _PLAIN:
            if not _PLAIN[type_](value):
                found.append(f"{where}: {_named(value)} is not {type_}")
        elif type_.startswith("["):
            if not isinstance(value, list):
                found.append(f"{where}: {_named(value)} is not a list")
                return
            for position, element in enumerate(value):
                self._collect(element, type_[1:-1], f"{where}[{position}]", found)
        else:
            self._collect_object(value, self.tables[type_], where, found)

    def _collect_object(self, value: Any, rows: Mapping[str, Field], where: str, found: list[str]) -> None:
        if not isinstance(value, dict):
            found.append(f"{where}: {_named(value)} is not an object")
            return
        rest = rows.get("*")
        for name, element in value.items():
            row = rows.get(name, rest)
            if row is None:
                found.append(f"{where}.{name}: this field is in no table")
            elif row.type in _PLAIN:  # the common case, without building a path for each field
                if not _PLAIN[row.type](element):
                    found.append(f"{where}.{name}: {_named(element)} is not {row.type}")
            else:
                self._collect(element, row.type, f"{where}.{name}", found)
        found.extend(
            f"{where}.{row.name}: missing" for row in rows.values() if row.is_always_there and row.name not in value
        )


def _named(value: Any) -> str:
    if value is None:
        return "null"
    return f"{type(value).__name__} {str(value)[:40]!r}"
