"""How a store's Connections stand, out of what is kept: consent, tokens, last calls, circuit. Nobody is asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from include.clients.allowance import Allowance
from include.clients.circuit import Circuit, state_of
from include.database.connection import Database, Row
from include.settings.store import Store

Vendor = Literal["bigcommerce", "xero"]
UNUSED_MAX = timedelta(days=60)  # a refresh token that nobody uses, xero.md 1.2
TOLD_UNUSED = timedelta(days=30)  # from then on it is told: half of its life is over, and something must be off


@dataclass(frozen=True)
class Calls:
    """What all tasks share of a vendor. None: nobody has called yet, or the vendor did not say.

    last_at  when any flow's latest call ended
    health   of the circuit: closed, open, half-open; `trouble` is what the last failure was, in words
    """

    last_at: datetime | None = None
    left_day: int | None = None
    left_window: int | None = None
    health: str = "closed"
    trouble: str = ""
    open_until: datetime | None = None


@dataclass(frozen=True)
class Consent:
    """A person's consent. ends_at: when it ends unless a run uses it; None where it does not end by time."""

    by: str
    at: datetime | None
    organisation: str = ""
    scopes: str = ""
    ended_at: datetime | None = None
    used_at: datetime | None = None
    access_until: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True)
class Ending:
    """A consent that has ended, or is about to. In words for operations; `since` names it, so that it is told once."""

    connection: str
    sentence: str
    remedy: str
    since: str
    has_ended: bool


def calls_of(db: Database, vendor: Vendor, tenant: str) -> Calls:
    """What is known of calls to this tenant; `tenant` is the organisation's pool, or the store's hash."""
    row = db.row("pace.seen", vendor=vendor, tenant=tenant)
    if row is None:
        return Calls()
    allowance, circuit = Allowance.from_json(row["allowance"]), Circuit.from_json(row["circuit"])
    until = None if circuit.until is None else datetime.fromtimestamp(circuit.until, UTC)
    return Calls(
        last_at=row["changed_at"],
        left_day=allowance.left_day,
        left_window=allowance.window_left if row["now"] < allowance.resets_at else None,
        health=state_of(circuit, row["now"]),
        trouble=circuit.said if circuit.failures else "",
        open_until=until,
    )


def consent_to_books(db: Database, connection: str) -> Consent | None:
    """The consent to Xero, or what is known of a Custom Connection's token; None where nothing is kept."""
    row = db.row("connections.standing", connection=connection)
    return None if row is None else _consent(row)


def consent_of_shop(db: Database, connection: str) -> Consent | None:
    """The installation of our app in the shop, if one came about in the console. It does not end by time."""
    row = db.row("connections.seen", connection=connection)
    if row is None or row["consented_at"] is None:
        return None
    return Consent(row["consented_by"], row["consented_at"], scopes=row["consented_scopes"])


def expiring(db: Database, store: Store, now: datetime) -> list[Ending]:
    """The consents of a store that have ended, or end unless somebody acts. A BigCommerce token does not end by time."""
    connection = store.file.xero.connection
    consent = consent_to_books(db, connection)
    if consent is None or consent.at is None:
        return []
    remedy = f"Open Connections in the console and press Consent again for {store.file.name}."
    whose = f"The consent to Xero for {consent.organisation or connection}"
    if consent.ended_at is not None:
        ended = f"{consent.ended_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        sentence = f"{whose} has ended ({ended}). Nothing is written to Xero until there is a new one."
        return [Ending(connection, sentence, remedy, consent.ended_at.isoformat(), has_ended=True)]
    if consent.used_at is None or consent.ends_at is None or now - consent.used_at < TOLD_UNUSED:
        return []
    days = (now - consent.used_at).days
    since = consent.used_at.isoformat()
    if now >= consent.ends_at:
        sentence = f"{whose} was last used {days} days ago. Xero ends it after {UNUSED_MAX.days}."
        return [Ending(connection, sentence, remedy, since, has_ended=True)]
    sentence = f"{whose} was last used {days} days ago. Unused, it ends on {consent.ends_at:%Y-%m-%d}."
    keep = f"Unpause the DAGs of {store.file.name}: any run that asks Xero keeps it. Else consent again once they run."
    return [Ending(connection, sentence, keep, since, has_ended=False)]


def worked(db: Database, connection: str, said: str, lacks: Sequence[str]) -> None:
    """Keep that a Connection was tried and worked; `lacks` are the scopes that the vendor refused, by name."""
    with db.transaction():
        db.run("connections.worked", connection=connection, said=said[:500], lacks=list(lacks))


def failed(db: Database, connection: str, said: str) -> None:
    """Keep that a Connection did not work, and why: one sentence without a secret."""
    with db.transaction():
        db.run("connections.failed", connection=connection, said=said[:500])


def _consent(row: Row) -> Consent:
    used = row["refreshed_at"]
    lasts = row["consented_at"] is not None
    return Consent(
        by=row["consented_by"] or "",
        at=row["consented_at"],
        organisation=row["tenant_name"],
        scopes=row["scopes"],
        ended_at=row["paused_at"],
        used_at=used,
        access_until=row["access_until"],
        ends_at=used + UNUSED_MAX if used is not None and lasts else None,
    )
