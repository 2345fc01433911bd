"""A contact follows its account: what only the shop changed is sent, what a bookkeeper changed stays (three_way.py).

Before each update Xero is read, so a lost answer does no harm: what arrived is seen to stand there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from include.clients.xero import Xero
from include.database.connection import Database, Row
from include.domain.contact import Known, current, hold_of
from include.domain.customer import changes_of, digests_of, name_wanted
from include.domain.outcome import Hold
from include.settings.store import Store
from include.stages.customers.remembering import (
    Made,
    Sent,
    known_by,
    leading,
    made_by_us,
    planned_element,
    propose,
    remember,
)
from include.stages.orders.billing import Billed, with_winners
from include.stages.orders.locks import NO_LOCKS, Locks
from include.stages.orders.posting import posted
from include.stages.orders.writing import Fate, Write, without_person, write_all
from include.wire.xero_contacts import WORDS, fields_of, update_body
from include.wire.xero_found import email_is_refused, known_of, name_is_taken, reason_of

Json = Mapping[str, Any]
Stopped = tuple[Row, Hold]


@dataclass(slots=True)
class Counter:
    """What bringing one batch of customers into the books works with; `key` is the secret of the store's digests."""

    books: Xero
    db: Database
    store: Store
    batch: Row
    key: bytes
    locks: Locks = field(default=NO_LOCKS)


@dataclass(frozen=True, slots=True)
class _Change:
    """One contact that is to be written: our fields, those that are to be sent, and what Xero shows now.

    kept        the fields that both changed: they stay as they are in Xero
    remembered  the digests of what is sent last once it has arrived
    """

    row: Row
    contact_id: str
    body: Json
    there: Json
    send: frozenset[str]
    kept: frozenset[str]
    remembered: Mapping[str, str]
    name: str

    def after(self, problems: Sequence[str], sentence: str) -> "_Change | Hold":
        """What to try once Xero refused this: the name with the customer's number, or no e-mail; else a hold."""
        again = self
        if email_is_refused(problems):
            again = again._without("EmailAddress")
        if name_is_taken(problems):
            again = replace(again, name=self.row["suffixed_name"])
        if again != self:
            return again
        if not name_is_taken(problems):
            return Hold(reason_of(problems), sentence)
        words = f"The name of {self.row['number']} is taken in Xero, and with its number behind it too."
        remedy = "Rename the contact in Xero that bears this name with the number behind it, if it is somebody else."
        return Hold("contact_ambiguous", words, {"contacts": self.row["number"]}, remedy)

    def _without(self, name: str) -> "_Change":
        left = {field: digest for field, digest in self.remembered.items() if field != name}
        return replace(self, send=self.send - {name}, remembered=left)


def follow_accounts(counter: Counter, rows: Sequence[Row], billed: Billed) -> Iterator[Stopped]:
    """Bring the contact of each of these locked customers to what their account says, and record it; those that are held
    or refused come back with the reason.
    """
    found = {row["contact_key"]: billed[row["contact_key"]] for row in rows}
    yield from ((row, hold) for row in rows if isinstance(hold := found[row["contact_key"]], Hold))
    ids = {key: contact_id for key, contact_id in found.items() if isinstance(contact_id, str)}
    made = made_by_us(counter.db, counter.store.key, ids.values()) if ids else {}
    leads = leading(counter.db, counter.store.key, ids.values()) if ids else {}
    to_compare = []
    for row in (row for row in rows if row["contact_key"] in ids):
        contact_id = ids[row["contact_key"]]
        creation = made.get(contact_id)
        if _was_made_for(row, creation, counter.batch) and contact_id not in leads:
            assert creation is not None  # asked just now
            _record_new(counter, row, contact_id, creation)
        else:
            to_compare.append(row)
    if to_compare:
        yield from _follow(counter, to_compare, ids, made)


def _was_made_for(row: Row, made: Made | None, batch: Row) -> bool:
    return made is not None and made.batch_id == batch["batch_id"] and made.contact_key == row["contact_key"]


def _record_new(counter: Counter, row: Row, contact_id: str, made: Made) -> None:
    with counter.db.transaction():
        remember(counter.db, row, contact_id, leads=True, fields=digests_of(fields_of(made.element), counter.key))
        _look_at_name(counter.db, row, str(made.element.get("Name")))
        posted(counter.db, row, contact_id, row["number"])


def _look_at_name(db: Database, row: Row, name: str) -> None:
    """The number stands behind a name because somebody else has the name, who may be the same person."""
    is_shared = name == row["suffixed_name"] != row["name"]
    words = f"Another contact in Xero has the name of {row['number']}, whose number therefore stands behind it."
    propose(
        db, row, "same_name", words if is_shared else None, "If the two are one, merge them in Xero; else do nothing."
    )


def _follow(
    counter: Counter, rows: Sequence[Row], ids: Mapping[str, str], made: Mapping[str, Made]
) -> Iterator[Stopped]:
    contents: dict[str, Json] = {}
    for content in counter.books.contacts_by_id(sorted({ids[row["contact_key"]] for row in rows})):
        contents[str(content["ContactID"])] = content
    known = with_winners(counter.books, map(known_of, contents.values()))
    now: dict[str, str] = {}
    for row in rows:
        contact_id = ids[row["contact_key"]]
        today = _today(counter, contact_id, known)
        if isinstance(today, Hold):
            yield row, today
        else:
            now[row["contact_key"]] = today
    missing = sorted(set(now.values()) - contents.keys())
    if missing:  # what theirs were merged into
        contents |= {str(each["ContactID"]): each for each in counter.books.contacts_by_id(missing)}
    before = known_by(counter.db, counter.store.key, list(now))
    leads = leading(counter.db, counter.store.key, now.values()) if now else {}
    changes = []
    for row in (row for row in rows if row["contact_key"] in now):
        contact_id = now[row["contact_key"]]
        leader = leads.get(contact_id)
        if leader is not None and leader.contact_key != row["contact_key"]:
            _record_follower(counter, row, contact_id, leader)
            continue
        change = _compared(counter, row, contents[contact_id], before.get(row["contact_key"]), made.get(contact_id))
        leads[contact_id] = _leader(row, contact_id)
        if change.send:
            changes.append(change)
        else:
            _record(counter, change, unchanged=True)
    doubles = _doubles(counter, changes)
    yield from ((change.row, doubles[change.contact_id]) for change in changes if change.contact_id in doubles)
    yield from _write(counter, [change for change in changes if change.contact_id not in doubles])


def _today(counter: Counter, contact_id: str, known: dict[str, Known]) -> str | Hold:
    """The contact as it is today: itself, what it was merged into, or why nobody may write to it."""
    if contact_id not in known:
        return Hold("contact_archived", f"Xero no longer shows contact {contact_id}.", {"contact_id": contact_id})
    found = current(contact_id, known)
    hold = hold_of(found)
    if hold is not None:
        return hold
    assert found.contact_id is not None  # it is used
    if found.contact_id != contact_id:
        with counter.db.transaction():
            counter.db.run("ledger.relink_contact", store=counter.store.key, was=contact_id, now_is=found.contact_id)
    return found.contact_id


def _leader(row: Row, contact_id: str) -> Sent:
    return Sent(row["contact_key"], contact_id, True, row["source_hash"], {}, row["revision"])


def _compared(counter: Counter, row: Row, there: Json, before: Sent | None, made: Made | None) -> _Change:
    contact_id = str(there["ContactID"])
    name_there = str(there.get("Name") or "")
    body = planned_element(row) | {"Name": name_wanted(row["name"], row["suffixed_name"], name_there)}
    sent: Mapping[str, str] | None = None
    if before is not None and before.contact_id == contact_id and before.leads:
        sent = before.fields
    elif made is not None:
        sent = digests_of(fields_of(made.element), counter.key)
    found = changes_of(sent, fields_of(there), fields_of(body), counter.key)
    return _Change(
        row, contact_id, body, there, frozenset(found.send), frozenset(found.kept), found.sent, str(body["Name"])
    )


def _doubles(counter: Counter, changes: Sequence[_Change]) -> dict[str, Hold]:
    """The contacts that would get an e-mail which another active contact has: the two may be one, and nobody guesses."""
    wanted = {change.contact_id: change.row["email"] for change in changes if "EmailAddress" in change.send}
    if not wanted:
        return {}
    found = [known_of(each) for each in counter.books.contacts_where(numbers=[], emails=sorted(set(wanted.values())))]
    holds: dict[str, Hold] = {}
    for change in changes:
        others = sorted(
            each.named
            for each in found
            if each.active
            and each.contact_id != change.contact_id
            and each.email.strip().casefold() == wanted.get(change.contact_id)
        )
        if others:
            words = f"The new e-mail of {change.row['number']} is that of another contact too: {', '.join(others)}."
            remedy = "Merge them in Xero, or correct the e-mail of the one that is somebody else."
            holds[change.contact_id] = Hold("contact_ambiguous", words, {"contacts": ", ".join(others)}, remedy)
    return holds


def _write(counter: Counter, changes: Sequence[_Change]) -> Iterator[Stopped]:
    """Send the updates; what is worth another try is tried again."""
    while changes:
        by_key = {change.row["contact_key"]: change for change in changes}
        again: list[_Change] = []
        stopped: list[Stopped] = []

        def keep(
            fate: Fate,
            by_key: Mapping[str, _Change] = by_key,
            again: list[_Change] = again,
            stopped: list[Stopped] = stopped,
        ) -> None:
            change, element = by_key[fate.write.subject_key], fate.element
            if element.ok:
                _record(counter, change, unchanged=False, answered=element.content)
                return
            after = change.after(element.problems, f"Xero refused the contact: {without_person(element)}")
            if isinstance(after, Hold):
                stopped.append((change.row, after))
            elif after.send:
                again.append(after)
            else:
                _record(counter, after, unchanged=True)

        writes = [Write("contact", key, "contact", "1", "update", _body(change)) for key, change in by_key.items()]
        write_all(counter.books, counter.db, counter.locks, counter.batch, "POST", "Contacts", writes, keep)
        yield from stopped
        changes = again


def _body(change: _Change) -> str:
    return update_body(change.contact_id, change.body, change.send, change.there, name=change.name)


def _record(counter: Counter, change: _Change, *, unchanged: bool, answered: Json | None = None) -> None:
    """Xero has it now, or had it before. Inside the caller's transaction, or in one of its own.

    answered  the contact as Xero shows it after the write: a telephone number that it wrote in its own way is not taken
              for a bookkeeper's edit the next time
    """
    row, db = change.row, counter.db
    shown = {} if answered is None else digests_of(fields_of(answered), counter.key)
    fields = {**change.remembered, **{name: shown[name] for name in change.send if name in shown}}
    stays = _named(change.kept)
    with db.transaction():
        remember(db, row, change.contact_id, leads=True, fields=fields)
        _look_at_name(db, row, change.name if "Name" in change.send else str(change.there.get("Name") or ""))
        words = f"The shop changed the {stays} of {row['number']}, and somebody changed it in Xero: Xero's stays."
        propose(db, row, "edited_in_xero", words if stays else None, "Correct it in Xero where the shop is right.")
        posted(db, row, change.contact_id, row["number"], unchanged=unchanged, sentence=words if stays else "")


def _named(fields: frozenset[str]) -> str:
    return ", ".join(words for name, words in WORDS.items() if name in fields)


def _record_follower(counter: Counter, row: Row, contact_id: str, leader: Sent) -> None:
    """One of several customers who are one contact: another one leads it."""
    words = f"It shares its contact with customer {leader.contact_key}, by whose account the contact goes."
    with counter.db.transaction():
        remember(counter.db, row, contact_id, leads=False, fields={})
        posted(counter.db, row, contact_id, row["number"], unchanged=True, sentence=words)
