"""Transform: every customer has one decision, with the contact that is wanted and a digest of it; no call to anybody."""

from collections.abc import Sequence
from typing import Any

from include.database.connection import Database, Row, json_value
from include.domain.contact import number_of
from include.domain.customer import Account, account_of
from include.domain.outcome import Hold, Skip
from include.domain.policy import Policy
from include.settings.store import Store
from include.stages.customers.check import Read, read_batch
from include.stages.orders.run import digest_key, each_batch
from include.stages.reference import newest
from include.stages.settings import as_decided
from include.wire.xero_contacts import account_body
from include.wire.xero_documents import digest

GONE = Skip("customer_deleted", "The shop does not have the customer any more.")


def transform(db: Database, store: Store, batch_ids: Sequence[int]) -> None:
    """Plan every customer of the batches."""
    store = as_decided(db, store)
    each_batch(
        db,
        batch_ids,
        stage="transform",
        takes=("checked",),
        leaves="transformed",
        work=lambda batch: _transform_batch(db, store, batch),
    )


def _transform_batch(db: Database, store: Store, batch: Row) -> None:
    batch_id = batch["batch_id"]
    policy = store.policy(digest_key(store))
    reference = newest(db, store)
    enabled = None if reference is None else reference.currencies | {reference.base_currency}
    decided, contacts = [], []
    for read in read_batch(db, store, batch_id):
        decision = _decide(read, store, policy, enabled)
        decided.append(_row(batch_id, read, decision, policy))
        if isinstance(decision, Account):
            contact = decision.contact
            body = account_body(decision).encode()
            contacts.append(
                (batch_id, contact.key, contact.number, contact.name, contact.suffixed_name, contact.person.email, body)
            )
    with db.transaction():
        db.run("plans.forget_contacts", batch_id=batch_id)
        db.insert("plans.store_contacts", contacts)
        db.insert("customers.decide", decided)


def _decide(read: Read, store: Store, policy: Policy, enabled: frozenset[str] | None) -> Account | Hold | Skip:
    if read.gone:
        return GONE
    if isinstance(read.customer, Hold):
        return read.customer
    return account_of(read.customer, policy, store.file.customers.currencies_by_group, enabled)


def _row(batch_id: int, read: Read, decision: Account | Hold | Skip, policy: Policy) -> tuple[Any, ...]:
    stopped = None if isinstance(decision, Account) else decision
    return (
        batch_id,
        read.customer_id,
        "post" if stopped is None else "skip" if isinstance(stopped, Skip) else "hold",
        stopped.reason if stopped else None,
        stopped.sentence if stopped else None,
        (stopped.remedy or None) if isinstance(stopped, Hold) else None,
        json_value(dict(stopped.figures) if isinstance(stopped, Hold) else {}),
        number_of(str(read.customer_id), policy),
        _source_hash(decision) if isinstance(decision, Account) else None,
        read.changed_at,
    )


def _source_hash(account: Account) -> str:
    """A digest of all that would be sent. A contact is no document: what settings change arrives when it is read again."""
    contact = account.contact
    return digest("\n".join((contact.name, contact.suffixed_name, account_body(account))))
