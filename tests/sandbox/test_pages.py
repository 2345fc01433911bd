"""A bookkeeper can read the sandbox, and go from an order to its invoice and back.

Business risk covered: books that nobody can read are believed instead of checked.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from shop_desk import ShopDesk

from include.sandbox import demo
from include.sandbox.order_builder import an_order
from include.sandbox.pages.spelling import count, moment, money, tone, xero_date
from include.sandbox.town import Town


class Reader(HTMLParser):
    """Reads a page as a browser would: its links, what it loads, and whether every element is closed."""

    VOID = ("meta", "link", "br", "hr", "img", "input")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        assert self.open == [], f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "a":
            self.links.append(told["href"] or "")
        elif told.get("href") or told.get("src"):
            self.loads.append(told.get("href") or told.get("src") or "")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


@pytest.fixture
def desk() -> ShopDesk:
    """The demo with a few documents in its books, as an integration might have left them."""
    town = Town.demo()
    books = town.books
    contact = {"ContactID": books.add_contact({"Name": "Rosa Lind", "EmailAddress": "rosa.lind@example.com"})}
    line = {"Description": "Mug", "AccountCode": "200", "TaxType": "OUTPUT", "UnitAmount": "22.00"}
    books.add_invoice(
        {
            "InvoiceNumber": "BC-1001",
            "Reference": "1001",
            "Date": "2026-11-18",
            "Contact": contact,
            "LineAmountTypes": "Inclusive",
            "LineItems": [line | {"Quantity": "2"}],
        }
    )
    books.add_payment(
        {
            "Invoice": {"InvoiceNumber": "BC-1001"},
            "Account": {"Code": "615-CARD"},
            "Amount": "44.00",
            "Date": "2026-11-18",
        }
    )
    books.add_credit_note(
        {
            "Type": "ACCRECCREDIT",
            "CreditNoteNumber": "BCR-1001-1",
            "Status": "AUTHORISED",
            "Date": "2026-11-19",
            "Contact": contact,
            "LineAmountTypes": "Inclusive",
            "LineItems": [line | {"Quantity": "1"}],
        }
    )
    return ShopDesk(town)


def read(desk: ShopDesk, path: str) -> str:
    answer = desk.call("GET", path)
    assert answer.status_code == 200, (path, answer.text[-500:])
    assert answer.headers["content-type"].startswith("text/html")
    return answer.text


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_every_page_that_is_linked_is_there_and_is_sound(desk: ShopDesk):
    seen: set[str] = set()
    ahead = ["/"]
    while ahead:
        path = ahead.pop()
        if path in seen:
            continue
        seen.add(path)
        reader = Reader(read(desk, path))
        assert set(reader.loads) <= {"/pages.css", "data:,"}, "a page loads from elsewhere"
        ahead += [link for link in reader.links if link.startswith("/")]
    assert len(seen) > len(demo.STORIES) + 7


def test_an_order_leads_to_its_invoice_and_back(desk: ShopDesk):
    order, invoice = read(desk, "/shop/1001"), read(desk, "/books/invoices/BC-1001")

    assert "/books/invoices/BC-1001" in Reader(order).links
    assert "/books/credit-notes/BCR-1001-1" in Reader(order).links
    assert "/shop/1001" in Reader(invoice).links
    assert "No invoice names this order" in words(read(desk, "/shop/1002"))


def test_an_order_shows_lines_discounts_tax_tenders_and_refunds(desk: ShopDesk):
    told = words(read(desk, "/shop/1004"))
    assert all(
        figure in told for figure in ("2,500.00", "100.00", "2,400.00", "125.12", "Bottle levy", "Manual Discount")
    )
    refunded = words(read(desk, "/shop/1028"))
    assert "product × 1" in refunded
    assert "One too many" in refunded
    assert "50.00" in words(read(desk, "/shop/1026"))
    assert "The shop has no transaction" in words(read(desk, "/shop/1016"))


def test_an_invoice_shows_lines_tax_and_payments(desk: ShopDesk):
    told = words(read(desk, "/books/invoices/BC-1001"))

    assert all(
        text in told for text in ("Paid", "18 Nov 2026", "OUTPUT", "40.00", "4.00", "44.00", "615-CARD Card Clearing")
    )


def test_the_shelf_and_the_price_list_stand_beside_each_other(desk: ShopDesk):
    shop, books = read(desk, "/shop"), read(desk, "/books")

    assert "MUG Default location 55 0 55 60" in words(shop)
    assert "MUG Mug 60 480.00 55" in words(books)
    assert "/books#item-MUG" in Reader(shop).links
    assert "/shop#stock-MUG" in Reader(books).links
    assert 'id="item-MUG"' in books
    assert 'id="stock-MUG"' in shop


def test_the_shelf_says_what_readers_do_not_see_yet_and_what_the_books_do_not_track(town: Town):
    desk = ShopDesk(town)
    town.shop.set_stock("POT", 4, safety_stock=1)
    town.shop.inventory_delay_s = 3600
    body = {"items": [{"location_id": 1, "sku": "POT", "quantity": 9}]}
    assert desk.call("PUT", "/stores/demo1/v3/inventory/adjustments/absolute", json=body).status_code == 200

    assert "POT Default location 9 readers still see 4 1 8 not tracked" in words(read(desk, "/shop"))


def test_sums_leave_out_what_was_voided(desk: ShopDesk):
    desk.town.books.add_invoice({"InvoiceNumber": "X-1", "Status": "VOIDED", "LineItems": [{"LineAmount": 1000}]})

    page = read(desk, "/books")
    assert "X-1" in page
    assert words(page).count("44.00") >= 3
    assert "1,044.00" not in page


def test_an_empty_town_says_what_to_do(town: Town):
    desk = ShopDesk(town)

    assert "No order has been placed yet" in words(read(desk, "/shop"))
    assert "Let the integration run" in words(read(desk, "/books"))
    for path in ("/", "/books/payments", "/books/credit-notes", "/books/contacts"):
        Reader(read(desk, path))


def test_names_from_the_shop_are_text_and_never_markup(town: Town):
    desk = ShopDesk(town)
    desk.has(an_order(1).bought_by("<script>alert(1)</script> Jones").line("<b>", price="1.00", name="<i>Mug</i>"))

    town.shop.set_stock("<b>", 1)
    for path in ("/shop", "/shop/1"):
        page = read(desk, path)
        assert "<script>" not in page
        assert "<i>Mug" not in page


def test_what_is_not_there_is_404_in_words(desk: ShopDesk):
    for path in ("/shop/5", "/books/invoices/none", "/books/contacts/none", "/books/credit-notes/none"):
        answer = desk.call("GET", path)
        assert answer.status_code == 404
        assert "There is nothing at" in answer.text


def test_pages_are_no_calls_to_a_vendor(desk: ShopDesk):
    read(desk, "/books")

    assert len(desk.town.calls) == 0


def test_a_long_list_is_cut_into_pages(town: Town):
    desk = ShopDesk(town)
    desk.has(*range(1, 402))

    assert "?page=2" in Reader(read(desk, "/shop")).links
    last = Reader(read(desk, "/shop?page=3"))
    assert [link for link in last.links if link.startswith("/shop/")] == ["/shop/1"]


def test_amounts_and_dates_are_written_for_people():
    assert money("2369.6667") == "2,369.6667"
    assert money("-5.0000") == "\u22125.00"
    assert money("1200", "JPY") == "1,200"
    assert count("2.0000") == "2"
    assert xero_date("/Date(1795132800000+0000)/") == "20 Nov 2026"
    assert moment("Tue, 30 Jun 2026 23:30:00 +0000", "Australia/Sydney") == "1 Jul 2026, 09:30"
    assert (tone("PAID"), tone("DRAFT"), tone("VOIDED"), tone("Whatever")) == ("done", "open", "off", "plain")
