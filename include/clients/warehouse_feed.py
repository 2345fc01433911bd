"""A whole warehouse feed: what is taken of it, and what is wrong with it.

One row that is wrong costs its SKU; a feed that is wrong costs the run, since a half feed looks like a half empty warehouse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from include.clients.answers import Answer, Unreadable, media_type_of
from include.clients.errors import NotUnderstood
from include.clients.warehouse_rows import FeedProblem, WarehouseLevel, hours, read_rows, stamp_of
from include.clients.warehouse_text import RawRow, csv_rows, json_rows

_READERS = {"text/csv": csv_rows, "application/json": json_rows}
_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Feed:
    """What a warehouse says of its stock.

    levels     at least one. A SKU that stands in none is unknown, which is not 0.
    problems   of rows, in the feed's order. No SKU of theirs has a level.
    """

    levels: tuple[WarehouseLevel, ...]
    problems: tuple[FeedProblem, ...] = ()

    @property
    def in_doubt(self) -> frozenset[str]:
        """The SKUs that must stay as they are until a person has mended the feed."""
        return frozenset(problem.sku for problem in self.problems if problem.sku is not None)

    @property
    def counted_at(self) -> datetime | None:
        """What had left the warehouse by this moment is in no level any more: the earliest `as_of`. None: not all say one."""
        moments = [level.as_of for level in self.levels if level.as_of is not None]
        return min(moments) if len(moments) == len(self.levels) else None


def feed_in(answer: Answer, *, now: datetime, as_of_max_age: timedelta) -> Feed:
    """The feed in an answer. Raises Unreadable for what may be whole when asked again, NotUnderstood for the rest."""
    rows = _rows_in(answer)
    if not rows:
        raise NotUnderstood(
            "The warehouse feed is empty. No warehouse is believed to have nothing: state what is gone as 0."
        )
    newest = max((stamp for row in rows if (stamp := stamp_of(row, now)) is not None), default=None)
    if newest is not None and now - newest > as_of_max_age:
        raise NotUnderstood(
            f"The warehouse feed is old: its newest as_of is {newest:%d %b %Y %H:%M} UTC, more than {hours(as_of_max_age)} "
            "ago. See in the warehouse why it is no longer written."
        )
    levels, problems = read_rows(rows, now=now, as_of_max_age=as_of_max_age)
    if not levels:
        raise NotUnderstood(
            f"The warehouse feed has no row that can be used. The first: {problems[0].words} {problems[0].remedy}"
        )
    return Feed(tuple(levels), tuple(problems))


def _rows_in(answer: Answer) -> list[RawRow]:
    if answer.status != 200:
        raise Unreadable(f"answered {answer.status} where 200 is the one answer that brings a whole feed")
    kind = media_type_of(answer)
    if kind not in _READERS:
        raise Unreadable(f"answered with {kind or 'no content type'} instead of {' or '.join(_READERS)}")
    charset = _CHARSET.search(answer.headers.get("content-type", ""))
    if charset and charset[1].lower() not in ("utf-8", "utf8", "us-ascii"):
        raise NotUnderstood("The warehouse feed says that it is not UTF-8: write it in UTF-8, and say so or nothing.")
    if not answer.body.strip():
        raise Unreadable("sent an empty answer")
    return _READERS[kind](answer.body)
