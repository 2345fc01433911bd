"""What the books have on hand, how documents move it, and what they refuse to sell.

Business risk covered: stock that the books count twice or not at all is sold again, or is never sold.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from xero_desk import Desk, a_line, a_payment, an_invoice, messages

D = Decimal
NONE_LEFT = "Mug No items available to sell."


@pytest.fixture
def books(xero: Desk) -> Desk:
    """Twelve mugs at 8.00, tracked; and bread, which nobody counts."""
    xero.town.clock.set(datetime(2026, 5, 14, tzinfo=UTC))
    xero.town.books.add_item(
        {
            "Code": "MUG",
            "Name": "Mug",
            "IsTrackedAsInventory": True,
            "QuantityOnHand": 12,
            "InventoryAssetAccountCode": "630",
            "PurchaseDetails": {"UnitPrice": "8.00", "COGSAccountCode": "310"},
        }
    )
    xero.town.books.add_item({"Code": "BREAD", "Name": "Bread"})
    return xero


def mugs(quantity: Any, number: str = "BC-1001", **changes: Any) -> dict[str, Any]:
    """An approved invoice over so many mugs."""
    return an_invoice(InvoiceNumber=number, LineItems=[a_line(ItemCode="MUG", Quantity=quantity)], **changes)


def left(books: Desk) -> Decimal | None:
    return books.town.books.quantity_of("MUG")


def item(books: Desk, code: str = "MUG") -> dict[str, Any]:
    return next(one for one in books.get("Items").json()["Items"] if one["Code"] == code)


def test_a_tracked_item_says_what_is_on_hand_and_an_untracked_one_is_silent(books: Desk):
    mug, bread = item(books), item(books, "BREAD")

    assert (mug["QuantityOnHand"], mug["TotalCostPool"], mug["IsTrackedAsInventory"]) == (12, 96, True)
    assert (mug["InventoryAssetAccountCode"], mug["PurchaseDetails"]["COGSAccountCode"]) == ("630", "310")
    assert not bread.keys() & {"QuantityOnHand", "TotalCostPool", "InventoryAssetAccountCode"}
    assert books.town.books.quantity_of("BREAD") is None
    assert books.town.books.quantity_of("NOBODY") is None


def test_an_approved_invoice_takes_its_items_and_their_share_of_the_cost(books: Desk):
    books.put_one("Invoices", mugs(5))

    assert left(books) == 7
    assert (item(books)["QuantityOnHand"], item(books)["TotalCostPool"]) == (7, 56)


def test_a_draft_takes_nothing_until_it_is_approved(books: Desk):
    books.put_one("Invoices", mugs(5, Status="DRAFT"))
    assert left(books) == 12
    books.put_one("Invoices", mugs(2, "BC-1002", Status="SUBMITTED"))
    assert left(books) == 12

    approved = {"Invoices": [{"InvoiceNumber": "BC-1001", "Status": "AUTHORISED"}]}
    assert books.write("POST", "Invoices", approved).status_code == 200
    assert left(books) == 7


def test_a_voided_invoice_gives_its_items_back(books: Desk):
    books.put_one("Invoices", mugs(5))

    books.write("POST", "Invoices", {"Invoices": [{"InvoiceNumber": "BC-1001", "Status": "VOIDED"}]})

    assert left(books) == 12
    assert item(books)["TotalCostPool"] == 96


def test_an_edited_invoice_takes_the_difference(books: Desk):
    books.put_one("Invoices", mugs(5))

    answer = books.write("POST", "Invoices", {"Invoices": [mugs(12)]})

    assert answer.status_code == 200, answer.text
    assert left(books) == 0
    refused = books.write("POST", "Invoices", {"Invoices": [mugs(13)]}, summarizeErrors="false").json()["Invoices"][0]
    assert messages(refused) == [NONE_LEFT]
    assert left(books) == 0


def test_a_payment_moves_no_stock(books: Desk):
    books.put_one("Invoices", mugs(1))
    books.put_one("Payments", a_payment())
    assert left(books) == 11

    books.town.books.delete_payment(books.town.books.payments()[0]["PaymentID"])
    assert left(books) == 11


def test_an_invoice_of_nothing_takes_its_items_too(books: Desk):
    free = books.put_one("Invoices", an_invoice(LineItems=[a_line(ItemCode="MUG", UnitAmount=0)]))

    assert (free["Status"], left(books)) == ("PAID", 11)


def test_lines_without_an_item_or_with_an_untracked_one_move_nothing(books: Desk):
    lines = [a_line(), a_line(ItemCode="BREAD", Quantity=400)]
    books.put_one("Invoices", an_invoice(LineItems=lines))

    assert left(books) == 12


def test_a_credit_note_that_names_the_item_puts_it_back(books: Desk):
    books.put_one("Invoices", mugs(5))
    note = {k: v for k, v in mugs(2, Type="ACCRECCREDIT").items() if k not in ("InvoiceNumber", "DueDate")}

    made = books.put_one("CreditNotes", note)
    assert left(books) == 9
    books.write("POST", f"CreditNotes/{made['CreditNoteID']}", {"Status": "VOIDED"})
    assert left(books) == 7
    books.put_one("CreditNotes", note | {"Status": "DRAFT"})
    assert left(books) == 7
    books.put_one("CreditNotes", note | {"LineItems": [a_line(Quantity=2)]})
    assert left(books) == 7, "a credit of money alone brings no goods back"


def test_more_than_is_on_hand_is_refused_for_that_invoice_alone(books: Desk):
    answered = books.put_each("Invoices", mugs(7, "A"), mugs(6, "B"), mugs(5, "C"))

    assert [one["StatusAttributeString"] for one in answered] == ["OK", "ERROR", "OK"]
    assert messages(answered[1]) == [NONE_LEFT]
    assert [one["InvoiceNumber"] for one in books.town.books.invoices()] == ["A", "C"]
    assert left(books) == 0


def test_the_lines_of_one_invoice_are_counted_together(books: Desk):
    lines = [a_line(ItemCode="MUG", Quantity=7), a_line(ItemCode="MUG", Quantity=6)]

    assert messages(books.put_one("Invoices", an_invoice(LineItems=lines))) == [NONE_LEFT]
    assert left(books) == 12


def test_a_summarised_batch_with_one_refusal_leaves_the_stock_as_it_was(books: Desk):
    answer = books.write("PUT", "Invoices", {"Invoices": [mugs(7, "A"), mugs(6, "B")]})

    assert answer.status_code == 400
    assert left(books) == 12


def test_a_draft_may_hold_more_than_is_on_hand_but_cannot_be_approved(books: Desk):
    assert messages(books.put_one("Invoices", mugs(13, Status="DRAFT"))) == []

    change = {"Invoices": [{"InvoiceNumber": "BC-1001", "Status": "AUTHORISED"}]}
    refused = books.write("POST", "Invoices", change, summarizeErrors="false").json()["Invoices"][0]
    assert messages(refused) == [NONE_LEFT]
    assert books.town.books.invoice("BC-1001")["Status"] == "DRAFT"


def test_backorders_are_sold_when_they_are_asked_for(books: Desk):
    made = books.put_one("Invoices", mugs(13), allowBackorders="true")

    assert (made["Status"], left(books)) == ("AUTHORISED", -1)
    assert item(books)["TotalCostPool"] == 0
    assert messages(books.put_one("Invoices", mugs(1, "BC-1002"), allowBackorders="false")) == [NONE_LEFT]
    more = books.write("POST", "Invoices", {"Invoices": [mugs(1, "BC-1003")]}, allowBackorders="true")
    assert (more.status_code, left(books)) == (200, -2)
    untouched = {"Invoices": [{"InvoiceNumber": "BC-1003", "Reference": "1003"}]}
    assert books.write("POST", "Invoices", untouched).status_code == 200, "what takes nothing more is not judged again"


def test_a_quantity_that_moves_leaves_the_items_stamp_alone(books: Desk):
    before = item(books)["UpdatedDateUTC"]
    books.town.clock.advance(3600)

    books.put_one("Invoices", mugs(1))

    assert item(books)["UpdatedDateUTC"] == before
    since = {"if-modified-since": "2026-05-14T00:30:00"}
    assert books.call("GET", "/api.xro/2.0/Items", headers=since).status_code == 304, "so changes cannot be asked for"


def test_what_others_posted_before_us_has_moved_the_stock_as_well(books: Desk):
    line = {"ItemCode": "MUG", "Quantity": 3, "UnitAmount": 22, "Description": "Mug", "AccountCode": "200"}
    books.town.books.add_invoice({"InvoiceNumber": "X-1", "LineItems": [line]})
    assert left(books) == 9

    with pytest.raises(ValueError, match="No items available"):
        books.town.books.add_invoice({"InvoiceNumber": "X-2", "LineItems": [line | {"Quantity": 10}]})


def test_quantities_without_both_accounts_are_a_mistake_of_the_test_that_says_so(books: Desk):
    for wrong in ({"QuantityOnHand": 3}, {"IsTrackedAsInventory": True}):
        with pytest.raises(ValueError, match="COGSAccountCode"):
            books.town.books.add_item({"Code": "POT", **wrong})


def test_items_are_made_and_changed_and_what_is_read_only_counts_for_nothing(books: Desk):
    tracked = {
        "Code": "POT",
        "Name": "Pot",
        "InventoryAssetAccountCode": "630",
        "PurchaseDetails": {"UnitPrice": 30, "COGSAccountCode": "310"},
        "QuantityOnHand": 99,
        "TotalCostPool": 1,
        "IsTrackedAsInventory": False,
    }
    made = books.write("PUT", "Items", {"Items": [tracked, {"Code": "HAT", "Name": "Hat"}]}).json()["Items"]
    assert (made[0]["QuantityOnHand"], made[0]["TotalCostPool"], made[0]["IsTrackedAsInventory"]) == (0, 0, True)
    assert "QuantityOnHand" not in made[1]

    change = {"Items": [{"Code": "MUG", "Name": "Large mug", "QuantityOnHand": 500}]}
    changed = books.write("POST", "Items", change).json()["Items"][0]
    assert (changed["Name"], changed["QuantityOnHand"], changed["PurchaseDetails"]["UnitPrice"]) == ("Large mug", 12, 8)
    one = books.write("POST", f"Items/{changed['ItemID']}", {"Items": [{"Code": "CUP"}]}).json()["Items"][0]
    assert (one["Code"], one["Name"], books.town.books.quantity_of("CUP")) == ("CUP", "Large mug", 12)
    assert left(books) is None


def test_an_item_is_refused_for_a_code_in_use_or_too_long_and_for_the_wrong_account(books: Desk):
    wishes = [
        {"Code": "MUG"},
        {"Code": "X" * 31},
        {"Code": "POT", "InventoryAssetAccountCode": "200"},
        {"Code": "HAT"},
    ]
    answered = books.write("PUT", "Items", {"Items": wishes}, summarizeErrors="false").json()["Items"]

    assert messages(answered[0]) == ["Price List Item with Code ''MUG'' already exists"]
    assert [bool(messages(one)) for one in answered] == [True, True, True, False]
    assert set(books.town.books.items) == {"MUG", "BREAD", "HAT"}


def test_what_nobody_has_recorded_of_items_is_not_given(books: Desk):
    assert books.get("Items/MUG").status_code == 501, "by code"
    assert books.write("POST", "Items", {"Items": [{"Code": "BREAD", "Colour": "brown"}]}).status_code == 501
    begins = {"Code": "BREAD", "InventoryAssetAccountCode": "630", "PurchaseDetails": {"COGSAccountCode": "310"}}
    assert books.write("POST", "Items", {"Items": [begins]}).status_code == 501


def test_an_inactive_item_is_not_listed_and_keeps_its_code(books: Desk):
    books.town.books.archive_item("BREAD")

    assert [one["Code"] for one in books.get("Items").json()["Items"]] == ["MUG"]
    for method in ("PUT", "POST"):
        answer = books.write(method, "Items", {"Items": [{"Code": "BREAD", "Name": "Bread"}]}, summarizeErrors="false")
        assert messages(answer.json()["Items"][0]) == ["Price List Item with Code ''BREAD'' already exists"]

    books.town.books.restore_item("BREAD")
    assert item(books, "BREAD")["Name"] == "Bread"


def test_codes_that_differ_by_letter_case_are_one_and_a_bookkeeper_may_edit_any_field(books: Desk):
    answer = books.write("PUT", "Items", {"Items": [{"Code": "Mug"}]}, summarizeErrors="false")
    assert messages(answer.json()["Items"][0]) == ["Price List Item with Code ''Mug'' already exists"]

    books.town.books.edit_item("BREAD", Code="LOAF", SalesDetails={"UnitPrice": "3.20"})
    assert item(books, "LOAF")["SalesDetails"]["UnitPrice"] == 3.2
