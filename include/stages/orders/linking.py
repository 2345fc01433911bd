"""Which document of Xero a planned document is, as the ledger keeps it (design 4.3)."""

from typing import Any

from include.database.connection import Database, Row

# Before the facts' digest of a document that a person was seen to have changed: it is compared again whenever its order
# is looked at, until both agree or somebody accepts it. The digest itself stays, so that the order's own change shows.
EDITED = "edited/"
_KEY = ("store", "subject_kind", "subject_key", "kind", "part", "generation")


def link_values(row: Row, old: Row | None, xero_id: str, status: str, settings_version: str | None) -> dict[str, Any]:
    """What is kept of a planned document once it stands in Xero, with the digests that later runs compare.

    row   the plan that was sent, or that the books were found to agree with
    old   the link so far; what a plan that posts nothing (a cancelled order's) does not say is taken from it
    """
    return {
        **{name: row[name] for name in _KEY},
        "xero_id": xero_id,
        "number": (old["number"] if old is not None and old["adopted"] else None) or row["number"],
        "status": status,
        "amount": row["amount"] if row["decision"] == "post" or old is None else old["amount"],
        "currency": row["currency"],
        "dated": row["dated"] or (old["dated"] if old else None),
        "source_hash": row["source_hash"],
        "body_hash": row["body_hash"] or (old["body_hash"] if old else ""),
        "revision": row["revision"],
        "settings_version": settings_version,
        "adopted": False,
    }


def same_facts(link: Row, row: Row) -> bool:
    """Whether the order is what the linked document was written from."""
    return bool(str(link["source_hash"]).removeprefix(EDITED) == row["source_hash"])


def reported(link: Row, row: Row) -> str:
    """A difference that only settings or code make is reported, never written (T7)."""
    same = link["body_hash"] == row["body_hash"] or link["revision"] > row["revision"]
    return "" if same else "By today's settings it would be written differently; the order itself did not change."


def link_now(db: Database, values: dict[str, Any]) -> None:
    """Keep the link, inside the caller's transaction. One that a newer word of the shop made stays."""
    db.run_later("ledger.link", **values)
