"""What another connector posted before us, looked up for orders placed before `adopt_before` (design 4.17)."""

from collections.abc import Callable, Collection, Mapping, Sequence

from include.clients.xero import Xero
from include.database.connection import Row
from include.domain.adoption import names_of, of_another
from include.domain.difference import InBooks
from include.domain.money import shown
from include.domain.outcome import Hold
from include.settings.store import Store
from include.wire.xero_found import in_books_of, known_of


def posted_by_others(
    books: Xero,
    store: Store,
    rows: Sequence[Row],
    contacts: Mapping[str, Row],
    *,
    doubted: Collection[str] = (),
    ours: Callable[[Sequence[str]], Collection[str]] = lambda ids: (),
) -> dict[str, InBooks | Hold]:
    """Of these planned invoices the ones that are there already under another number, by order; a hold where one is doubtful.

    Asks Xero by reference, number and the shopper's e-mail, a few calls for a whole slice; nothing after `adopt_before`.

    doubted   orders of any day that are asked about as well. What is found of them is held, and adopted only where a
              person accepted it: nobody said that another connector wrote for these days.
    ours      which of these ids our ledger names: documents of other orders, of another shop's maybe
    """
    before = store.file.policies.adopt_before
    invoices = [row for row in rows if row["kind"] == "invoice" and row["generation"] == 1]
    older = {row["subject_key"] for row in invoices if before is not None and row["happened_at"] < before}
    asked = [row for row in invoices if row["subject_key"] in older or row["subject_key"] in doubted]
    if not asked:
        return {}
    names = {row["subject_key"]: names_of(row["subject_key"], row["reference"] or "", row["number"]) for row in asked}
    every = sorted({name for each in names.values() for name in each if name})
    found = {
        each.xero_id: each
        for each in map(in_books_of, [*books.invoices_referring(every), *books.invoices_numbered(every)])
        if each.number.casefold() not in {row["number"].casefold() for row in asked}
    }
    known_ids = ours(sorted(found)) if found else ()
    found = {xero_id: each for xero_id, each in found.items() if xero_id not in known_ids}
    if not found:
        return {}
    mine = [contacts[row["contact_key"]] for row in asked if row["contact_key"] in contacts]
    known = [
        known_of(each)
        for each in books.contacts_where(
            numbers=[each["number"] for each in mine], emails=[each["email"] for each in mine if each["email"]]
        )
    ]
    answers: dict[str, InBooks | Hold] = {}
    for row in asked:
        person = contacts[row["contact_key"]]
        same = frozenset(
            each.contact_id
            for each in known
            if each.number == person["number"] or (person["email"] and each.email.casefold() == person["email"])
        )
        answer = of_another(
            row["subject_key"], names[row["subject_key"]], row["amount"], row["currency"], same, found.values()
        )
        if isinstance(answer, InBooks) and row["subject_key"] not in older and not row["accepted"]:
            answer = _by_hand(row, answer)
        if answer is not None:
            answers[row["subject_key"]] = answer
    return answers


def _by_hand(row: Row, there: InBooks) -> Hold:
    words = (
        f"{there.number} of {shown(there.total)} {there.currency} bears the name of order {row['subject_key']}, and we "
        "did not write it: to post ours as well would count the sale twice."
    )
    return Hold(
        "number_taken",
        words,
        {"there": shown(there.total), "order": shown(row["amount"])},
        "`accept` takes it for this order's; or void it in Xero, and `again` posts ours.",
    )
