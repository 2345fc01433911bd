"""Signing a day: who, when, and which version was read. The version never changes; what is found later is an addendum."""

from datetime import UTC, date, datetime

from include.database.connection import Database
from include.domain.reconciliation import Signature
from include.settings.store import Store
from include.stages.orders.audit import append
from include.stages.reconciliation.kept import signature_of
from include.wire.reconciliation_report import report_in


class NotSignable(Exception):  # noqa: N818 - it is an answer to a person, not an error of ours
    """The day cannot be signed. The text says why, and what would help."""


def sign(db: Database, store: Store, day: date, by: str, note: str) -> Signature:
    """Sign the newest version of a day's report, in the name of `by`, recorded in the audit's chain.

    note  what the person says; it must be there where differences are open: nobody signs them in silence.
    Raises NotSignable: no report, signed already, of a shadow run, open differences without a note, nobody's name.
    """
    by, note = by.strip(), note.strip()
    if not by:
        raise NotSignable("Who signs? A signature needs a name.")
    with db.transaction():
        db.run("reconciliation.lock_day", store=store.key, day=day)
        signed = signature_of(db, store, day)
        if signed is not None:
            raise NotSignable(f"{day} was signed by {signed.by} on {signed.at:%Y-%m-%d}, as version {signed.version}.")
        versions = db.rows("reconciliation.versions", store=store.key, day=day)
        if not versions:
            raise NotSignable(f"There is no report of {day}: run reconcile_daily__{store.key} for it first.")
        version, report = versions[-1]["version"], report_in(versions[-1]["body"])
        if report.shadow:
            raise NotSignable(f"On {day} the store ran in shadow: nothing was posted that could be signed.")
        if report.open and not note:
            raise NotSignable(
                f"{len(report.open)} differences of {day} are open: say in a note why it is signed with them."
            )
        signature = Signature(by, datetime.now(UTC), version, note)
        values = {"version": version, "note": note}
        db.run("reconciliation.sign", store=store.key, day=day, signed_by=by, signed_at=signature.at, **values)
        newest = db.row("reconciliation.newest", store=store.key, day=day) or {}
        told = {"day": day.isoformat(), "by": by, "open": len(report.open), "report": newest.get("digest"), **values}
        append(db, store.key, None, "day_signed", told)
    return signature
