"""What of a store is not as it should be now, out of what is kept: nobody is asked for it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from include.clients.allowance import Allowance
from include.clients.circuit import Circuit
from include.database.connection import Database, Row
from include.domain.alert import KINDS, Alert
from include.settings.store import Store
from include.stages.reconciliation.listing import days
from include.stages.silence import silences

# Consent is looked at by the caller.
OBSERVED = ("waiting", "circuit", "calls", "lane", "silence", "mapping", "deadline", "unsigned", "outbox")
UNSIGNED_AFTER = timedelta(days=3)
VENDORS = {"xero": "Xero", "bigcommerce": "BigCommerce"}


def causes(db: Database, store: Store, now: datetime, *, missed_days: tuple[date, ...] = ()) -> list[Alert]:
    """All of OBSERVED that lasts. `now` is aware.

    missed_days  whose deadline was missed before: looked at until their orders are in the books
    """
    found = [
        *_undecided(db, store),
        *_vendors(db, store),
        *_lane(db, store),
        *_silence(db, store, now),
        *_mappings(db, store),
        *_deadlines(db, store, now, missed_days),
        *_unsigned(db, store, now),
        *_outbox(db, store),
    ]
    db.rollback()
    return found


def _undecided(db: Database, store: Store) -> Iterator[Alert]:
    """Orders that were told of when they were held, and that nobody decided since."""
    for row in db.rows("alerts.undecided", store=store.key):
        orders = row["orders"]
        yield Alert(
            "waiting",
            row["reason"],
            f"{orders} {'orders wait' if orders > 1 else 'order waits'} for a decision: {row['meaning']}",
            "Decide on the review desk.",
            row["since"],
            reason=row["reason"],
            amount=row["amount"],
            currency=row["currency"] or "",
            count=orders,
            page=f"bridge/review?store={store.key}&reason={row['reason']}",
        )


def _vendors(db: Database, store: Store) -> Iterator[Alert]:
    for vendor, tenant, kept_back in (
        ("xero", store.file.xero.organisation, store.file.xero.calls_kept_a_day),
        ("bigcommerce", store.file.bigcommerce.store_hash, 0),
    ):
        row = db.row("pace.seen", vendor=vendor, tenant=tenant)
        if row is None:
            continue
        circuit, allowance = Circuit.from_json(row["circuit"]), Allowance.from_json(row["allowance"])
        if circuit.until is not None and circuit.since is not None:
            yield Alert(
                "circuit",
                vendor,
                f"{VENDORS[vendor]} does not answer as it should: {circuit.said or 'no answer came'}.",
                "Nothing at first: one call tries now and then, and what waits goes on by itself. If it lasts, look at "
                "the vendor's status page.",
                datetime.fromtimestamp(circuit.since, UTC),
            )
        ends = allowance.day_ends_at
        is_of_today = ends is not None and ends > row["now"]  # what was left yesterday says nothing of today
        if ends is not None and is_of_today and allowance.left_day is not None and allowance.left_day <= kept_back:
            until = datetime.fromtimestamp(ends, UTC)
            yield Alert(
                "calls",
                f"{vendor} until {until:%Y-%m-%d}",
                f"{allowance.left_day} of {VENDORS[vendor]}'s calls are left until {until:%H:%M} UTC, and {kept_back} are kept "
                "for people.",
                "Runs sleep until then and go on by themselves. If it comes each day, run less often or ask for more.",
                row["changed_at"],
            )


def _lane(db: Database, store: Store) -> Iterator[Alert]:
    row = db.row("alerts.lane", store=store.key) if store.file.within_seconds.enabled else None
    if row is not None and row["state"] == "batch":
        yield Alert(
            "lane",
            "orders within seconds",
            f"Orders within seconds wait for the runs by the clock: {row['why']}.",
            "Nothing: it goes on by itself when calls are there again.",
            row["since"],
        )


def _silence(db: Database, store: Store, now: datetime) -> Iterator[Alert]:
    for each in silences(db, store, now):
        yield Alert("silence", each.what, each.sentence, each.remedy, each.since)


def _mappings(db: Database, store: Store) -> Iterator[Alert]:
    for row in db.rows("alerts.dead", store=store.key):
        yield Alert("mapping", row["mapping"], row["sentence"], row["remedy"], row["since"])


def _deadlines(db: Database, store: Store, now: datetime, missed_days: tuple[date, ...]) -> Iterator[Alert]:
    by = store.file.alerts.orders_in_books_by
    if by is None or store.file.mode == "shadow":
        return
    zone = store.file.alerts.hours.zone
    local = now.astimezone(zone)
    yesterday = local.date() - timedelta(days=1)
    is_time = local.time() >= time.fromisoformat(by)
    for day in sorted({*missed_days, *((yesterday,) if is_time else ())}):
        begins, ends = (datetime.combine(each, time.min, zone) for each in (day, day + timedelta(days=1)))
        deadline = datetime.combine(day + timedelta(days=1), time.fromisoformat(by), zone)
        rows = db.rows("today.outcomes", store=store.key, begins=begins, ends=ends)
        alert = _missed(store, day, deadline, rows, db.value("alerts.read_up_to", store=store.key), ends)
        if alert is not None:
            yield alert


def _missed(
    store: Store, day: date, deadline: datetime, rows: list[Row], read_up_to: datetime | None, ends: datetime
) -> Alert | None:
    counts: dict[str | None, int] = {row["outcome"]: row["orders"] for row in rows}
    parts = [
        f"{counts[outcome]} {one if counts[outcome] == 1 else many}"
        for outcome, one, many in (
            ("held", "waits for a decision", "wait for a decision"),
            ("failed", "failed", "failed"),
            (None, "is on its way", "are on their way"),
        )
        if counts.get(outcome)
    ]
    missing = sum(counts.get(outcome, 0) for outcome in ("held", "failed", None))
    if read_up_to is not None and read_up_to < ends:
        parts.append(f"the shop was read only up to {read_up_to.astimezone(deadline.tzinfo):%d %B %H:%M}")
    if not parts:
        return None
    of = f"{missing} of {sum(counts.values())} orders of {day:%d %B}" if missing else f"Orders of {day:%d %B}"
    return Alert(
        "deadline",
        str(day),
        f"{of} {'is' if missing == 1 else 'are'} not in the books by {deadline:%H:%M}: {', '.join(parts)}.",
        f"Decide what waits on the review desk; for the rest see the last red step of orders_to_books__{store.key}.",
        deadline.astimezone(UTC),
        severity=KINDS["deadline"].severity,
        count=max(1, missing),
        page=f"bridge/review?store={store.key}",
    )


def _unsigned(db: Database, store: Store, now: datetime) -> Iterator[Alert]:
    """Days whose report has lain for a while; one that was asked for late is not recalled on the day of its letter."""
    for each in days(db, store):
        asked = max(each.asked_at, datetime.combine(each.day, time.min, UTC) + UNSIGNED_AFTER)
        if each.signature is None and not each.shadow and now.date() > asked.date():
            said = "they agree" if each.agrees else f"{each.differences} differences"
            yield Alert(
                "unsigned",
                str(each.day),
                f"{each.day:%d %B} is not signed yet: {said}, version {each.version}.",
                f"Read the report and sign it, there or with make sign STORE={store.key} DAY={each.day}.",
                asked,
                KINDS["unsigned"].severity,
                page=f"bridge/reconciliation?store={store.key}&day={each.day}",
            )


def _outbox(db: Database, store: Store) -> Iterator[Alert]:
    row = db.row("alerts.stuck", store=store.key)
    if row is not None and row["letters"]:
        letters = row["letters"]
        yield Alert(
            "outbox",
            "mail",
            f"{letters} {'letters do' if letters > 1 else 'letter does'} not leave ({row['problem']}).",
            "See the Connection smtp_default, and those of the chats; make doctor asks the mail server. None is lost.",
            row["since"],
            count=letters,
        )
