"""Our Xero client against an emulator that somebody else wrote (localstack-xero 0.1.2): contact, invoice, payment.

Our own sandbox was written from the same reference as our client, so both could share a mistake. This one was not.
Where it differs from what Xero documents, the difference stands here as a test, with who is right by the reference; a
newer version of it that mends one turns that test red, and the test is then turned around.

| difference                                                   | who is right, by the reference                     |
|--------------------------------------------------------------|----------------------------------------------------|
| PUT /Contacts and PUT /Payments are not known (405)          | the vendor documents both: xero.md 3.1, 5.1        |
| `summarizeErrors=false` is ignored: one bad, all 400         | the vendor answers 200 with each fate: xero.md 3.2 |
| a refused element bears an id that looks real                | the vendor gives the zero id: xero.md 3.2          |
| a number that is taken is taken again                        | the vendor refuses it: xero.md 4                   |
| an Idempotency-Key is not remembered                         | the vendor repeats its answer: xero.md 3.3         |
| totals are not computed, tax is nought                       | the vendor taxes line by line: xero.md 4.2         |
| `where`, and `IDs` of invoices, are ignored: all records come | the vendor filters: xero.md 3.4                   |
| a ContactNumber is not kept                                  | the vendor keeps it: xero.md 6                     |
| no Organisation, no reference lists (404)                    | the vendor has them: xero.md 8                     |
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest
from far_end import json_bytes

from include.clients.errors import NotUnderstood, OutcomeUnknown, Refused
from include.clients.xero import Xero

START_MAX_S = 15.0
NO_ID = "00000000-0000-0000-0000-000000000000"


@pytest.fixture(scope="module")
def emulator() -> Iterator[str]:
    """The emulator in a process of its own; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    settings = {**os.environ, "XERO_PORT": str(port), "XERO_HOST": "127.0.0.1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "xero_local.server"],
        env=settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        latest = time.monotonic() + START_MAX_S
        while not is_up(base):
            assert process.poll() is None, "the emulator ended by itself"
            assert time.monotonic() < latest, "the emulator did not start"
            time.sleep(0.05)
        yield base
    finally:
        process.terminate()
        process.wait(10)


def is_up(base: str) -> bool:
    try:
        return httpx.get(f"{base}/_xero/state", timeout=1).is_success
    except httpx.TransportError:
        return False


@pytest.fixture
def books(emulator: str) -> Iterator[Xero]:
    """A client of the emulator, which holds nothing."""
    httpx.post(f"{emulator}/_xero/reset").raise_for_status()
    with Xero.open(
        base_url=emulator,
        token_url=f"{emulator}/connect/token",
        client_id="any",
        client_secret="any",
        tenant_id=None,
    ) as client:
        yield client


def contact(*names: str) -> bytes:
    return json_bytes({"Contacts": [{"Name": name, "ContactNumber": "bc:1"} for name in names]})


def invoice(*numbers: str) -> bytes:
    line = {
        "Description": "Mug",
        "Quantity": 1,
        "UnitAmount": 22.0,
        "LineAmount": 22.0,
        "AccountCode": "200",
        "TaxType": "OUTPUT",
    }
    common = {
        "Type": "ACCREC",
        "Status": "AUTHORISED",
        "LineAmountTypes": "Inclusive",
        "Date": "2026-05-13",
        "LineItems": [line],
    }
    return json_bytes({"Invoices": [{**common, "InvoiceNumber": number} for number in numbers]})


def test_a_contact_is_written_and_read_back_by_its_id(books):
    [written] = books.write("POST", "Contacts", contact("Jane"), key="k")

    assert written.ok
    [found] = books.contacts_by_id([str(written.xero_id)])
    assert found["Name"] == "Jane"


def test_invoices_are_written_and_read_back_by_number_with_their_lines(books):
    first, second = books.write("PUT", "Invoices", invoice("BC-1", "BC-2"), key="k")

    assert (first.ok, first.number, second.number) == (True, "BC-1", "BC-2")
    [found] = books.invoices_numbered(["BC-1", "BC-none"])
    assert (found["InvoiceID"], found["LineItems"][0]["Description"]) == (first.xero_id, "Mug")


def test_an_invoice_is_read_back_by_its_id(books):
    [written] = books.write("PUT", "Invoices", invoice("BC-1"), key="k")

    assert [found["InvoiceNumber"] for found in books.invoices_by_id([str(written.xero_id)])] == ["BC-1"]


def test_a_payment_that_is_there_is_read_back_and_reversed(books, emulator):
    [written] = books.write("PUT", "Invoices", invoice("BC-1"), key="k")
    pay(emulator, str(written.xero_id))

    [payment] = books.payments_of([str(written.xero_id)])
    assert payment["Amount"] == 22
    [reversed_] = books.write("POST", f"Payments/{payment['PaymentID']}", json_bytes({"Status": "DELETED"}), key="k2")
    assert reversed_.ok
    assert reversed_.content["Status"] == "DELETED"


def pay(emulator: str, invoice_id: str) -> None:
    """A payment the only way that the emulator knows; our client never makes one so."""
    wish = {"Invoice": {"InvoiceID": invoice_id}, "Account": {"Code": "090"}, "Date": "2026-05-13", "Amount": 22.0}
    token = {"Authorization": "Bearer any"}
    httpx.post(f"{emulator}/api.xro/2.0/Payments", json={"Payments": [wish]}, headers=token).raise_for_status()


@pytest.mark.parametrize("resource", ["Contacts", "Payments"])
def test_differs_it_knows_no_put_for_contacts_and_payments(books, resource):
    with pytest.raises(Refused) as raised:
        books.write("PUT", resource, json_bytes({resource: [{"Name": "Jane"}]}), key="k")
    assert raised.value.status == 405


def test_differs_one_bad_element_hides_the_fate_of_the_others_and_our_client_says_so(books, emulator):
    with pytest.raises(OutcomeUnknown, match="fate of the others is unknown"):
        books.write("POST", "Contacts", contact("Jane", ""), key="k")

    # And rightly unknown: the good one was stored.
    assert [c["Name"] for c in httpx.get(f"{emulator}/_xero/state").json()["contacts"]] == ["Jane"]


def test_differs_a_refused_element_bears_an_id_that_our_client_does_not_believe(books):
    [refused] = books.write("POST", "Contacts", contact(""), key="k")

    assert (refused.ok, refused.xero_id) == (False, None)
    assert refused.content["ContactID"] not in ("", NO_ID)
    assert refused.problems == ("Contact name cannot be empty",)


def test_differs_a_number_that_is_taken_is_taken_again_and_a_key_not_remembered(books):
    [first] = books.write("PUT", "Invoices", invoice("BC-1"), key="k")
    [second] = books.write("PUT", "Invoices", invoice("BC-1"), key="k")

    assert first.ok
    assert second.ok
    assert first.xero_id != second.xero_id


def test_differs_it_computes_no_tax(books):
    [written] = books.write("PUT", "Invoices", invoice("BC-1"), key="k")

    assert (written.content["Total"], written.content["TotalTax"]) == (22, 0)  # Xero: 22.00 with 2.00 of tax in it


def test_differs_it_ignores_filters_and_keeps_no_contact_number_so_our_client_stops(books, emulator):
    books.write("POST", "Contacts", contact("Jane"), key="k")
    with pytest.raises(NotUnderstood, match="not asked for"):
        books.contacts_where(numbers=["bc:1"], emails=[])

    for number in ("BC-1", "BC-2"):
        [written] = books.write("PUT", "Invoices", invoice(number), key=number)
        pay(emulator, str(written.xero_id))
    with pytest.raises(NotUnderstood, match="not asked for"):
        books.payments_of([str(written.xero_id)])
    with pytest.raises(NotUnderstood, match="not asked for"):
        books.invoices_by_id([str(written.xero_id)])


def test_differs_it_has_no_organisation_and_no_reference_lists(books):
    for read in (books.organisation, books.accounts, books.tax_rates, books.items):
        with pytest.raises(Refused) as raised:
            read()
        assert raised.value.status == 404
