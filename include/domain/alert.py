"""Who is told of something, and when: a cause is told once, recalled with a count, and told to be over.

An alert is a cause, such as a circuit that is open or orders that wait for a decision. Its routes are a store's settings; the
first that matches it counts. All here is a function of the alert, its route, what was told of it, and a moment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

Severity = Literal["note", "normal", "severe"]
Audience = Literal["finance", "operations"]
Word = Literal["first", "reminder", "escalation", "over"]
RECALLED_AT_LEAST_EACH = timedelta(days=7)
AT_ONCE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of alert is before any setting.

    name       for people
    audience   who hears of it where no route says otherwise
    patience   how long the cause must last before it is told: a vendor that stumbles for a minute is no news. None: as
               long as until a reminder, since each thing was told of by a letter of its own when it came
    """

    name: str
    audience: tuple[Audience, ...]
    severity: Severity = "normal"
    patience: timedelta | None = AT_ONCE


KINDS: Mapping[str, Kind] = {
    "held": Kind("orders held or failed", ("finance",)),
    "waiting": Kind("orders that nobody decided", ("finance",), "normal", None),
    "reconciliation": Kind("the day's report", ("finance",)),
    "unsigned": Kind("days that nobody signed", ("finance",), "note"),
    "shadow": Kind("the shadow report", ("finance",), "note"),
    "customer": Kind("customers and their contacts", ("finance",), "note"),
    "item": Kind("products and their items", ("operations", "finance"), "note"),
    "mapping": Kind("settings that Xero does not know any more", ("operations", "finance")),
    "deadline": Kind("orders that miss their deadline", ("operations", "finance"), "severe"),
    "stock": Kind("stock", ("operations",)),
    "drift": Kind("another form of the shop's answers", ("operations",), "note"),
    "red": Kind("red steps", ("operations",)),
    "slow": Kind("runs that take too long", ("operations",)),
    "silence": Kind("silence", ("operations",)),
    "circuit": Kind("a vendor that does not answer", ("operations",), "normal", timedelta(minutes=10)),
    "consent": Kind("a consent that ends", ("operations",), "severe"),
    "calls": Kind("calls that run out", ("operations",)),
    "lane": Kind("orders within seconds that wait for the clock", ("operations",), "note", timedelta(minutes=10)),
    "webhooks": Kind("webhooks of the shop", ("operations",)),
    "outbox": Kind("letters that do not leave", ("operations",), "normal", timedelta(minutes=15)),
    "audit": Kind("the audit's chain", ("operations", "finance"), "severe"),
}


@dataclass(frozen=True, slots=True)
class Alert:
    """A cause.

    kind      one of KINDS; with `subject` it names the cause within a store
    amount    what is at stake, in `currency`; None where it is not money
    since     from when it has been so; aware
    over_at   when it was found to be over; None while it lasts
    count     how many things, or how often; at least 1
    page      where it is looked at, below Airflow's address: `bridge/review?store=au`; empty where nowhere
    """

    kind: str
    subject: str
    sentence: str
    remedy: str
    since: datetime
    severity: Severity = "normal"
    reason: str = ""
    amount: Decimal | None = None
    currency: str = ""
    count: int = 1
    page: str = ""
    over_at: datetime | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for a kind that is none, since nobody would be told of it."""
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} is no kind of alert: KINDS has {', '.join(KINDS)}.")


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of an alert: when first and last, how often while it lasted, and when others were brought in.

    taken_at  when somebody said that they look after it
    """

    first_at: datetime | None = None
    last_at: datetime | None = None
    times: int = 0
    escalated_at: datetime | None = None
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """Who hears of what matches, and when. An empty condition matches all.

    over            the least amount in `currency`; an alert without an amount, or of another currency, does not match
    mail, chat      addresses; names of Airflow's Connections. Neither: nobody is told
    digest          told at these times of day, together; empty: at once
    remind_after    how long after the first word it is recalled; each time twice as long, at most a week. None: never
    escalate_after  how long after the first word others are told, once
    """

    kinds: frozenset[str] = frozenset()
    reasons: frozenset[str] = frozenset()
    severities: frozenset[Severity] = frozenset()
    over: Decimal | None = None
    currency: str = ""
    mail: tuple[str, ...] = ()
    chat: tuple[str, ...] = ()
    digest: tuple[time, ...] = ()
    remind_after: timedelta | None = None
    escalate_after: timedelta | None = None
    escalate_to: tuple[str, ...] = ()

    def takes(self, alert: Alert) -> bool:
        """Whether the alert is one of these."""
        return (
            (not self.kinds or alert.kind in self.kinds)
            and (not self.reasons or alert.reason in self.reasons)
            and (not self.severities or alert.severity in self.severities)
            and (
                self.over is None
                or (alert.amount is not None and alert.currency == self.currency and alert.amount >= self.over)
            )
        )


@dataclass(frozen=True, slots=True)
class Hours:
    """The clock that people live by, and when they are left alone. `quiet` may go over midnight; None: never quiet."""

    zone: ZoneInfo
    quiet: tuple[time, time] | None = None

    def next(self, times: Sequence[time], after: datetime) -> datetime:
        """The first of these times of day that is later than a moment; UTC. `times` is not empty.

        A time that a change of clocks leaves out is an hour later that day, as the zone reads it.
        """
        today = after.astimezone(self.zone).date()
        moments = (
            datetime.combine(today + timedelta(days=ahead), each, self.zone).astimezone(UTC)
            for ahead in range(3)
            for each in times
        )
        return min(moment for moment in moments if moment > after)

    def awake(self, moment: datetime) -> datetime:
        """The moment itself, or the end of the quiet hours that it falls into; UTC."""
        moment = moment.astimezone(UTC)
        if self.quiet is None:
            return moment
        begins, ends = self.quiet
        now = moment.astimezone(self.zone).time()
        is_quiet = begins <= now < ends if begins <= ends else now >= begins or now < ends
        return self.next((ends,), moment) if is_quiet else moment


def route_of(alert: Alert, routes: Sequence[Route]) -> Route:
    """The first route that takes the alert; one that tells nobody if none does."""
    return next((route for route in routes if route.takes(alert)), Route())


def told_at(alert: Alert, route: Route, hours: Hours) -> datetime | None:
    """When an alert is told for the first time: after its patience, in the digest, and not at night unless it is severe.

    None where it never is: it is only ever recalled, and its route wants no reminders.
    """
    patience = KINDS[alert.kind].patience
    wait = route.remind_after if patience is None else patience
    return None if wait is None else _in_its_time(alert, route, hours, alert.since + wait)


def next_word(alert: Alert, told: Told, route: Route, hours: Hours) -> tuple[Word, datetime] | None:
    """What is said of an alert next, and when; None: nothing any more.

    That it is over is told at once to whoever heard that it began, and to nobody else. Of what somebody looks after nobody is
    reminded for a week.
    """
    if told.first_at is None or told.last_at is None:
        first = told_at(alert, route, hours)
        return None if alert.over_at is not None or first is None else ("first", first)
    if alert.over_at is not None:
        return "over", _in_its_time(alert, route, hours, alert.over_at)
    words: list[tuple[Word, datetime]] = []
    is_taken = told.taken_at is not None
    if route.escalate_after is not None and route.escalate_to and told.escalated_at is None and not is_taken:
        words.append(("escalation", _by_night_too(alert, hours, told.first_at + route.escalate_after)))
    if route.remind_after is not None:
        wait = min(route.remind_after * 2 ** min(told.times - 1, 16), max(RECALLED_AT_LEAST_EACH, route.remind_after))
        since = told.last_at if told.taken_at is None else max(told.last_at, told.taken_at)
        wait = max(wait, RECALLED_AT_LEAST_EACH) if is_taken else wait
        words.append(("reminder", _in_its_time(alert, route, hours, since + wait)))
    return min(words, key=lambda word: word[1], default=None)


def is_time(alert: Alert, route: Route, hours: Hours, when: datetime, now: datetime) -> bool:
    """Whether what was to be told at `when` is told now: not in the quiet hours, if it comes late."""
    if when > now:
        return False
    return alert.severity == "severe" or bool(route.digest) or hours.awake(now) <= now


def _in_its_time(alert: Alert, route: Route, hours: Hours, moment: datetime) -> datetime:
    if route.digest and alert.severity != "severe":
        # A digest in the quiet hours was asked for by its time.
        return hours.next(route.digest, moment - timedelta(microseconds=1))
    return _by_night_too(alert, hours, moment)


def _by_night_too(alert: Alert, hours: Hours, moment: datetime) -> datetime:
    return moment.astimezone(UTC) if alert.severity == "severe" else hours.awake(moment)
