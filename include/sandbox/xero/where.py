"""Xero's `where` and `order`: a small parser for the expressions that integrators send (reference xero.md 3.4).

Grammar
    either      both (OR both)*                 also ||
    both        one (AND one)*                  also &&
    one         ( either )  |  column sign value  |  column.StartsWith("..")  |  column.Contains("..")
    sign        ==  !=  >=  <=  >  <
    value       "text"  12.50  true  false  null  Guid("..")  DateTime(2026,11,23[,h,m,s])

What the parser does not know is never guessed: it raises NeverSeen, and the sandbox answers 501.
Text is compared without regard to case: seen for Name (recording contacts_by_name_other_case), taken for all. [U]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from include.sandbox.ground import NeverSeen

Kind = Literal["text", "guid", "number", "day", "moment", "boolean"]


@dataclass(frozen=True)
class Column:
    """One column that may stand in `where` and `order`: what it holds, and where a record keeps it."""

    kind: Kind
    value: Callable[[Any], Any]


Columns = Mapping[str, Column]
Test = Callable[[Columns, Any], bool]

_TOKEN = re.compile(
    r"""\s*(?:(?P<sign>==|!=|>=|<=|>|<)|(?P<both>AND\b|&&)|(?P<either>OR\b|\|\|)|(?P<punct>[(),])"""
    r"""|(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][\w.]*))""",
    re.IGNORECASE,
)


def matches(expression: str, columns: Columns, record: Any) -> bool:
    """Whether the record satisfies the expression. Raises NeverSeen, see the module."""
    return _parsed(expression)(columns, record)


def sorted_by(order: str, columns: Columns, records: list[Any]) -> list[Any]:
    """The records in an order such as `UpdatedDateUTC DESC`; equal ones keep their order. Raises NeverSeen."""
    words = order.split()
    if (
        not words
        or len(words) > 2
        or words[0] not in columns
        or (words[1:] and words[1].upper() not in ("ASC", "DESC"))
    ):
        raise NeverSeen(f"order={order!r}; known columns: {', '.join(columns)}")
    column = columns[words[0]]

    def key(record: Any) -> tuple[bool, Any]:
        value = column.value(record)
        return (value is not None, value.casefold() if isinstance(value, str) else value)

    return sorted(records, key=key, reverse=words[-1].upper() == "DESC")


@lru_cache(maxsize=512)
def _parsed(expression: str) -> Test:
    parser = _Parser(expression)
    test = parser.either()
    if parser.kind:
        raise NeverSeen(f"where={expression!r}: not understood from {parser.text!r} on")
    return test


class _Parser:
    """Reads one expression, one token ahead: `kind` and `text` are the next token's."""

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self.at = 0
        self.kind = ""
        self.text = ""
        self._step()

    def _step(self) -> None:
        if not self.expression[self.at :].strip():
            self.kind = self.text = ""
            return
        match = _TOKEN.match(self.expression, self.at)
        if match is None or match.lastgroup is None:
            raise NeverSeen(f"where={self.expression!r}: not understood at position {self.at}")
        self.at, self.kind, self.text = match.end(), match.lastgroup, match[match.lastgroup]

    def _take(self, kind: str, text: str = "") -> str:
        if self.kind != kind or (text and self.text != text):
            raise NeverSeen(f"where={self.expression!r}: {text or kind} expected before {self.text!r}")
        taken = self.text
        self._step()
        return taken

    def either(self) -> Test:
        tests = [self.both()]
        while self.kind == "either":
            self._step()
            tests.append(self.both())
        return tests[0] if len(tests) == 1 else lambda columns, record: any(t(columns, record) for t in tests)

    def both(self) -> Test:
        tests = [self.one()]
        while self.kind == "both":
            self._step()
            tests.append(self.one())
        return tests[0] if len(tests) == 1 else lambda columns, record: all(t(columns, record) for t in tests)

    def one(self) -> Test:
        if self.kind == "punct" and self.text == "(":
            self._step()
            inner = self.either()
            self._take("punct", ")")
            return inner
        name = self._take("name")
        if self.kind == "punct" and self.text == "(":
            return self._method(name)
        sign = self._take("sign")
        kind, wanted = self._value()

        def test(columns: Columns, record: Any) -> bool:
            return _compares(sign, _column(columns, name, kind).value(record), wanted)

        return test

    def _method(self, name: str) -> Test:
        name, _, method = name.rpartition(".")
        if method not in ("StartsWith", "Contains"):
            raise NeverSeen(f"where={self.expression!r}: method {method!r}")
        self._step()
        wanted = _unquoted(self._take("text")).casefold()
        self._take("punct", ")")
        if self.kind == "sign":  # `.Contains("x") == true` is written by some
            self._take("sign", "==")
            if self._take("name").lower() != "true":
                raise NeverSeen(f"where={self.expression!r}: a method compared with anything but true")

        def test(columns: Columns, record: Any) -> bool:
            value = (_column(columns, name, "text").value(record) or "").casefold()
            return bool(value.startswith(wanted)) if method == "StartsWith" else wanted in value

        return test

    def _value(self) -> tuple[str, Any]:
        if self.kind == "text":
            return "text", _unquoted(self._take("text")).casefold()
        if self.kind == "number":
            return "number", Decimal(self._take("number"))
        word = self._take("name")
        if word.lower() in ("true", "false"):
            return "boolean", word.lower() == "true"
        if word.lower() == "null":
            return "null", None
        self._take("punct", "(")
        if word == "Guid":
            guid = _unquoted(self._take("text")).lower()
            self._take("punct", ")")
            return "guid", guid
        if word != "DateTime":
            raise NeverSeen(f"where={self.expression!r}: value {word!r}")
        numbers = [int(self._take("number"))]
        while self.kind == "punct" and self.text == ",":
            self._step()
            numbers.append(int(self._take("number")))
        self._take("punct", ")")
        try:
            return "day", datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type, misc]
        except (TypeError, ValueError):
            raise NeverSeen(f"where={self.expression!r}: DateTime{tuple(numbers)}") from None


def _column(columns: Columns, name: str, kind: str) -> Column:
    column = columns.get(name)
    if column is None:
        raise NeverSeen(f"where: column {name!r}; known: {', '.join(columns)}")
    if kind not in ("null", column.kind) and not (kind == "day" and column.kind == "moment"):
        raise NeverSeen(f"where: {name} holds {column.kind}, and was compared with {kind}")
    return column


def _compares(sign: str, value: Any, wanted: Any) -> bool:
    if isinstance(value, str):
        value = value.casefold()
    elif isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    if sign == "==":
        return bool(value == wanted)
    if sign == "!=":
        return bool(value != wanted)
    if value is None or wanted is None:
        return False
    return bool({">=": value >= wanted, "<=": value <= wanted, ">": value > wanted, "<": value < wanted}[sign])


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])
