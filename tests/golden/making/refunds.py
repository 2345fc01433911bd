"""Cases about money given back: one credit note a refund, paid out and allocated."""

from collections.abc import Iterator

from include.sandbox.order_builder import an_order
from making.expected import Json, credit, held, invoice, item, out, paid, posted, shipping
from making.organisations import booked_in
from making.sales import MUG, Case


def _credited(kind: str, ref: str, gross: str, tax: str) -> Json:
    return {"kind": kind, "ref": ref, "gross": gross, "tax": tax}


def cases() -> Iterator[Case]:
    """Name, bundle, organisation with settings, expected books."""
    yield from _shares()
    yield from _ways_out()
    yield from _not_all_paid()
    yield from _puzzles()


def _shares() -> Iterator[Case]:
    au = booked_in("AU")
    order = an_order(30501).line("CUP", price="22.00", quantity=4).refunded({"CUP": 2}, at="2026-05-31T14:30:00Z")
    cups = item("CUP", 4, "80.00", "8.00", "88.00")
    yield (
        "refund-of-two-units",
        order.build(),
        au,
        posted(
            invoice("88.00", "8.00", cups),
            paid("88.00"),
            credits=[
                credit(
                    "44.00",
                    "4.00",
                    _credited("item", "CUP", "44.00", "4.00"),
                    out=[out("44.00")],
                    number="BCR-30501-305011",
                    date="2026-06-01",
                )
            ],
            why="Half of the line; dated in Sydney.",
        ),
    )
    order = an_order(30502).line("ROPE", price="3.333333333333", quantity=3)
    order = order.refunded({"ROPE": 1}).refunded({"ROPE": 1}).refunded({"ROPE": 1})
    yield (
        "refunds-of-three-thirds",
        order.build(),
        au,
        posted(
            invoice("10.00", "0.91", item("ROPE", 3, "9.09", "0.91", "10.00")),
            paid("10.00"),
            credits=[
                credit("3.33", "0.30", out=[out("3.33")]),
                credit("3.34", "0.31", out=[out("3.34")]),
                credit("3.33", "0.30", out=[out("3.33")]),
            ],
            why="Cumulative shares: together 10.00 with 0.91, never a cent more than the line.",
        ),
    )
    order = an_order(30503).line("MUG", price="22.00").shipping("11.00").refunded({"MUG": 1}, shipping="11.00")
    yield (
        "refund-of-everything",
        order.build(),
        au,
        posted(
            invoice("33.00", "3.00", MUG, shipping("10.00", "1.00", "11.00")),
            paid("33.00"),
            credits=[
                credit(
                    "33.00",
                    "3.00",
                    _credited("item", "MUG", "22.00", "2.00"),
                    _credited("shipping", "shipping", "11.00", "1.00"),
                    out=[out("33.00")],
                )
            ],
            why="Every line comes back with its tax.",
        ),
    )
    order = an_order(30504).line("TEA", price="12.00", quantity=3).coupon("TEA15", percent="15").refunded({"TEA": 1})
    yield (
        "refund-of-a-discounted-line",
        order.build(),
        au,
        posted(
            invoice("30.60", "2.78", item("TEA", 3, "27.82", "2.78", "30.60")),
            paid("30.60"),
            credits=[credit("10.20", "0.93", out=[out("10.20")])],
            why="A third of what was paid, not of the price.",
        ),
    )
    order = an_order(30505).prices_without_tax().in_currency("GBP").bought_by("Ann Lee", country="GB")
    order = order.taxed(("VAT", "20")).line("LAMP", price="19.99", quantity=3).refunded({"LAMP": 1})
    yield (
        "refund-where-prices-are-before-tax",
        order.build(),
        booked_in("GB"),
        posted(
            invoice(
                "71.96",
                "11.99",
                item("LAMP", 3, "59.97", "11.99", "71.96"),
                currency="GBP",
                line_amount_types="Exclusive",
            ),
            paid("71.96"),
            credits=[credit("23.99", "4.00", _credited("item", "LAMP", "23.99", "4.00"), out=[out("23.99")])],
            why="19.99 + 4.00.",
        ),
    )
    order = an_order(30506).line("BOLT", price="0.328333333333", quantity=600).refunded({"BOLT": 100})
    yield (
        "refund-of-units-that-stand-in-the-text",
        order.build(),
        au,
        posted(
            invoice("197.00", "17.91", item("BOLT", None, "179.09", "17.91", "197.00")),
            paid("197.00"),
            credits=[credit("32.83", "2.99", out=[out("32.83")])],
            why="100 of 600 units, though the invoice line has a quantity of one: 197.00 / 6, 17.91 / 6 = 2.985.",
        ),
    )
    order = an_order(30507).line("MUG", price="22.00").handling("5.50").fee("Care", "4.40")
    order = order.refunded(handling="5.50", fees={"Care": "4.40"})
    yield (
        "refund-of-handling-and-a-fee",
        order.build(),
        au,
        posted(
            invoice("31.90", "2.90", line_count=3),
            paid("31.90"),
            credits=[credit("9.90", "0.90", out=[out("9.90")])],
            why="Charges come back like lines.",
        ),
    )
    order = an_order(30508).line("MUG", price="22.00").shipping("11.00").refunded(shipping="5.50")
    yield (
        "refund-of-half-the-shipping",
        order.build(),
        au,
        posted(
            invoice("33.00", "3.00", line_count=2),
            paid("33.00"),
            credits=[credit("5.50", "0.50", _credited("shipping", "shipping", "5.50", "0.50"), out=[out("5.50")])],
            why="Half of 11.00 with half of its tax.",
        ),
    )
    order = an_order(30509).prices_without_tax().in_currency("USD").bought_by("Jo Park", country="US")
    order = order.line("HAT", price="20.00", quantity=2, tax={"State Tax": "6.25", "City Tax": "2"}).refunded(
        {"HAT": 1}
    )
    yield (
        "refund-with-sales-tax",
        order.build(),
        booked_in("US"),
        posted(
            invoice("43.30", "0.00", currency="USD", date="2026-05-12", line_amount_types="Exclusive", line_count=3),
            paid("43.30"),
            credits=[
                credit(
                    "21.65",
                    "0.00",
                    _credited("item", "HAT", "20.00", "0.00"),
                    _credited("tax_liability", "State Tax", "1.25", "0.00"),
                    _credited("tax_liability", "City Tax", "0.40", "0.00"),
                    out=[out("21.65")],
                )
            ],
            why="The refund's tax leaves the liability in the invoice's proportions.",
        ),
    )
    order = an_order(30510).prices_without_tax().in_currency("USD").bought_by("Jo Park", country="US")
    order = order.taxed(("State Tax", "8")).line("HAT", price="20.00").shipping("5.00").refunded(shipping="5.40")
    yield (
        "refund-of-shipping-with-sales-tax",
        order.build(),
        booked_in("US"),
        posted(
            invoice("27.00", "0.00", currency="USD", date="2026-05-12", line_amount_types="Exclusive", line_count=3),
            paid("27.00"),
            credits=[credit("5.40", "0.00", out=[out("5.40")])],
            why="5.00 of shipping and 0.40 of its tax.",
            also_acceptable=["held"],
        ),
    )


def _ways_out() -> Iterator[Case]:
    au = booked_in("AU")
    sold = invoice("44.00", "4.00", item("CUP", 2, "40.00", "4.00", "44.00"))
    order = an_order(30521).line("CUP", price="22.00", quantity=2).refunded({"CUP": 1}, to="store_credit")
    yield (
        "refund-to-store-credit",
        order.build(),
        au,
        posted(
            sold,
            paid("44.00"),
            credits=[credit("22.00", "2.00", out=[out("22.00", "store_credit_liability")])],
            why="A customer liability, not an outflow.",
        ),
    )
    ways = {"card": "30.00", "store_credit": "14.00"}
    order = an_order(30522).line("CUP", price="22.00", quantity=2).refunded({"CUP": 2}, to=ways)
    yield (
        "refund-by-two-ways",
        order.build(),
        au,
        posted(
            sold,
            paid("44.00"),
            credits=[credit("44.00", "4.00", out=[out("30.00"), out("14.00", "store_credit_liability")])],
            why="Exactly the refund payments that went through.",
        ),
    )
    order = an_order(30523).line("CUP", price="22.00", quantity=2).refunded({"CUP": 1}, declined=True)
    yield (
        "refund-declined",
        order.build(),
        au,
        held("refund_declined", "A refund with a declined payment is held whole.", sold, paid("44.00")),
    )
    bundle = an_order(30524).line("CUP", price="22.00", quantity=2).refunded({"CUP": 1}).build()
    bundle["refunds"]["data"][0]["payments"][0]["amount"] = 20
    yield (
        "refund-paid-out-in-part",
        bundle,
        au,
        posted(
            sold,
            paid("44.00"),
            credits=[credit("22.00", "2.00", out=[out("20.00")])],
            why="Nothing is due, so nothing can be allocated: 2.00 remain as credit.",
            never_told=["allocated"],
        ),
    )


def _not_all_paid() -> Iterator[Case]:
    au = booked_in("AU")
    saw = invoice("110.00", "10.00", item("SAW", 11, "100.00", "10.00", "110.00"), amount_due="11.00")
    order = an_order(30531).line("SAW", price="10.00", quantity=11).authorised("card", "110.00").captured("99.00")
    yield (
        "refund-of-a-part-captured-order",
        order.refunded({"SAW": 3}, to={"card": "30.00"}).build(),
        au,
        posted(
            saw,
            paid("99.00"),
            credits=[credit("30.00", "2.73", out=[out("30.00")])],
            why="110.00 invoiced, 99.00 captured, 30.00 refunded: 30.00 out, 11.00 stays due.",
        ),
    )
    bundle = an_order(30532).line("SAW", price="10.00", quantity=11).unpaid().refunded({"SAW": 3}).status(11).build()
    bundle["refunds"]["data"][0]["payments"] = []
    bundle["transactions"]["data"] = []
    yield (
        "credit-on-an-unpaid-order",
        bundle,
        au,
        posted(
            {**saw, "amount_due": "80.00"},
            credits=[credit("30.00", "2.73", out=[], allocated="30.00")],
            why="Nothing came and nothing went: the credit lowers what is due.",
        ),
    )
    bundle = an_order(30533).line("SAW", price="10.00", quantity=11).unpaid().refunded({"SAW": 3}).status(11).build()
    bundle["transactions"]["data"] = []
    yield (
        "money-back-on-an-unpaid-order",
        bundle,
        au,
        held(None, "30.00 went out where nothing came in.", {**saw, "amount_due": "110.00"}),
    )


def _puzzles() -> Iterator[Case]:
    au = booked_in("AU")
    sold = invoice("121.00", "11.00", line_count=2)
    base = an_order(30541).line("BAG", price="110.00").shipping("11.00")
    yield (
        "refund-of-a-free-amount",
        base.refunded(amount="10.00").build(),
        au,
        held(
            "refund_unexplained",
            "The shop states no tax; the order's mix would be 10.00 x 11 / 121 = 0.91.",
            sold,
            paid("121.00"),
        ),
    )
    base = an_order(30542).line("BAG", price="110.00").shipping("11.00")
    bundle = base.refunded({"BAG": 1}, override=("2.00", "2.00")).build()
    bundle["refunds"]["data"][0] |= {"items": [], "uses_merchant_override_values": False}
    yield (
        "refund-of-tax-alone",
        bundle,
        au,
        held("refund_unexplained", "Tax-only refunds are held.", sold, paid("121.00")),
    )
    base = an_order(30543).line("BAG", price="110.00").shipping("11.00")
    yield (
        "refund-by-the-merchants-own-amount",
        base.refunded({"BAG": 1}, override=("90.00", "8.18")).build(),
        au,
        posted(
            sold,
            paid("121.00"),
            credits=[credit("90.00", "8.18", _credited("item", "BAG", "90.00", "8.18"), out=[out("90.00")])],
            why="The merchant gave back 90.00 of 110.00, with the tax of 90.00: an override rules.",
        ),
    )
    base = an_order(30544).line("BAG", price="110.00").shipping("11.00").refunded({"BAG": 1}).refunded({"BAG": 1})
    yield (
        "refund-of-more-than-was-sold",
        base.build(),
        au,
        held(
            "refund_unexplained",
            "No line is credited above its invoice.",
            sold,
            paid("121.00"),
            credit_notes=[credit("110.00", "10.00", out=[out("110.00")])],
        ),
    )
    bundle = an_order(30545).line("BAG", price="110.00").shipping("11.00").refunded({"BAG": 1}).build()
    record = bundle["refunds"]["data"][0]
    record["items"][0]["adjustments"] = [{"amount": -11, "description": "restocking"}]
    record |= {"total_amount": 99, "total_tax": 9}
    record["payments"][0]["amount"] = 99
    yield (
        "refund-less-a-restocking-fee",
        bundle,
        au,
        posted(
            sold,
            paid("121.00"),
            credits=[credit("99.00", "9.00", _credited("item", "BAG", "99.00", "9.00"), out=[out("99.00")])],
            why="11.00 were kept back; the stated tax of 9.00 is that of 99.00, so less of the bag is credited.",
        ),
    )
    bundle = an_order(30546).line("BAG", price="110.00").shipping("11.00").refunded({"BAG": 1}, recorded=False).build()
    yield (
        "refund-that-only-the-gateway-knows",
        bundle,
        au,
        held("refund_without_record", "Refund transactions without a record are held.", sold, paid("121.00")),
    )
