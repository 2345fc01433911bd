"""Whom an order is billed to: our link, our number, one active match by e-mail, or a new contact (accounting.md 6)."""

from collections.abc import Mapping, Sequence
from typing import Any

from include.clients.xero import Xero
from include.database.connection import Database, Row
from include.domain.contact import Known, Resolution, resolve
from include.domain.document import Contact
from include.domain.order import Person
from include.domain.outcome import Hold
from include.stages.orders.writing import Fate, Write, settle_unknown, without_person, write_all
from include.wire.xero_documents import with_fields
from include.wire.xero_found import known_of, name_is_taken, reason_of

Billed = dict[str, str | Hold]  # contact key -> ContactID, or why there is none


def bill_to(books: Xero, db: Database, batch: Row, contacts: Sequence[Row]) -> Billed:
    """The ContactID of each planned contact, created where it is new; a hold where a person must decide.

    One batched look-up for all that are not linked yet. The caller holds the locks of these contacts.
    """
    keys = [row["contact_key"] for row in contacts]
    settle_unknown(books, db, batch["store"], "contact", keys, lambda row: _read_back(books, row, contacts))
    links = db.rows("ledger.links", store=batch["store"], subject_kind="contact", subject_keys=keys)
    db.rollback()
    billed: Billed = {row["subject_key"]: str(row["xero_id"]) for row in links}
    new = [row for row in contacts if row["contact_key"] not in billed]
    if not new:
        return billed
    known = _known(books, new)
    to_create: list[tuple[Row, str]] = []
    for row in new:
        found = resolve(_contact(row), None, known)
        if found.action == "create":
            to_create.append((row, found.name))
        elif found.action == "use" and found.contact_id is not None:
            billed[row["contact_key"]] = found.contact_id
            link_contact(db, batch, row, found.contact_id, adopted=True)
        else:
            billed[row["contact_key"]] = _problem(found)
    taken = _create(books, db, batch, to_create, billed)
    still = _create(books, db, batch, [(row, row["suffixed_name"]) for row in taken], billed)
    for row in still:
        billed[row["contact_key"]] = Hold(
            "contact_ambiguous", f"The name of {row['number']} is taken in Xero, and with its number behind it too."
        )
    return billed


def _create(books: Xero, db: Database, batch: Row, named: Sequence[tuple[Row, str]], billed: Billed) -> list[Row]:
    """Create contacts; those whose name belongs to somebody else come back."""
    by_key = {row["contact_key"]: row for row, _ in named}
    writes = [
        Write("contact", row["contact_key"], "contact", "1", "create", with_fields(_text(row["body"]), Name=name))
        for row, name in named
    ]
    taken: list[Row] = []

    def keep(fate: Fate) -> None:
        row, element = by_key[fate.write.subject_key], fate.element
        if element.ok and element.xero_id is not None:
            billed[row["contact_key"]] = element.xero_id
            link_contact(db, batch, row, element.xero_id, adopted=False)
        elif name_is_taken(element.problems):
            taken.append(row)
        else:
            billed[row["contact_key"]] = Hold(
                reason_of(element.problems), f"Xero refused the contact: {without_person(element)}"
            )

    write_all(books, db, batch, "PUT", "Contacts", writes, keep)
    return taken


def _known(books: Xero, rows: Sequence[Row]) -> tuple[Known, ...]:
    emails = [row["email"] for row in rows if row["email"]]
    found = books.contacts_where(numbers=[row["number"] for row in rows], emails=emails)
    known = {str(each["ContactID"]): known_of(each) for each in found}
    winners = [each.merged_to for each in known.values() if each.merged_to and each.merged_to not in known]
    if winners:
        known |= {str(each["ContactID"]): known_of(each) for each in books.contacts_by_id(winners)}
    return tuple(known.values())


def _read_back(books: Xero, attempt: Row, contacts: Sequence[Row]) -> tuple[str, str] | None:
    number = next((row["number"] for row in contacts if row["contact_key"] == attempt["subject_key"]), None)
    found: Sequence[Mapping[str, Any]] = books.contacts_where(numbers=[number], emails=[]) if number else ()
    return (str(found[0]["ContactID"]), "ACTIVE") if found else None


def _problem(found: Resolution) -> Hold:
    reason = "contact_archived" if found.action == "archived" else "contact_ambiguous"
    return Hold(reason, f"{found.words[:1].upper()}{found.words[1:]}.", {"contact_id": found.contact_id or ""})


def _contact(row: Row) -> Contact:
    person = Person(*("",) * 3, row["email"], *("",) * 8)
    return Contact(row["contact_key"], row["number"], row["name"], row["suffixed_name"], person)


def link_contact(db: Database, batch: Row, row: Row, contact_id: str, *, adopted: bool) -> None:
    """Remember which contact of Xero a shopper is."""
    with db.transaction():
        db.run(
            "ledger.link",
            store=batch["store"],
            subject_kind="contact",
            subject_key=row["contact_key"],
            kind="contact",
            part="1",
            generation=1,
            xero_id=contact_id,
            number=row["number"],
            status="ACTIVE",
            amount=None,
            currency=None,
            dated=None,
            source_hash="",
            body_hash="",
            revision=batch["opened_at"],
            settings_version=batch["settings_version"],
            adopted=adopted,
        )


def _text(body: Any) -> str:
    return bytes(body).decode()
