"""Whom an order is billed to: our link, our number, the e-mail, or a new contact (accounting.md 6).

A contact that is there already is used and never written to: what a bookkeeper made of it stays.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from include.clients.xero import Xero
from include.database.connection import Database, Row
from include.domain.contact import Known, email_key, hold_of, resolve
from include.domain.document import Contact
from include.domain.outcome import Hold
from include.domain.person import NOBODY
from include.stages.orders.locks import Locks, contact_lock
from include.stages.orders.settling import settle_unknown
from include.stages.orders.writing import Fate, Write, without_person, write_all
from include.wire.xero_documents import with_fields, without_email
from include.wire.xero_found import email_is_refused, known_of, name_is_taken, reason_of

MERGES_MAX = 5  # a merge into what was merged itself costs a call each; nobody does it more often

Billed = dict[str, str | Hold]  # contact key -> ContactID, or why there is none


def with_email_key(row: Row, key: bytes) -> Row:
    """A planned contact with the second key that it is linked by: that of its e-mail, None where it has none."""
    return {**row, "email_key": email_key(row["email"], key) if row["email"] else None}


def bill_to(books: Xero, db: Database, locks: Locks, batch: Row, contacts: Sequence[Row]) -> Billed:
    """The ContactID of each planned contact, created where it is new; a hold where a person must decide.

    One batched look-up for all that are not linked yet; those with one e-mail are one contact. The caller holds the locks
    of those that are not linked for good, and of their e-mails; the others are only looked up.
    """
    mine = [row for row in contacts if contact_lock(batch["store"], row["contact_key"]) in locks.got]
    others = _unknown_with_an_email_of(db, batch, mine)
    unsettled = [row["contact_key"] for row in (*mine, *others)]
    if unsettled:
        settle_unknown(books, db, locks, batch["store"], "contact", unsettled)
    billed: Billed = dict(links_of(db, batch["store"], [row["contact_key"] for row in contacts]))
    new = [row for row in contacts if row["contact_key"] not in billed]
    if not new:
        return billed
    linked = links_of(db, batch["store"], [row["email_key"] for row in new if row["email_key"]])
    clerk = _Clerk(books, db, locks, batch, billed, linked)
    _bill_the_created(clerk, [*new, *others])
    new = [row for row in new if row["contact_key"] not in billed]
    known = _known(books, new)
    for row in new:
        found = resolve(_contact(row), None, known, linked.get(row["email_key"]))
        hold = hold_of(found)
        if hold is not None:
            billed[row["contact_key"]] = hold
        elif found.contact_id is not None:
            clerk.bill(row, found.contact_id, adopted=True)
    _create(clerk, [row for row in new if row["contact_key"] not in billed])
    return billed


def _unknown_with_an_email_of(db: Database, batch: Row, contacts: Sequence[Row]) -> list[Row]:
    """Others of these shoppers' e-mails whose creation has no outcome yet: it may still be on its way to Xero.

    One person, a guest here and a customer there: whoever holds the lock of the e-mail may settle both.
    """
    mine = {row["contact_key"] for row in contacts}
    emails = {row["email"]: row["email_key"] for row in contacts if row["email_key"]}
    rows = db.rows("ledger.unknown_contacts", store=batch["store"])
    db.rollback()
    return [
        {**row, "email_key": emails[row["email"]]}
        for row in rows
        if row["email"] in emails and row["contact_key"] not in mine
    ]


def _bill_the_created(clerk: "_Clerk", rows: Sequence[Row]) -> None:
    """Those that an attempt of ours created, and nobody lived to link."""
    asked = {
        "store": clerk.batch["store"],
        "subject_kind": "contact",
        "subject_keys": [row["contact_key"] for row in rows],
    }
    made = {row["subject_key"]: str(row["xero_id"]) for row in clerk.db.rows("ledger.done_without_link", **asked)}
    clerk.db.rollback()
    for row in rows:
        if row["contact_key"] in made:
            clerk.bill(row, made[row["contact_key"]], adopted=False)


def links_of(db: Database, store: str, keys: Sequence[str]) -> dict[str, str]:
    """The ContactID that each of these keys is linked to, where it is."""
    rows = db.rows("ledger.links", store=store, subject_kind="contact", subject_keys=list(keys))
    db.rollback()
    return {row["subject_key"]: str(row["xero_id"]) for row in rows}


@dataclass(frozen=True, slots=True)
class _Clerk:
    """What resolving one slice works with; `linked` are the links by e-mail."""

    books: Xero
    db: Database
    locks: Locks
    batch: Row
    billed: Billed
    linked: dict[str, str]

    def bill(self, row: Row, contact_id: str, *, adopted: bool) -> None:
        """Bill them to this contact from now on, under both their keys; a link by e-mail that is there stays."""
        self.billed[row["contact_key"]] = contact_id
        link_contact(self.db, self.batch, row, contact_id, adopted=adopted)
        if row["email_key"] and row["email_key"] not in self.linked:
            self.linked[row["email_key"]] = contact_id
            if row["email_key"] != row["contact_key"]:
                link_contact(self.db, self.batch, row | {"contact_key": row["email_key"]}, contact_id, adopted=adopted)


@dataclass(frozen=True, slots=True)
class _Try:
    """One attempt to create a contact."""

    row: Row
    name: str
    body: str

    def after(self, problems: Sequence[str], sentence: str) -> "_Try | Hold":
        """What to try once Xero refused this: the name with the customer's number, or no e-mail; else a hold."""
        again = self
        if email_is_refused(problems):
            again = replace(again, body=without_email(self.body))
        if name_is_taken(problems):
            again = replace(again, name=self.row["suffixed_name"])
        if again != self:
            return again
        if not name_is_taken(problems):
            return Hold(reason_of(problems), sentence)
        words = f"The name of {self.row['number']} is taken in Xero, and with its number behind it too."
        remedy = "Rename the contact in Xero that bears this name with the number behind it, if it is somebody else."
        return Hold("contact_ambiguous", words, {"contacts": self.row["number"]}, remedy)


def _create(clerk: _Clerk, rows: Sequence[Row]) -> None:
    """Create contacts, one for each e-mail: a customer's with their number, else a guest's."""
    groups: dict[str, list[Row]] = {}
    for row in sorted(rows, key=_seniority):
        there = clerk.linked.get(row["email_key"])
        if there is not None:
            clerk.bill(row, there, adopted=True)
        else:
            groups.setdefault(row["email_key"] or row["contact_key"], []).append(row)
    tries = [_Try(first, first["name"], _text(first["body"])) for first, *_ in groups.values()]
    while tries:
        tries = _tried(clerk, tries)
    for first, *others in groups.values():
        made = clerk.billed[first["contact_key"]]
        for row in others:
            if isinstance(made, Hold):
                clerk.billed[row["contact_key"]] = made
            else:
                clerk.bill(row, made, adopted=False)


def _seniority(row: Row) -> tuple[bool, int, str]:
    key = row["contact_key"]
    return (not key.isdigit(), int(key) if key.isdigit() else 0, key)


def _tried(clerk: _Clerk, tries: Sequence[_Try]) -> list[_Try]:
    """Create contacts; what is worth another try comes back."""
    by_key = {each.row["contact_key"]: each for each in tries}
    writes = [
        Write("contact", key, "contact", "1", "create", with_fields(each.body, Name=each.name))
        for key, each in by_key.items()
    ]
    again: list[_Try] = []

    def keep(fate: Fate) -> None:
        tried, element = by_key[fate.write.subject_key], fate.element
        if element.ok and element.xero_id is not None:
            clerk.bill(tried.row, element.xero_id, adopted=False)
            return
        after = tried.after(element.problems, f"Xero refused the contact: {without_person(element)}")
        if isinstance(after, Hold):
            clerk.billed[tried.row["contact_key"]] = after
        else:
            again.append(after)

    write_all(clerk.books, clerk.db, clerk.locks, clerk.batch, "PUT", "Contacts", writes, keep)
    return again


def _known(books: Xero, rows: Sequence[Row]) -> tuple[Known, ...]:
    emails = [row["email"] for row in rows if row["email"]]
    found = [known_of(each) for each in books.contacts_where(numbers=[row["number"] for row in rows], emails=emails)]
    return tuple(with_winners(books, found).values())


def with_winners(books: Xero, found: Iterable[Known]) -> dict[str, Known]:
    """These contacts and whatever they were merged into, by id."""
    known = {each.contact_id: each for each in found}
    for _ in range(MERGES_MAX):
        winners = {each.merged_to for each in known.values() if each.merged_to} - set(known)
        if not winners:
            break
        known |= {each.contact_id: each for each in map(known_of, books.contacts_by_id(sorted(winners)))}
    return known


def _contact(row: Row) -> Contact:
    person = replace(NOBODY, email=row["email"])
    return Contact(row["contact_key"], row["number"], row["name"], row["suffixed_name"], person)


def link_contact(db: Database, batch: Row, row: Row, contact_id: str, *, adopted: bool) -> None:
    """Remember which contact of Xero a shopper is."""
    with db.transaction():
        db.run_later(
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
