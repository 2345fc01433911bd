"""Names as people and other systems write them: endless, with emoji, with bytes that no database takes.

Who is hurt: the merchant, when one shopper's name keeps an order, or a whole batch, out of the books.
"""

import json
from collections.abc import Callable

import httpx
import pytest
from bad_orders import Bad, Desk, json_answer, saying

LONG = "Zoë the longest name in town " * 345  # 10,005 characters
PAIR = "Mug 🏳️‍🌈 for 👩‍👩‍👧‍👦 ☕"


def billed(**fields: str) -> Callable[[dict], object]:
    """A guest of this address bought it: each guest is a contact of its own."""

    def spoil(order: dict) -> None:
        order["customer_id"] = 0
        order["billing_address"].update(fields)

    return spoil


def contact_of(desk: Desk, name: str) -> dict:
    wanted = desk.invoice(desk.bad[name])["Contact"]["ContactID"]
    return next(each for each in desk.town.books.contacts() if each["ContactID"] == wanted)


def test_names_of_ten_thousand_characters_are_shortened_and_the_order_is_booked(desk: Desk):
    desk.spoil(
        {
            "shopper": Bad("order", billed(first_name=LONG, last_name=LONG, email="long@example.com")),
            "company": Bad("order", billed(company=LONG, email="company@example.com")),
            "address": Bad("order", billed(street_1=LONG, street_2=LONG, city=LONG, zip=LONG, phone="4" * 10_000)),
            "product": Bad("line", saying(name=LONG)),
            "options": Bad("line", saying(product_options=[{"display_name": LONG, "display_value": LONG}])),
            "sku": Bad("line", saying(sku="S" * 10_000)),
            "message": Bad("order", saying(customer_message=LONG, staff_notes=LONG)),
            "way of paying": Bad("transactions", saying(gateway_transaction_id="9" * 10_000)),
        }
    )

    desk.are_booked()
    assert len(contact_of(desk, "company")["Name"]) <= 255
    assert contact_of(desk, "company")["Name"].startswith("Zoë the longest name in town")
    assert len(desk.invoice(desk.bad["product"])["LineItems"][0]["Description"]) <= 4000
    assert LONG in json.loads(desk.stored(desk.bad["shopper"])[0])["billing_address"]["first_name"]


def test_an_e_mail_of_ten_thousand_characters_is_left_out_like_any_that_is_none(desk: Desk):
    desk.spoil({"e-mail": Bad("order", billed(email=f"{'a' * 10_000}@example.com"))})

    desk.are_booked()


def test_emoji_go_into_a_line_as_they_are_and_are_left_out_of_a_name_as_xeros_screens_do(desk: Desk):
    desk.spoil(
        {
            "product": Bad("line", saying(name=PAIR)),
            "shopper": Bad("order", billed(first_name="Zoë 🚲", last_name="Łukasz", email="zoe@example.com")),
        }
    )

    desk.are_booked()
    assert PAIR in desk.invoice(desk.bad["product"])["LineItems"][0]["Description"]
    assert contact_of(desk, "shopper")["Name"] == "Zoë Łukasz"


def test_a_nul_byte_is_left_out_of_the_books_and_kept_in_what_the_shop_said(desk: Desk):
    desk.spoil(
        {
            "product": Bad("line", saying(name="M\x00ug", sku="MUG\x00")),
            "shopper": Bad("order", billed(first_name="Ro\x00bin", last_name="Doe\x00", email="nul@example.com")),
            "e-mail": Bad("order", billed(email="r\x00d@example.com")),
            "way of paying": Bad("order", saying(payment_method="Credit\x00 Card")),
            "transaction": Bad("transactions", saying(id="7\x007", gateway="stripe\x00")),
            "tax": Bad("taxes", saying(name="G\x00ST")),
            "a field we do not read": Bad("order", saying(staff_notes="\x00")),
        }
    )

    desk.are_booked()
    assert "Mug" in desk.invoice(desk.bad["product"])["LineItems"][0]["Description"]
    assert contact_of(desk, "shopper")["Name"] == "Robin Doe"
    assert rb"M\u0000ug" in desk.stored(desk.bad["product"])[0]


def test_a_nul_byte_in_the_words_of_a_hold_does_not_end_the_batch(desk: Desk):
    bad = {
        "currency": Bad("order", saying(default_currency_code="A\x00D"), ("default_currency_code",)),
        "tax": Bad("line", saying(sku="\x00", name="\x00", quantity=-1), ("quantity of -1",)),
    }
    desk.spoil(bad)

    desk.are_held(bad)


def test_half_of_an_emoji_is_left_out(desk: Desk):
    half = "\ud83d"  # where another system cut a name in the middle of a pair
    desk.spoil(
        {
            "product": Bad("line", saying(name=f"Mug {half}")),
            "shopper": Bad("order", billed(first_name="Robin", last_name=f"Doe{half}", email="half@example.com")),
        }
    )

    desk.are_booked()
    assert contact_of(desk, "shopper")["Name"] == "Robin Doe"
    assert rb"\ud83d" in desk.stored(desk.bad["product"])[0]


def test_text_that_would_be_a_rule_elsewhere_is_only_text(desk: Desk):
    """Markup, SQL, a formula of a spreadsheet, a template: a name is a name."""
    words = "Robert'); DROP TABLE raw_part;-- %(x)s {{ 7*7 }} =1+1"
    desk.spoil(
        {
            "shopper": Bad("order", billed(first_name=words, last_name="", email="bobby@example.com")),
            "product": Bad("line", saying(name=f"{words} <script>")),
            "right to left": Bad("line", saying(name="\u202eguM\u202c \u200b")),
        }
    )

    desk.are_booked()
    assert contact_of(desk, "shopper")["Name"] == words


@pytest.mark.parametrize("control", [b"\x00", b"\t"])
def test_a_raw_control_character_in_a_name_keeps_no_order_out(desk: Desk, control):
    desk.spoil({"name": Bad("line", saying(name="M-raw-ug"))})

    def raw(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        spelt = json_answer(answer.json(), answer.headers) if answer.content else answer
        return httpx.Response(
            spelt.status_code, headers=spelt.headers, content=spelt.content.replace(b"-raw-", control)
        )

    with desk.saying(raw):
        desk.are_booked()
