"""Today, store by store: what came, what is in the books, what waits, how far each lane is, what is left of the calls."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from include.clients.allowance import Allowance
from include.clients.circuit import Circuit, state_of
from include.database.connection import Database, Row
from include.domain.alert import KINDS
from include.settings.store import Store
from include.stages.reconciliation.listing import KeptDay, days
from include.stages.reference import newest
from include.stages.silence import silences
from include.stages.switches import standing

DAYS = 30
BY_DAY, BY_CURRENCY, IN_ALL = 1, 2, 3  # what `grouping` says of a row of today.waits
Look = Literal["good", "bad", "soft"]
KEPT = ("audit", "consent", "deadline", "red", "slow", "webhooks", "outbox")  # alerts that no figure shows
FLOWS = {
    "orders_to_books": "orders by the clock",
    "orders_within_seconds": "orders within seconds",
    "stock_to_store": "stock",
    "products_to_items": "products",
    "customers_to_contacts": "customers",
    "summary_of_the_day": "daily summaries",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is not as it should be, and what to do about it. `url` leads to where, within the console or Airflow."""

    sentence: str
    remedy: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Lasts:
    """A cause that people were told of. taken_by: who looks after it; empty where nobody said so."""

    alert_id: int
    what: str
    sentence: str
    since: datetime
    told: int
    taken_by: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the charts: orders placed, invoices dated, and what of the day's orders is held or failed now."""

    day: date
    came: int
    booked: int
    held: int
    failed: int


@dataclass(frozen=True, slots=True)
class Calls:
    """What is left of a vendor's day, and whether it answers."""

    vendor: str
    left: int | None
    kept: int
    ends: datetime | None
    circuit: str
    look: Look


@dataclass(frozen=True, slots=True)
class Today:
    """A store's page."""

    key: str
    name: str
    zone: str
    day: date
    shadow: bool
    came: int
    usual: int | None
    outcomes: Mapping[str, int]
    booked: Mapping[str, Decimal]
    waiting: Mapping[str, Decimal]
    waiting_orders: int
    lanes: tuple[tuple[str, str, Look], ...]
    calls: tuple[Calls, ...]
    report: KeptDay | None
    reports: tuple[KeptDay, ...]
    days: tuple[Day, ...]
    troubles: tuple[Trouble, ...]
    lasts: tuple[Lasts, ...] = ()


def today_of(db: Database, store: Store, now: datetime) -> Today:
    """How a store stands. `now` is aware."""
    reference = newest(db, store)
    zone = reference.zone if reference is not None else "UTC"
    local = now.astimezone(ZoneInfo(zone)).date()
    asked = {"store": store.key, "zone": zone, "today": local, "days": DAYS}
    came = {row["day"]: row["orders"] for row in db.rows("today.came", **asked)}
    booked = db.rows("today.booked", store=store.key, today=local, days=DAYS)
    waits = db.rows("today.waits", store=store.key, zone=zone)
    failed = db.rows("today.failed", store=store.key, zone=zone)
    begins = datetime.combine(local, time.min, ZoneInfo(zone))
    outcomes = db.rows("today.outcomes", store=store.key, begins=begins, ends=begins + timedelta(days=1))
    lanes, lane = db.rows("today.lanes", store=store.key), db.row("today.lane", store=store.key) or {}
    red, dead = db.rows("today.red", store=store.key), db.rows("today.dead", store=store.key)
    told = db.rows("alerts.open", store=store.key)
    db.rollback()
    reports = days(db, store, DAYS)
    calls = tuple(_calls(db, store, now))
    shown = tuple(_days(local, came, booked, waits, failed))
    return Today(
        key=store.key,
        name=store.file.name,
        zone=zone,
        day=local,
        shadow=store.file.mode == "shadow",
        came=came.get(local, 0),
        usual=_usual(local, came),
        outcomes={row["outcome"] or "not read yet": row["orders"] for row in outcomes},
        booked={row["currency"]: row["amount"] for row in booked if row["day"] == local and row["amount"] is not None},
        waiting={row["currency"]: row["amount"] for row in waits if row["sort"] == BY_CURRENCY and row["amount"]},
        waiting_orders=sum(row["orders"] for row in waits if row["sort"] == IN_ALL),
        lanes=tuple(_lanes(store, lanes, lane, now)),
        calls=calls,
        report=reports[0] if reports else None,
        reports=tuple(reports),
        days=shown,
        lasts=tuple(_lasting(told)),
        troubles=(*_told(store, told, red), *_troubles(db, store, red, dead, lane, calls, reports, now)),
    )


def _days(
    last: date, came: Mapping[date, int], booked: list[Row], waits: list[Row], failed: list[Row]
) -> Iterator[Day]:
    invoices: dict[date, int] = {}
    for row in booked:
        invoices[row["day"]] = invoices.get(row["day"], 0) + row["invoices"]
    held = {row["day"]: row["orders"] for row in waits if row["sort"] == BY_DAY}
    tried = {row["day"]: row["orders"] for row in failed}
    for back in range(DAYS - 1, -1, -1):
        day = last - timedelta(days=back)
        yield Day(day, came.get(day, 0), invoices.get(day, 0), held.get(day, 0), tried.get(day, 0))


def _usual(day: date, came: Mapping[date, int]) -> int | None:
    """How many orders the same weekday usually brings, whole days; None before there are two to go by."""
    same = [came[day - timedelta(weeks=weeks)] for weeks in range(1, 5) if day - timedelta(weeks=weeks) in came]
    return round(sum(same) / len(same)) if len(same) > 1 else None


def _lanes(store: Store, flows: list[Row], lane: Row, now: datetime) -> Iterator[tuple[str, str, Look]]:
    for row in flows:
        if row["flow"] not in FLOWS:
            continue
        if row["flow"] == "orders_to_books" and row["read_to"] is not None:
            yield FLOWS[row["flow"]], f"has read the shop up to {_ago(now - row['read_to'])}", "good"
        elif row["sealed_at"] is not None:
            yield FLOWS[row["flow"]], f"last done {_ago(now - row['sealed_at'])}", "good"
    if store.file.within_seconds.enabled and lane.get("state"):
        words = {
            "seconds": "the bell rings within seconds",
            "slower": f"the bell gathers for {lane['gathers_s'] or 0:.0f} s, since calls run short",
            "batch": "the bell does not ring: orders come by the clock",
        }[lane["state"]]
        heard = f"; last webhook {_ago(now - lane['heard_at'])}" if lane["heard_at"] else "; no webhook came yet"
        yield "the bell", f"{words} ({lane['why']}){heard}", "good" if lane["state"] == "seconds" else "bad"


def _calls(db: Database, store: Store, now: datetime) -> Iterator[Calls]:
    file = store.file
    for vendor, name, tenant, kept in (
        ("xero", "Xero", file.xero.organisation, file.xero.calls_kept_a_day),
        ("bigcommerce", "BigCommerce", file.bigcommerce.store_hash, 0),
    ):
        row = db.row("pace.seen", vendor=vendor, tenant=tenant)
        db.rollback()
        if row is None:
            yield Calls(name, None, kept, None, "not asked yet", "soft")
            continue
        allowance, circuit = Allowance.from_json(row["allowance"]), Circuit.from_json(row["circuit"])
        ends = allowance.day_ends_at
        over = ends is not None and ends <= row["now"]  # what was left yesterday says nothing of today
        open_now = state_of(circuit, row["now"]) != "closed"
        said = f"does not answer: {circuit.said}" if open_now else "answers"
        yield Calls(
            name,
            None if over else allowance.left_day,
            kept,
            datetime.fromtimestamp(ends, UTC) if ends is not None and not over else None,
            said,
            "bad" if open_now else "good",
        )


def _troubles(
    db: Database,
    store: Store,
    red: list[Row],
    dead: list[Row],
    lane: Row,
    calls: tuple[Calls, ...],
    reports: list[KeptDay],
    now: datetime,
) -> Iterator[Trouble]:
    stopped = standing(db, store.key)
    if stopped is not None and stopped["value"] == "stop":
        yield Trouble(
            f"Writes to Xero are stopped, by {stopped['by']}: {stopped['why']}.",
            f"`make go STORE={store.key}` lets them go on.",
        )
    for row in red:
        yield Trouble(
            f"Batch {row['batch_id']} of {row['flow']} is red in {row['red_stage']}: {row['red_reason']}",
            "The next run takes it up; if it stays red, its page in Airflow has the runbook.",
            f"../dags/{row['flow']}__{store.key}",
        )
    for row in dead:
        yield Trouble(row["sentence"], row["remedy"])
    for silence in silences(db, store, now):
        yield Trouble(silence.sentence, silence.remedy)
    for each in calls:
        if each.look == "bad":
            yield Trouble(
                f"{each.vendor} {each.circuit}", "It is asked by one call now and then, and goes on by itself."
            )
        elif each.left is not None and each.left <= each.kept:
            yield Trouble(
                f"{each.left} of {each.vendor}'s calls are left today, and {each.kept} are kept for people.",
                "Batches go on when its day ends.",
            )
    if lane.get("state") == "batch":
        yield Trouble(
            f"Orders within seconds wait for the runs by the clock: {lane['why']}.", "Nothing: it goes on by itself."
        )
    for day in reports:
        if not day.agrees and day.signature is None and not day.shadow:
            yield Trouble(
                f"{day.day:%d %B}: shop and books differ in {day.differences}, and nobody signed.",
                "Read the day, mend or explain, and sign it.",
                f"reconciliation?store={store.key}&day={day.day}",
            )


def _lasting(rows: list[Row]) -> Iterator[Lasts]:
    for row in rows:
        if row["times_told"] and row["kind"] in KINDS:
            yield Lasts(
                row["alert_id"],
                KINDS[row["kind"]].name,
                row["sentence"],
                row["since"],
                row["times_told"],
                row["taken_by"] or "",
            )


def _told(store: Store, rows: list[Row], red: list[Row]) -> Iterator[Trouble]:
    """What people were told of and what is not seen in any figure of this page."""
    shown = {f"{row['flow']}__{store.key}/{row['red_stage']}" for row in red}
    for row in rows:
        if row["kind"] in KEPT and row["subject"] not in shown:
            times = (
                f" (told {row['times_told']} time{'s' if row['times_told'] > 1 else ''})" if row["times_told"] else ""
            )
            yield Trouble(f"{row['sentence']}{times}", row["remedy"], f"../{row['page']}" if row["page"] else "")


def _ago(span: timedelta) -> str:
    seconds = max(0, int(span.total_seconds()))
    if seconds < 90:
        return f"{seconds} s ago"
    if seconds < 5400:
        return f"{seconds // 60} min ago"
    return f"{seconds // 3600} h ago" if seconds < 172_800 else f"{seconds // 86_400} days ago"
