"""Wrongs planted in a sandbox, and read as the referee reads: over Xero's API."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import httpx
import pytest

from include.commands.faults.books import Books, differences, read_books
from include.sandbox.town import Town

PAYMENT = {"Amount": 10.0, "Date": "2026-05-13", "Account": {"Code": "615-CARD"}, "Reference": "BC-1001/1"}


@dataclass
class Place:
    """A sandbox with three invoices, one of them paid in part, and a credit note."""

    town: Town
    base: str

    def __post_init__(self) -> None:
        self.credentials = {
            "client_id": self.town.books.client_id,
            "client_secret": self.town.books.client_secret,
            "tenant_id": self.town.books.tenant_id,
        }
        for number in ("BC-1001", "BC-1002", "BC-1003"):
            self.town.books.add_invoice({"InvoiceNumber": number, "Total": 22})
        self.town.books.add_credit_note({"CreditNoteNumber": "BCR-1001-1", "Total": 5})
        self.pay()

    def pay(self) -> None:
        invoice_id = self.town.books.invoice("BC-1001")["InvoiceID"]
        token = self.town.books.tokens.give()
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        payment = PAYMENT | {"Invoice": {"InvoiceID": invoice_id}}
        url = f"{self.base}/api.xro/2.0/Payments?summarizeErrors=false"
        httpx.put(url, json={"Payments": [payment]}, headers=headers).raise_for_status()

    def lose(self, number: str) -> None:
        books = self.town.books
        books.invoices_by_id = {key: each for key, each in books.invoices_by_id.items() if each.number != number}

    def read(self) -> Books:
        return read_books(self.base, self.credentials)


@pytest.fixture
def place() -> Iterator[Place]:
    town = Town()
    town.limits.enforced = False
    with town.serve() as base:
        yield Place(town, base)


WRONGS = {
    "an invoice is gone": (
        partial(Place.lose, number="BC-1002"),
        ["invoice BC-1002: there 0 times, must be 1 times"],
    ),
    "a payment twice": (
        Place.pay,
        [
            "invoice BC-1001: AmountDue is 2.0, must be 12.0",
            "invoice BC-1001: AmountPaid is 20.0, must be 10.0",
            "payment BC-1001/1 on BC-1001: there 2 times, must be 1 times",
        ],
    ),
    "a contact twice": (
        lambda place: place.town.books.add_contact({"Name": "Somebody else", "ContactNumber": "bc:demo1:5"}),
        ["contact bc:demo1:5 Somebody else: there 1 times, must be 0 times"],
    ),
}


@pytest.mark.parametrize(("plant", "told"), WRONGS.values(), ids=WRONGS)
def test_a_wrong_planted_in_the_sandbox_is_told(place, plant, told):
    wanted = place.read()
    assert differences(wanted, place.read()) == []

    plant(place)

    assert differences(wanted, place.read()) == told
