"""Reading lists from the sandbox: pages, filters, `where`, order, and changes since a moment."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from xero_desk import Desk, a_payment, an_invoice


@pytest.fixture
def filled(xero: Desk) -> Desk:
    """Six invoices, one of them paid, one a draft; touched a minute apart from noon on."""
    xero.town.clock.set(datetime(2026, 5, 13, 12, tzinfo=UTC))
    xero.sign_in()
    for number in range(1, 7):
        status = "DRAFT" if number == 6 else "AUTHORISED"
        contact = {"Name": f"Shopper {number % 2}", "ContactNumber": f"bc:{number % 2}"}
        day = f"2026-05-{number:02d}"
        element = an_invoice(
            InvoiceNumber=f"BC-{number}", Status=status, Contact=contact, Reference=f"Order {number}", Date=day
        )
        xero.put_one("Invoices", element)
        xero.town.clock.advance(60)
    xero.put_one("Payments", a_payment(Invoice={"InvoiceNumber": "BC-1"}, Reference="ch_1"))
    return xero


def numbers(desk: Desk, **query: object) -> list[str]:
    answer = desk.get("Invoices", **query)
    assert answer.status_code == 200, answer.text
    return [invoice["InvoiceNumber"] for invoice in answer.json()["Invoices"]]


def test_without_a_page_no_lines_come_and_with_one_they_do(filled: Desk) -> None:
    plain = filled.get("Invoices").json()
    paged = filled.get("Invoices", page=1).json()

    assert "pagination" not in plain
    assert {len(invoice["LineItems"]) for invoice in plain["Invoices"]} == {0}
    assert {len(invoice["LineItems"]) for invoice in paged["Invoices"]} == {1}
    assert paged["pagination"] == {"page": 1, "pageSize": 100, "pageCount": 1, "itemCount": 6}


def test_pages_are_cut_to_size_and_past_the_end_there_is_nothing(filled: Desk) -> None:
    assert numbers(filled, page=2, pageSize=4) == ["BC-5", "BC-6"]
    beyond = filled.get("Invoices", page=3, pageSize=4).json()
    assert beyond["Invoices"] == []
    assert beyond["pagination"] == {"page": 3, "pageSize": 4, "pageCount": 2, "itemCount": 6}


def test_a_summary_has_neither_lines_nor_payments(filled: Desk) -> None:
    invoice = filled.get("Invoices", page=1, summaryOnly="true").json()["Invoices"][0]

    assert (invoice["LineItems"], invoice["Payments"], invoice["AmountPaid"]) == ([], [], 22.0)


def test_the_plain_parameters_select(filled: Desk) -> None:
    first = filled.town.books.invoice("BC-1")

    assert numbers(filled, InvoiceNumbers="BC-5,BC-2,BC-99") == ["BC-2", "BC-5"]
    assert numbers(filled, IDs=first["InvoiceID"]) == ["BC-1"]
    assert numbers(filled, Statuses="PAID,DRAFT") == ["BC-1", "BC-6"]
    assert numbers(filled, ContactIDs=first["Contact"]["ContactID"]) == ["BC-1", "BC-3", "BC-5"]
    assert numbers(filled, searchTerm="order 4") == ["BC-4"]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ('Status=="PAID"', "1"),
        ('Status != "AUTHORISED"', "16"),
        ('Type=="ACCREC" AND Status=="AUTHORISED" AND Date >= DateTime(2026, 05, 04)', "45"),
        ('InvoiceNumber=="bc-2" OR InvoiceNumber=="BC-3"', "23"),
        ('(Status=="DRAFT" || Status=="PAID") && Reference.StartsWith("Order")', "16"),
        ('Status=="PAID" OR Status=="AUTHORISED" AND Date<=DateTime(2026,5,2)', "12"),
        ('Reference.Contains("R 5")', "5"),
        ("Reference!=null AND AmountDue==0", "1"),
        ("AmountDue > 21.99", "23456"),
        ('Contact.ContactNumber=="bc:0"', "246"),
        ("UpdatedDateUTC>=DateTime(2026,05,13,12,04,30)", "16"),
    ],
)
def test_a_where_expression_selects(filled: Desk, where: str, found: str) -> None:
    assert "".join(number.removeprefix("BC-") for number in numbers(filled, page=1, where=where)) == found


def test_where_takes_a_guid_and_a_contacts_name_in_any_case(filled: Desk) -> None:
    contact = filled.get("Contacts", where='Name=="SHOPPER 1" AND ContactStatus=="ACTIVE"').json()["Contacts"][0]

    assert numbers(filled, where=f'Contact.ContactID==Guid("{contact["ContactID"]}")') == ["BC-1", "BC-3", "BC-5"]


def test_payments_are_found_by_their_invoice_and_reference(filled: Desk) -> None:
    invoice_id = filled.town.books.invoice("BC-1")["InvoiceID"]

    where = f'Invoice.InvoiceID==Guid("{invoice_id}") AND PaymentType=="ACCRECPAYMENT" AND Status=="AUTHORISED"'
    assert len(filled.get("Payments", where=where, page=1).json()["Payments"]) == 1
    assert (
        len(filled.get("Payments", where='Invoice.InvoiceNumber=="BC-1" AND Reference=="ch_1"').json()["Payments"]) == 1
    )
    assert filled.get("Payments", where="Date>DateTime(2026,05,13)").json()["Payments"] == []


@pytest.mark.parametrize(
    "where",
    [
        'LineItems[0].Description=="Mug"',
        'Colour=="red"',
        "Status==",
        'Status=="PAID" AND',
        '(Status=="PAID"',
        'Status=="PAID" Status=="PAID"',
        'Status.EndsWith("D")',
        "Status==12",
        'Contact.ContactID=="not a guid"',
        "Date>=DateTime(2026,13,1)",
    ],
)
def test_what_the_parser_does_not_know_is_never_guessed(filled: Desk, where: str) -> None:
    answer = filled.get("Invoices", where=where)

    assert answer.status_code == 501
    assert answer.json()["sandbox"] == "never seen"


def test_order_goes_by_a_column_both_ways(filled: Desk) -> None:
    assert numbers(filled, order="Date DESC")[0] == "BC-6"
    assert numbers(filled, order="UpdatedDateUTC DESC", page=1)[0] == "BC-1"
    assert filled.get("Invoices", order="Colour").status_code == 501


def test_if_modified_since_gives_what_changed_and_304_when_nothing_did(filled: Desk) -> None:
    path = "/api.xro/2.0/Invoices"

    changed = filled.call("GET", path, headers={"if-modified-since": "2026-05-13T12:04:00"})
    none = filled.call("GET", path, headers={"if-modified-since": "2026-05-13T13:00:00"})
    ill_formed = filled.call("GET", path, headers={"if-modified-since": "13/05/2026"})

    assert [i["InvoiceNumber"] for i in changed.json()["Invoices"]] == ["BC-1", "BC-6"]
    assert (none.status_code, none.text) == (304, "")
    assert len(ill_formed.json()["Invoices"]) == 6


def test_an_unknown_parameter_is_answered_501_by_its_name(filled: Desk) -> None:
    answer = filled.get("Invoices", modifiedAfter="2026-01-01")

    assert answer.status_code == 501
    assert answer.json()["unknown"] == "query parameter modifiedAfter"


def test_settings_come_whole_with_the_deleted_rate_among_them(xero: Desk) -> None:
    rates = xero.get("TaxRates").json()["TaxRates"]
    accounts = xero.get("Accounts", where='SystemAccount=="ROUNDING"').json()["Accounts"]

    assert {rate["TaxType"] for rate in rates if rate["Status"] == "DELETED"} == {"TAX001"}
    assert [account["Code"] for account in accounts] == ["860"]
    assert xero.get("Currencies").json()["Currencies"] == [{"Code": "AUD", "Description": "Australian Dollar"}]
    assert xero.get("TrackingCategories").json()["TrackingCategories"] == []
    assert xero.get("Organisation/Actions").json()["Actions"][0] == {
        "Name": "CreateApprovedInvoice",
        "Status": "ALLOWED",
    }
    organisation = xero.get("Organisation").json()["Organisations"][0]
    assert (organisation["BaseCurrency"], organisation["Timezone"]) == ("AUD", "AUSEASTERNSTANDARDTIME")
    assert "PeriodLockDate" not in organisation


def test_items_are_tracked_or_lack_the_quantities_altogether(xero: Desk) -> None:
    tracked = {
        "Code": "TSL - Black",
        "InventoryAssetAccountCode": "630",
        "PurchaseDetails": {"COGSAccountCode": "310"},
        "QuantityOnHand": 5,
    }
    xero.town.books.set_up(items=[tracked, {"Code": "BOOK"}])

    items = {item["Code"]: item for item in xero.get("Items").json()["Items"]}

    assert (items["TSL - Black"]["IsTrackedAsInventory"], items["TSL - Black"]["QuantityOnHand"]) == (True, 5)
    assert items["BOOK"]["IsTrackedAsInventory"] is False
    assert "QuantityOnHand" not in items["BOOK"]
    assert xero.get(f"Items/{items['BOOK']['ItemID']}").json()["Items"][0]["Code"] == "BOOK"
