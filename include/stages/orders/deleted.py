"""Payments of ours that somebody deleted in Xero, and what follows (complaint C43).

Never posted again by itself: whoever deleted it had a reason. Entered again by hand, it is adopted; `accept` leaves it
deleted; `post` enters it once more, under the same reference and the same key of the ledger, which then names the new
payment. A decision is about the one payment that it saw: one that is deleted again is asked about again.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from include.database.connection import Row
from include.domain.difference import GONE
from include.domain.money import minor_digits, shown
from include.domain.outcome import Hold
from include.stages.orders.desk import Desk, doc_of, link_to
from include.stages.orders.posting import held, posted
from include.stages.orders.standing import live_payments, same_payment

REMEDY = (
    "`post` enters it once more, `accept` leaves it deleted and its amount due; `again` looks anew, once you entered it "
    "by hand."
)


def without_deleted(desk: Desk, rows: Sequence[Row]) -> list[Row]:
    """The payments that may be written: the others were deleted in Xero, and have their word."""
    gone = [row for row in rows if _was_deleted(desk, row)]
    if not gone:
        return list(rows)
    decided = _decided(desk)
    again = {doc_of(row) for row in gone if decided.get(doc_of(row), ("", ""))[0] == "post"}
    undecided = [row for row in gone if doc_of(row) not in decided]
    there = live_payments(desk, undecided)
    for row in gone:
        if doc_of(row) not in again:
            _settle(desk, row, decided, there)
    return [row for row in rows if row not in gone or doc_of(row) in again]


def _was_deleted(desk: Desk, row: Row) -> bool:
    """Whether its link says so, on an invoice that stands: one that is held or voided holds what hangs on it."""
    link, invoice = desk.links.get(doc_of(row)), desk.links.get((row["subject_key"], "invoice", "1"))
    stands = invoice is not None and invoice["status"] not in GONE and row["subject_key"] not in desk.undecided
    return bool(link is not None and link["status"] in GONE and stands)


def _settle(
    desk: Desk,
    row: Row,
    decided: Mapping[tuple[str, str, str], tuple[str, str]],
    there: Mapping[str, list[Mapping[str, Any]]],
) -> None:
    link = desk.links[doc_of(row)]
    amount = shown(link["amount"], minor_digits(link["currency"]))
    by_hand = same_payment(row, there.get(row["subject_key"], []))
    if by_hand is not None:
        there[row["subject_key"]].remove(by_hand)
        link_to(desk, row, str(by_hand["PaymentID"]), "AUTHORISED", adopted=True)
    with desk.db.transaction():
        if by_hand is not None:
            words = "It was deleted in Xero and entered again by hand."
            posted(desk.db, row, str(by_hand["PaymentID"]), row["number"], unchanged=True, sentence=words)
        elif doc_of(row) in decided:
            words = f"The payment of {amount} was deleted in Xero, and left so. {decided[doc_of(row)][1]}"
            posted(desk.db, row, str(link["xero_id"]), row["number"], unchanged=True, sentence=words)
        else:
            held(desk.db, row, hold_of_deleted(desk.links[row["subject_key"], "invoice", "1"], row, link))


def hold_of_deleted(invoice: Row, row: Row, link: Row) -> Hold:
    """What a bookkeeper reads of a payment that somebody deleted. `payment` names it for the decision."""
    amount = shown(link["amount"], minor_digits(link["currency"]))
    named = row["reference"] or f"{invoice['number']}/{row['part']}"
    words = (
        f"The payment {named} of {amount} {link['currency']} was deleted in Xero; {invoice['number']} owes it again."
    )
    return Hold("edited_in_xero", words, {"deleted": amount, "payment": str(link["xero_id"])}, REMEDY)


def _decided(desk: Desk) -> dict[tuple[str, str, str], tuple[str, str]]:
    """The newest decision on each deleted payment of the batch that is about this very payment, and whose it was."""
    found = desk.db.rows("decisions.of_batch", store=desk.store.key, batch_id=desk.batch["batch_id"])
    desk.db.rollback()
    return {
        doc_of(row): (row["choice"], f"Decided by {row['by']} on {row['at']:%Y-%m-%d}: {row['why']}.")
        for row in sorted(found, key=lambda each: int(each["decision_id"]))
        if (link := desk.links.get(doc_of(row))) is not None
        and (row["kind"], row["reason"]) == ("payment", "edited_in_xero")
        and row["choice"] in ("post", "accept")
        and row["figures"].get("payment") == str(link["xero_id"])
    }
