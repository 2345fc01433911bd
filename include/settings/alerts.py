"""Who hears what, and when: a store's `alerts`. What it means is in `domain/alert.py`."""

from collections.abc import Iterator
from datetime import time, timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from include.domain.alert import KINDS, Audience, Hours, Route, Severity
from include.settings.forms import Money, Strict

Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Hour = Annotated[int, Field(ge=1, le=2160)]
Address = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]


class QuietHours(Strict):
    """When nobody is told of what can wait. What is severe does not wait. `begin` after `end` goes over midnight."""

    begin: Clock
    end: Clock


class Escalation(Strict):
    """Who else is told when a cause still lasts so long after it was told."""

    after_hours: Hour
    mail: Annotated[tuple[Address, ...], Field(min_length=1)]


class RouteRow(Strict):
    """Who hears of what. Every condition that is given must hold; the first row that matches counts.

    over      the least amount, in `currency`
    chat      names of Airflow's Connections of type http (docs/alerts.md)
    digest    told together at these times of day instead of at once
    remind_after_hours, escalate   as for all, unless said here; `never` ends the reminders
    """

    kind: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    severity: tuple[Severity, ...] = ()
    over: Money | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = ""
    mail: tuple[Address, ...] = ()
    chat: tuple[str, ...] = ()
    digest: tuple[Clock, ...] = ()
    remind_after_hours: Hour | Literal["never"] | None = None
    escalate: Escalation | None = None

    @field_validator("kind")
    @classmethod
    def _are_kinds(cls, kinds: tuple[str, ...]) -> tuple[str, ...]:
        for kind in kinds:
            if kind not in KINDS:
                raise ValueError(f"{kind!r} is no kind of alert; there are {', '.join(KINDS)}")
        return kinds

    @model_validator(mode="after")
    def _amount_has_a_currency(self) -> Self:
        if (self.over is None) == bool(self.currency):
            raise ValueError("`over` and the `currency` that it is in go together")
        return self


class Alerts(Strict):
    """Who hears what, and when of silence: no order (None: never), none posted, a cursor that stands still.

    routes                tried in their order; what none takes goes to `finance` or `operations`, as its kind says
    zone                  the clock of quiet hours, digests and the deadline
    orders_in_books_by    when yesterday's orders must be in the books; None: nobody waits for that
    run_longer_than_minutes   a run of `orders_to_books` that takes longer is told of; None: it may
    """

    finance: tuple[Address, ...] = ()
    operations: tuple[Address, ...] = ()
    routes: tuple[RouteRow, ...] = ()
    zone: str = "UTC"
    quiet_hours: QuietHours | None = None
    remind_after_hours: Hour | Literal["never"] = 24
    escalate: Escalation | None = None
    orders_in_books_by: Clock | None = None
    run_longer_than_minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    still_due_after_days: Annotated[int, Field(ge=1, le=365)] = 7
    no_order_after_hours: Hour | None = None
    unposted_after_hours: Annotated[int, Field(ge=1, le=720)] = 24
    standstill_after_hours: Annotated[int, Field(ge=1, le=720)] = 3
    sender: str = "bridge@localhost"

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{zone!r} is no time zone; Australia/Sydney is one") from None
        return zone

    @property
    def hours(self) -> Hours:
        """The clock and the quiet hours."""
        quiet = self.quiet_hours
        return Hours(ZoneInfo(self.zone), None if quiet is None else (_time(quiet.begin), _time(quiet.end)))

    @property
    def may_wait(self) -> bool:
        """Whether anything is told later than it comes up."""
        return self.quiet_hours is not None or any(row.digest for row in self.routes)

    def to(self, audience: Audience) -> tuple[str, ...]:
        """The addresses of finance or of operations."""
        return self.finance if audience == "finance" else self.operations

    def all_routes(self) -> tuple[Route, ...]:
        """The rows, and after them what holds for a kind that no row takes."""
        return (*(self._route(row) for row in self.routes), *self._defaults())

    def _route(self, row: RouteRow) -> Route:
        escalate = row.escalate or self.escalate
        return Route(
            kinds=frozenset(row.kind),
            reasons=frozenset(row.reason),
            severities=frozenset(row.severity),
            over=row.over,
            currency=row.currency,
            mail=row.mail,
            chat=row.chat,
            digest=tuple(_time(each) for each in row.digest),
            remind_after=_hours(row.remind_after_hours or self.remind_after_hours),
            escalate_after=None if escalate is None else timedelta(hours=escalate.after_hours),
            escalate_to=() if escalate is None else escalate.mail,
        )

    def _defaults(self) -> Iterator[Route]:
        for audience in dict.fromkeys(kind.audience for kind in KINDS.values()):
            yield self._route(
                RouteRow(
                    kind=tuple(name for name, kind in KINDS.items() if kind.audience == audience),
                    mail=_once(address for each in audience for address in self.to(each)),
                )
            )


def _once(addresses: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(addresses))


def _time(clock: str) -> time:
    return time.fromisoformat(clock)


def _hours(hours: int | Literal["never"]) -> timedelta | None:
    return None if hours == "never" else timedelta(hours=hours)
