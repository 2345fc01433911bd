"""What is remembered of a customer beside the link: who leads the contact, and digests of what was sent last."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from include.database.connection import Database, Row, json_value
from include.wire.xero_read_back import element_in

Json = Mapping[str, Any]
What = Literal["same_name", "edited_in_xero"]


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent of a customer last, as keyed digests by field.

    leads  of several customers of one e-mail, who are one contact, the first one writes it: else they would overwrite
           each other for ever
    """

    contact_key: str
    contact_id: str
    leads: bool
    source_hash: str
    fields: Mapping[str, str]
    revision: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """A contact that we created: the customer or guest it was made for, the batch, and what was sent."""

    contact_key: str
    batch_id: int
    element: Json


def known_by(db: Database, store: str, keys: Sequence[str]) -> dict[str, Sent]:
    """What is remembered of these customers, by key."""
    rows = db.rows("customers.sent", store=store, contact_keys=list(keys))
    db.rollback()
    return {row["contact_key"]: _sent(row) for row in rows}


def leading(db: Database, store: str, contact_ids: Iterable[str]) -> dict[str, Sent]:
    """Who leads these contacts, by ContactID; nobody yet of one that no customer was compared with."""
    rows = db.rows("customers.leading", store=store, contact_ids=sorted(set(contact_ids)))
    db.rollback()
    return {str(row["contact_id"]): _sent(row) for row in rows}


def made_by_us(db: Database, store: str, contact_ids: Iterable[str]) -> dict[str, Made]:
    """Those of these contacts that an attempt of ours created, of whichever flow, by ContactID."""
    rows = db.rows("customers.made_by_us", store=store, contact_ids=sorted(set(contact_ids)))
    db.rollback()
    return {
        str(row["xero_id"]): Made(row["subject_key"], row["batch_id"], element_in(bytes(row["body"]), row["position"]))
        for row in rows
    }


def remember(db: Database, row: Row, contact_id: str, *, leads: bool, fields: Mapping[str, str]) -> None:
    """Remember what Xero has of the customer now. Inside the caller's transaction."""
    db.run(
        "customers.remember",
        store=row["store"],
        contact_key=row["contact_key"],
        contact_id=contact_id,
        leads=leads,
        source_hash=row["source_hash"],
        fields=json_value(dict(fields)),
        revision=row["revision"],
    )


def forget(db: Database, row: Row) -> None:
    """The shop deleted the customer: another one of the same contact may lead it from now on."""
    db.run("customers.forget", store=row["store"], contact_key=row["subject_key"])


def propose(db: Database, row: Row, what: What, sentence: str | None, remedy: str) -> None:
    """Have a person look at it, once; no sentence: nothing is left to look at. Inside the caller's transaction."""
    about = {"store": row["store"], "contact_key": row["contact_key"], "what": what}
    if sentence is None:
        db.run("customers.reviewed", **about)
    else:
        db.run("customers.review", **about, sentence=sentence, remedy=remedy)


def planned_element(row: Row) -> dict[str, Any]:
    """The contact that is wanted, as it would be sent."""
    content: dict[str, Any] = json.loads(bytes(row["body"]), parse_float=Decimal)
    return content


def _sent(row: Row) -> Sent:
    return Sent(
        row["contact_key"],
        str(row["contact_id"]),
        row["leads"],
        row["source_hash"],
        row["fields"],
        row["revision"],
    )
