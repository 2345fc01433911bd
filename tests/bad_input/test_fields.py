"""Fields that are missing, new, or of another type than documented, and values that no order should have.

Who is hurt: the merchant whose order is booked from a guess, or whose whole day stops for one odd record.
"""

from typing import Any

import pytest
from bad_orders import GOOD, Bad, Desk, saying, without

from include.stages.orders.run import StageRed

NEEDED = {
    "order": [
        "total_inc_tax",
        "total_ex_tax",
        "total_tax",
        "items_total",
        "date_created",
        "date_modified",
        "status_id",
        "default_currency_code",
        "billing_address",
        "shipping_cost_inc_tax",
        "handling_cost_tax",
        "wrapping_cost_ex_tax",
    ],
    "line": ["id", "name", "quantity", "total_inc_tax", "total_ex_tax", "total_tax"],
    "consignment": ["id"],
    "transactions": ["id", "event", "amount", "status", "date_created"],
}
TOLD_AS = {
    "order": "",
    "line": "products.0.",
    "consignment": "shipping_addresses.0.",
    "transactions": "transactions.0.",
}


def missing(spoil: Any) -> dict[str, Bad]:
    return {
        f"{part} without {name}": Bad(part, spoil(name), (f"The order has no {TOLD_AS[part]}{name}.",), "missing_field")
        for part, names in NEEDED.items()
        for name in names
    }


@pytest.mark.parametrize("spoil", [without, lambda name: saying(**{name: None})], ids=["gone", "null"])
def test_an_order_without_a_field_that_the_books_need_is_held_and_the_field_is_named(desk: Desk, spoil):
    bad = missing(spoil)
    if spoil is not without:
        del bad["line without name"]  # no words are no words; a line is booked by its amount
    desk.spoil(bad)

    desk.are_held(bad)
    desk.are_booked_once_the_shop_is_right()


def test_fields_that_nobody_documented_are_kept_and_change_nothing(desk: Desk):
    new = saying(surcharge_v2={"amount": "9.99"}, labels=["new"], **{"": 1, "naïve key": None})
    desk.spoil({part: Bad(part, new) for part in ("order", "line", "consignment", "taxes", "transactions")})

    desk.are_booked()
    assert all(b"surcharge_v2" in desk.stored(desk.bad[part])[0] for part in ("order", "line", "consignment"))
    assert b"surcharge_v2" in desk.stored(desk.bad["transactions"], "transactions")[0]


def test_a_number_as_text_and_text_as_a_number_are_read_where_nothing_is_lost(desk: Desk):
    harmless = {
        "total as a number": Bad("order", saying(total_inc_tax=22)),
        "total as a number with a point": Bad("order", saying(total_inc_tax=22.0)),
        "total with blanks": Bad("order", saying(total_inc_tax=" 22.0000 ")),
        "status as text": Bad("order", saying(status_id="11")),
        "units as text": Bad("order", saying(items_total="1")),
        "customer as text": Bad("order", saying(customer_id="0")),
        "payment method as a number": Bad("order", saying(payment_method=7)),
        "a flag as text": Bad("order", saying(is_deleted="false")),
        "quantity as text": Bad("line", saying(quantity="1.0")),
        "name as a number": Bad("line", saying(name=2026)),
        "paid as text": Bad("transactions", saying(amount="22.00")),
        "transaction's id as a number": Bad("transactions", saying(id=77)),
    }
    desk.spoil(harmless)

    desk.are_booked()


def test_an_id_as_text_is_the_same_order(desk: Desk):
    desk.spoil({"id as text": Bad("order", lambda order: order.update(id=str(order["id"])))})

    desk.are_booked()


TOLD = "an amount was expected, not "
NO_NUMBERS = {
    "a comma": ("order", {"total_inc_tax": "22,00"}, f"total_inc_tax: {TOLD}other text."),
    "a sign": ("order", {"total_inc_tax": "$22.00"}, f"total_inc_tax: {TOLD}other text."),
    "a currency": ("order", {"total_inc_tax": "22.00 AUD"}, f"total_inc_tax: {TOLD}other text."),
    "NaN": ("order", {"total_inc_tax": "NaN"}, f"total_inc_tax: {TOLD}other text."),
    "other digits": ("order", {"total_inc_tax": "٢٢"}, f"total_inc_tax: {TOLD}other text."),
    "underscores": ("order", {"total_inc_tax": "2_2"}, f"total_inc_tax: {TOLD}other text."),
    "a flag": ("order", {"total_inc_tax": True}, f"total_inc_tax: {TOLD}bool."),
    "a list": ("order", {"total_inc_tax": ["22.00"]}, f"total_inc_tax: {TOLD}list."),
    "an object": ("order", {"total_inc_tax": {"value": "22.00"}}, f"total_inc_tax: {TOLD}dict."),
    "huge": ("order", {"total_inc_tax": "1e400"}, "total_inc_tax: the amount is no amount of money."),
    "tiny": ("order", {"total_tax": "1e-9999"}, "total_tax: the amount is no amount of money."),
    "thirty digits": ("order", {"total_inc_tax": 10**30}, "total_inc_tax: the amount is no amount of money."),
    "status in words": ("order", {"status_id": "Completed"}, "status_id: a whole number was expected, not other text."),
    "half a status": ("order", {"status_id": 10.5}, "status_id: a whole number was expected, not a fraction."),
    "half a mug": ("line", {"quantity": 0.5}, "products.0.quantity: a whole number was expected, not a fraction."),
    "currency in small letters": ("order", {"default_currency_code": "aud"}, "default_currency_code: a code of three"),
    "perhaps archived": ("order", {"is_deleted": "maybe"}, "is_deleted: true or false was expected."),
    "address is a list": ("order", {"billing_address": []}, "billing_address: an object was expected."),
    "discounts are an object": (
        "line",
        {"applied_discounts": {}},
        "products.0.applied_discounts: a list was expected.",
    ),
    "name is a list": ("line", {"name": ["Mug"]}, "products.0.name: text was expected, not list."),
    "line of a new kind": ("line", {"type": "bundle"}, "products.0.type: Input should be 'physical', 'digital' or"),
    "fee is text": ("order", {"fees": ["x"]}, "fees.0: an object was expected."),
    "cost in words": ("consignment", {"cost_inc_tax": "free"}, f"shipping_addresses.0.cost_inc_tax: {TOLD}other text."),
    "street is a list": (
        "consignment",
        {"street_1": []},
        "shipping_addresses.0.street_1: text was expected, not list.",
    ),
    "paid in words": ("transactions", {"amount": "all"}, f"transactions.0.amount: {TOLD}other text."),
}


def test_what_is_no_number_no_flag_and_no_list_is_held_and_never_guessed(desk: Desk):
    bad = {name: Bad(part, saying(**fields), (words,)) for name, (part, fields, words) in NO_NUMBERS.items()}
    desk.spoil(bad)

    desk.are_held(bad)
    desk.are_booked_once_the_shop_is_right()


@pytest.mark.parametrize("status", [15, 99, 2**31 - 1])
def test_an_order_of_a_status_that_nobody_documented_is_held(desk: Desk, status):
    bad = {"status": Bad("order", saying(status_id=status, status="Teleported"), (f"Status {status} is none that",))}
    desk.spoil(bad)

    desk.are_held(bad)
    desk.are_booked_once_the_shop_is_right()


def test_a_status_that_no_column_can_hold_is_held_like_any_other(desk: Desk):
    bad = {
        str(status): Bad("order", saying(status_id=status), ("status_id: Input should be",)) for status in (-1, 2**31)
    }
    desk.spoil(bad)

    desk.are_held(bad)


def test_a_transaction_in_words_that_nobody_documented_is_not_taken_for_money(desk: Desk):
    desk.spoil(
        {
            "status": Bad("transactions", saying(status="settled")),
            "event": Bad("transactions", saying(event="teleported")),
            "other money": Bad("transactions", saying(currency="EUR")),
        }
    )
    desk.run()

    found = {name: desk.outcomes()[key] for name, key in desk.bad.items()}
    assert {name: (row["outcome"], row["reason"]) for name, row in found.items()} == {
        "status": ("held", "missing_field"),
        "event": ("held", "missing_field"),
        "other money": ("held", "currency_unknown"),
    }
    assert all(str(payment["Reference"]).startswith("BC-1001") for payment in desk.town.books.payments()[:1])
    assert {int(payment["Reference"][3:7]) for payment in desk.town.books.payments()} == set(GOOD)


UNZONED = ["Wed, 13 May 2026 02:15:00", "2026-05-13T02:15:00", "2026-05-13 02:15", "Wed, 13 May 2026 02:15:00 -0000"]
NO_DATES = [
    "13/05/2026 02:15",
    "yesterday",
    "0000-00-00",
    "1778638500",
    "Wed, 13 May 99999999999999999999 02:15:00 +0000",  # more than a year can count
    "Fri, 31 Dec 9999 23:59:59 -0100",  # past the last year once it is in UTC
]


def test_dates_without_a_zone_and_what_is_no_date_are_held(desk: Desk):
    bad = {
        f"no zone {date}": Bad("order", saying(date_created=date), ("date_created: the date has no",))
        for date in UNZONED
    }
    bad |= {
        f"no date {date}": Bad("order", saying(date_created=date), ("date_created: a date was",)) for date in NO_DATES
    }
    bad["modified"] = Bad("order", saying(date_modified=UNZONED[0]), ("date_modified: the date has no time zone.",))
    bad["shipped"] = Bad("order", saying(date_shipped=UNZONED[0]), ("date_shipped: the date has no time zone.",))
    bad["paid"] = Bad(
        "transactions", saying(date_created=UNZONED[1]), ("transactions.0.date_created: the date has no",)
    )
    bad["as a number"] = Bad("order", saying(date_created=1778638500), ("date_created: a date was expected.",))
    desk.spoil(bad)

    desk.are_held(bad)
    desk.are_booked_once_the_shop_is_right()


def test_negative_quantities_and_amounts_are_held_with_their_figures(desk: Desk):
    bad = {
        "quantity": Bad("line", saying(quantity=-1), ("MUG has a quantity of -1.",)),
        "no quantity": Bad("line", saying(quantity=0), ("MUG has a quantity of 0.",)),
        "total": Bad(
            "order", saying(total_inc_tax="-22.0000"), ("The order's total is negative: -22.00",), "total_differs"
        ),
        "tax": Bad("order", saying(total_tax="-2.0000"), ("The order's tax is negative: -2.00",), "total_differs"),
        "line": Bad(
            "line", saying(total_inc_tax="-22.00", total_ex_tax="-20.00", total_tax="-2.00"), (), "total_differs"
        ),
    }
    desk.spoil(bad)

    desk.are_held(bad)
    desk.are_booked_once_the_shop_is_right()


def test_a_free_order_is_booked_at_zero_without_a_payment(desk: Desk):
    desk.bad["free"] = 2001
    desk.put(2001, lambda order: order.coupon("ALL", percent="100"))

    desk.are_booked("0.00")
    assert {int(payment["Reference"][3:7]) for payment in desk.town.books.payments()} == set(GOOD)


def test_a_total_of_zero_over_lines_that_cost_something_is_held(desk: Desk):
    nothing = saying(total_inc_tax="0.0000", total_ex_tax="0.0000", total_tax="0.0000")
    bad = {"zero": Bad("order", nothing, ("22.00", "0.00"), "total_differs")}
    desk.spoil(bad)

    desk.are_held(bad)
    desk.are_booked_once_the_shop_is_right()


def test_a_day_of_nothing_but_bad_orders_stops_for_a_person_and_books_none_of_them(desk: Desk):
    desk.bridge.set(held_share_max=0.5)
    desk.spoil({str(at): Bad("order", without("total_inc_tax")) for at in range(20)})

    with pytest.raises(StageRed, match="20 of 22 orders are held by the rules, more than 50%"):
        desk.run()
    assert desk.invoices() == {}
    assert len(desk.ask("SELECT DISTINCT order_key FROM raw_part")) == 22


def test_an_order_whose_line_is_bad_in_the_list_and_right_in_its_own_place_is_booked(desk: Desk):
    desk.spoil({"line": Bad("line of the list", without("quantity"))})

    desk.are_booked()


@pytest.mark.parametrize("shipping", [{"id": 1}, 5, [7]])
def test_consignments_of_another_form_hold_one_order_only(desk: Desk, shipping):
    bad = {
        "form": Bad("order", lambda order: order["consignments"].update(shipping=shipping), ("consignments.shipping",))
    }
    desk.spoil(bad)

    desk.are_held(bad)
