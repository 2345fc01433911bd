"""Xero's own Python client works with the sandbox, over HTTP.

Software that we did not write reads our answers with the vendor's models: a wrong name or date would break it. Its token,
contact, invoice, payment, list, mixed batch and 429 are the calls an integration lives from.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from xero_python.accounting import (
    Account,
    AccountingApi,
    Contact,
    Contacts,
    CreditNote,
    CreditNotes,
    Invoice,
    Invoices,
    LineAmountTypes,
    LineItem,
    Payment,
    Payments,
)
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token, TokenApi
from xero_python.exceptions import AccountingBadRequestException, HTTPStatusException
from xero_python.identity import IdentityApi

from include.sandbox.town import Town


@pytest.fixture
def sdk(town: Town, base: str, monkeypatch: pytest.MonkeyPatch) -> AccountingApi:
    """The accounting API of xero-python, signed in to the sandbox by client credentials."""
    monkeypatch.setattr(TokenApi, "client_credentials_token_url", f"{base}/connect/token")
    kept: dict[str, Any] = {}
    token = OAuth2Token(client_id="sandbox-client", client_secret="sandbox-secret")
    client = ApiClient(Configuration(oauth2_token=token), pool_threads=1)
    client.oauth2_token_getter(lambda: kept)
    client.oauth2_token_saver(kept.update)
    assert token.get_client_credentials_access_token(client, app_store_billing=False)
    return AccountingApi(client, base_url=f"{base}/api.xro/2.0")


def an_sdk_invoice(number: str, **changes: Any) -> Invoice:
    line = LineItem(description="Mug", quantity=1, unit_amount=Decimal("22.00"), account_code="200", tax_type="OUTPUT")
    fields: dict[str, Any] = {
        "type": "ACCREC",
        "contact": Contact(name="Jane Doe"),
        "invoice_number": number,
        "date": date(2026, 5, 13),
        "due_date": date(2026, 5, 13),
        "line_amount_types": LineAmountTypes.INCLUSIVE,
        "status": "AUTHORISED",
        "line_items": [line],
    }
    return Invoice(**(fields | changes))


def test_the_tenant_is_found(town: Town, base: str, sdk: AccountingApi) -> None:
    connections = IdentityApi(sdk.api_client, base_url=base).get_connections()

    assert [connection.tenant_id for connection in connections] == [town.books.tenant_id]


def test_a_contact_an_invoice_and_its_payment(town: Town, sdk: AccountingApi) -> None:
    tenant = town.books.tenant_id
    contact = sdk.create_contacts(
        tenant, Contacts(contacts=[Contact(name="Jane Doe", email_address="jane@example.com")])
    )
    contact_id = contact.contacts[0].contact_id

    invoice = an_sdk_invoice("BC-1", contact=Contact(contact_id=contact_id))
    made = sdk.create_invoices(tenant, Invoices(invoices=[invoice]), idempotency_key="k1").invoices[0]
    assert (made.total, made.total_tax, made.date) == (Decimal("22.0"), Decimal("2.0"), date(2026, 5, 13))

    payment = Payment(
        invoice=Invoice(invoice_id=made.invoice_id),
        account=Account(code="615-CARD"),
        date=date(2026, 5, 13),
        amount=Decimal("22.00"),
    )
    paid = sdk.create_payments(tenant, Payments(payments=[payment])).payments[0]
    assert (paid.amount, paid.invoice.status) == (Decimal("22.0"), "PAID")

    listed = sdk.get_invoices(tenant, page=1, invoice_numbers=["BC-1"], statuses=["PAID"])
    assert [(i.invoice_number, i.amount_due, len(i.payments)) for i in listed.invoices] == [("BC-1", Decimal("0.0"), 1)]
    assert listed.pagination.item_count == 1
    found = sdk.get_contacts(tenant, where='EmailAddress=="jane@example.com"', page=1)
    assert [c.contact_id for c in found.contacts] == [contact_id]


def test_a_credit_note_and_the_settings(town: Town, sdk: AccountingApi) -> None:
    tenant = town.books.tenant_id
    line = LineItem(description="Mug", quantity=1, unit_amount=Decimal("22.00"), account_code="200")
    note = CreditNote(
        type="ACCRECCREDIT",
        contact=Contact(name="Jane Doe"),
        line_items=[line],
        status="AUTHORISED",
        date=date(2026, 5, 13),
    )

    made = sdk.create_credit_notes(tenant, CreditNotes(credit_notes=[note])).credit_notes[0]

    assert (made.total, made.remaining_credit) == (Decimal("24.2"), Decimal("24.2"))
    assert sdk.get_organisations(tenant).organisations[0].base_currency.value == "AUD"
    assert {account.code for account in sdk.get_accounts(tenant).accounts} >= {"200", "615-CARD", "860"}
    assert {rate.tax_type for rate in sdk.get_tax_rates(tenant).tax_rates if rate.status == "ACTIVE"} >= {"OUTPUT"}
    assert sdk.get_items(tenant).items == []


def test_a_mixed_batch_is_answered_element_by_element(town: Town, sdk: AccountingApi) -> None:
    batch = Invoices(invoices=[an_sdk_invoice("BC-1"), an_sdk_invoice("BC-1"), an_sdk_invoice("BC-2")])

    answered = sdk.create_invoices(town.books.tenant_id, batch, summarize_errors=False).invoices

    assert [invoice.status_attribute_string for invoice in answered] == ["OK", "ERROR", "OK"]
    assert [error.message for error in answered[1].validation_errors] == ["Invoice # must be unique."]
    assert [invoice["InvoiceNumber"] for invoice in town.books.invoices()] == ["BC-1", "BC-2"]


def test_a_summarised_refusal_is_the_sdks_bad_request(town: Town, sdk: AccountingApi) -> None:
    town.books.add_contact({"Name": "Jane Doe"})

    with pytest.raises(AccountingBadRequestException, match="A validation exception occurred"):
        sdk.create_contacts(town.books.tenant_id, Contacts(contacts=[Contact(name="jane doe")]))


def test_a_429_reaches_the_sdk_with_its_headers(
    town: Town, sdk: AccountingApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Left to itself the SDK's urllib3 sleeps what Retry-After says (xero-python #199): its retries are turned off.
    monkeypatch.setitem(sdk.api_client.rest_client.pool_manager.connection_pool_kw, "retries", False)
    town.stories.spend_the_minute("xero")

    with pytest.raises(HTTPStatusException) as refused:
        sdk.get_organisations(town.books.tenant_id)

    assert refused.value.status == 429
    assert refused.value.headers["X-Rate-Limit-Problem"] == "minute"


def test_a_tracked_item_is_read_with_its_quantity_and_a_sale_lowers_it(town: Town, sdk: AccountingApi) -> None:
    tenant = town.books.tenant_id
    purchase = {"UnitPrice": "8.00", "COGSAccountCode": "310"}
    mug = {"Code": "MUG", "Name": "Mug", "InventoryAssetAccountCode": "630", "PurchaseDetails": purchase}
    town.books.add_item(mug | {"QuantityOnHand": 12})
    town.books.add_item({"Code": "BREAD"})
    line = LineItem(description="Mug", quantity=2, unit_amount=Decimal("22.00"), item_code="MUG", account_code="200")

    sdk.create_invoices(tenant, Invoices(invoices=[an_sdk_invoice("BC-1", line_items=[line])]))

    items = {item.code: item for item in sdk.get_items(tenant).items}
    assert (items["MUG"].quantity_on_hand, items["MUG"].total_cost_pool) == (Decimal(10), Decimal(80))
    assert (items["MUG"].is_tracked_as_inventory, items["MUG"].purchase_details.cogs_account_code) == (True, "310")
    assert items["BREAD"].quantity_on_hand is None
    alone = sdk.get_item(tenant, items["MUG"].item_id).items[0]
    assert (alone.code, alone.quantity_on_hand) == ("MUG", Decimal(10))


def test_selling_more_than_is_on_hand_is_refused_beside_a_good_invoice(town: Town, sdk: AccountingApi) -> None:
    purchase = {"UnitPrice": "8.00", "COGSAccountCode": "310"}
    mug = {"Code": "MUG", "Name": "Mug", "InventoryAssetAccountCode": "630", "PurchaseDetails": purchase}
    town.books.add_item(mug | {"QuantityOnHand": 1})
    line = LineItem(description="Mug", quantity=2, unit_amount=Decimal("22.00"), item_code="MUG", account_code="200")
    both = Invoices(invoices=[an_sdk_invoice("BC-1", line_items=[line]), an_sdk_invoice("BC-2")])

    answered = sdk.create_invoices(town.books.tenant_id, both, summarize_errors=False).invoices

    assert [one.status_attribute_string for one in answered] == ["ERROR", "OK"]
    assert answered[0].validation_errors[0].message == "Mug No items available to sell."
