"""What another connector posted before us, looked up for orders placed before `adopt_before` (design 4.17)."""

from collections.abc import Mapping, Sequence

from include.clients.xero import Xero
from include.database.connection import Row
from include.domain.adoption import names_of, of_another
from include.domain.difference import InBooks
from include.domain.outcome import Hold
from include.settings.store import Store
from include.wire.xero_found import in_books_of, known_of


def posted_by_others(
    books: Xero, store: Store, rows: Sequence[Row], contacts: Mapping[str, Row]
) -> dict[str, InBooks | Hold]:
    """Of these planned invoices the ones that are there already under another number, by order; a hold where one is doubtful.

    Asks Xero by reference, number and the shopper's e-mail, a few calls for a whole slice; nothing after `adopt_before`.
    """
    before = store.file.policies.adopt_before
    asked = [row for row in rows if before is not None and row["kind"] == "invoice" and row["happened_at"] < before]
    if not asked:
        return {}
    names = {row["subject_key"]: names_of(row["subject_key"], row["reference"] or "", row["number"]) for row in asked}
    every = sorted({name for each in names.values() for name in each if name})
    found = {
        each.xero_id: each
        for each in map(in_books_of, [*books.invoices_referring(every), *books.invoices_numbered(every)])
        if each.number.casefold() not in {row["number"].casefold() for row in asked}
    }
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
        if answer is not None:
            answers[row["subject_key"]] = answer
    return answers
