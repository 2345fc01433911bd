"""Cases that a setting decides: the same order, and the books that the company chose."""

from collections.abc import Iterator

from include.sandbox.order_builder import an_order
from making.expected import credit, held, invoice, item, line, out, paid, posted
from making.organisations import RULES, booked_in
from making.sales import MUG, Case


def cases() -> Iterator[Case]:
    """Name, bundle, organisation with settings, expected books."""
    yield from _certificates_taxed_when_sold()
    yield from _free_amounts()
    yield from _kept_back()
    yield from _currency_rates()
    yield from _elsewhere()


def _certificates_taxed_when_sold() -> Iterator[Case]:
    gb = booked_in("GB", voucher_kind="single_purpose")
    british = an_order(30701).in_currency("GBP").bought_by("Ann Lee", country="GB").taxed(("VAT", "20"))
    card = line(
        "gift_certificate",
        "Gift certificate 100.00",
        1,
        "83.33",
        "16.67",
        "100.00",
        account="840-GC",
        tax_type="OUTPUT2",
    )
    lamp = item("LAMP", 1, "100.00", "20.00", "120.00")
    yield (
        "single-purpose-certificate-sold",
        british.line("LAMP", price="120.00").sold_certificate("100.00").build(),
        gb,
        posted(
            invoice("220.00", "36.67", lamp, card, currency="GBP"),
            paid("220.00"),
            why="Taxed when sold, inside its face: 100.00 = 83.33 + 16.67.",
        ),
    )
    order = british.stating(id=30702).prices_without_tax().sold_certificate("100.00")
    yield (
        "single-purpose-certificate-sold-where-prices-are-before-tax",
        order.build(),
        gb,
        posted(
            invoice("100.00", "16.67", card, currency="GBP", line_amount_types="Exclusive"),
            paid("100.00"),
            why="Its face is what was paid, whatever the prices of the shop are.",
        ),
    )
    off = line("voucher", "voucher", 1, "-41.67", "-8.33", "-50.00", account="840-GC", tax_type="OUTPUT2")
    for stated in ("before tenders", "after tenders"):
        order = british.stating(id=30703).total_stated(stated).line("LAMP", price="120.00")  # type: ignore[arg-type]
        yield (
            f"single-purpose-certificate-redeemed-stated-{stated.replace(' ', '-')}",
            order.gift_certificate("50.00").build(),
            gb,
            posted(
                invoice("70.00", "11.67", lamp, off, currency="GBP"),
                paid("70.00"),
                why="No payment: its tax was due when it was sold, so the same tax type is taken off again.",
            ),
        )
    order = british.stating(id=30704).line("LAMP", price="120.00").gift_certificate("120.00")
    yield (
        "single-purpose-certificate-pays-all",
        order.build(),
        gb,
        posted(
            invoice(
                "0.00",
                "0.00",
                lamp,
                line("voucher", "voucher", 1, "-100.00", "-20.00", "-120.00", account="840-GC"),
                currency="GBP",
            ),
            why="All of it was taxed before; nothing is due.",
        ),
    )
    yield (
        "single-purpose-certificate-without-an-account",
        british.stating(id=30705).sold_certificate("100.00").build(),
        {**gb, "settings": {**gb["settings"], "accounts": {**gb["settings"]["accounts"], "gift_card_liability": ""}}},
        held("setting_unanswered", "The liability has no account."),
    )


def _free_amounts() -> Iterator[Case]:
    mix = booked_in("AU", order_level_refund="order_mix")
    order = an_order(30711).line("BAG", price="110.00").shipping("11.00").refunded(amount="10.00")
    yield (
        "free-amount-by-the-orders-mix",
        order.build(),
        mix,
        posted(
            invoice("121.00", "11.00", line_count=2),
            paid("121.00"),
            credits=[credit("10.00", "0.91", out=[out("10.00")])],
            why="10.00 x 11 / 121 = 0.91.",
        ),
    )
    order = an_order(30712).line("BAG", price="110.00").line("BREAD", price="55.00", tax=("GST Free", "0"))
    yield (
        "free-amount-over-two-rates",
        order.refunded(amount="30.00").build(),
        mix,
        posted(
            invoice("165.00", "10.00", line_count=2),
            paid("165.00"),
            credits=[
                credit(
                    "30.00",
                    "1.82",
                    {"kind": "item", "gross": "20.00", "tax": "1.82", "tax_type": "OUTPUT"},
                    {"kind": "item", "gross": "10.00", "tax": "0.00", "tax_type": "EXEMPTOUTPUT"},
                    out=[out("30.00")],
                )
            ],
            why="Two thirds of what was sold bear 10 %: 20.00 / 11 = 1.82.",
        ),
    )
    order = an_order(30713).prices_without_tax().in_currency("GBP").bought_by("Ann Lee", country="GB")
    order = order.taxed(("VAT", "20")).line("LAMP", price="100.00").refunded(amount="12.00")
    yield (
        "free-amount-where-prices-are-before-tax",
        order.build(),
        booked_in("GB", order_level_refund="order_mix"),
        posted(
            invoice("120.00", "20.00", line_count=1, currency="GBP", line_amount_types="Exclusive"),
            paid("120.00"),
            credits=[credit("12.00", "2.00", out=[out("12.00")])],
            why="A sixth of a gross amount is tax at 20 %.",
        ),
    )
    order = an_order(30714).line("BAG", price="110.00").shipping("11.00").refunded(amount="10.00")
    yield (
        "free-amount-as-the-store-states-it",
        order.build(),
        booked_in("AU", order_level_refund="as_store"),
        posted(
            invoice("121.00", "11.00", line_count=2),
            paid("121.00"),
            credits=[
                credit(
                    "10.00", "0.00", {"gross": "10.00", "tax": "0.00", "tax_type": "BASEXCLUDED"}, out=[out("10.00")]
                )
            ],
            why="The shop states no tax, and by setting that is believed.",
        ),
    )
    order = an_order(30715).prices_without_tax().in_currency("USD").bought_by("Jo Park", country="US")
    order = order.line("HAT", price="40.00", tax={"State Tax": "8"}).refunded(amount="5.00")
    yield (
        "free-amount-in-the-united-states",
        order.build(),
        booked_in("US"),
        posted(
            invoice("43.20", "0.00", currency="USD", date="2026-05-12", line_amount_types="Exclusive", line_count=2),
            paid("43.20"),
            credits=[credit("5.00", "0.00", out=[out("5.00")])],
            why="No tax is stated, and no liability is lowered.",
        ),
    )


def _kept_back() -> Iterator[Case]:
    sold = invoice("121.00", "11.00", line_count=2)
    bundle = an_order(30721).line("BAG", price="110.00").shipping("11.00").refunded({"BAG": 1}).build()
    record = bundle["refunds"]["data"][0]
    record["items"][0]["adjustments"] = [{"amount": -11, "description": "restocking"}]
    record |= {"total_amount": 99, "total_tax": 10}
    record["payments"][0]["amount"] = 99
    yield (
        "restocking-fee-without-tax",
        bundle,
        booked_in("AU"),
        posted(
            sold,
            paid("121.00"),
            credits=[
                credit(
                    "99.00",
                    "10.00",
                    {"kind": "item", "gross": "110.00", "tax": "10.00", "tax_type": "OUTPUT"},
                    {"kind": "fee", "gross": "-11.00", "tax": "0.00", "tax_type": "BASEXCLUDED"},
                    out=[out("99.00")],
                )
            ],
            why="The goods come back with all their tax; the fee bears none.",
        ),
    )
    bundle = an_order(30722).line("BAG", price="110.00").shipping("11.00").refunded({"BAG": 1}).build()
    record = bundle["refunds"]["data"][0]
    record["items"][0]["adjustments"] = [{"amount": -11, "description": "restocking"}]
    record |= {"total_amount": 99, "total_tax": 5}
    record["payments"][0]["amount"] = 99
    yield (
        "restocking-fee-whose-tax-nobody-can-tell",
        bundle,
        booked_in("AU"),
        held("refund_unexplained", "Neither 9.00 nor 10.00 of tax is stated.", sold, paid("121.00")),
    )


def _currency_rates() -> Iterator[Case]:
    order = an_order(30731).in_currency("EUR", store_currency="AUD", rate="0.6").sent_to("DE").taxed(())
    order = order.line("MUG", price="30.00")
    euro = {"currency": "EUR", "line_count": 1}
    rates = [
        {"currency": "EUR", "since": "2026-04-01", "rate": "0.59"},
        {"currency": "EUR", "since": "2026-05-01", "rate": "0.61"},
        {"currency": "EUR", "since": "2026-06-01", "rate": "0.62"},
    ]
    yield (
        "rate-of-the-companys-own-table",
        order.build(),
        booked_in("AU", currencies=["EUR"], currency_rate="table", currency_rates=rates),
        posted(
            invoice("30.00", "0.00", currency_rate="0.61", **euro),
            paid("30.00"),
            why="The rate of May, such as a tax office's monthly one.",
        ),
    )
    yield (
        "rate-that-the-table-lacks",
        order.stating(id=30732).build(),
        booked_in("AU", currencies=["EUR"], currency_rate="table", currency_rates=rates[2:]),
        held("setting_unanswered", "No rate is given for that day, and none is guessed."),
    )
    yield (
        "rate-of-the-store",
        order.stating(id=30733).build(),
        booked_in("AU", currencies=["EUR"], currency_rate="store"),
        posted(
            invoice("30.00", "0.00", currency_rate="0.6", **euro),
            paid("30.00"),
            why="The store's own rate, since its currency is the organisation's.",
        ),
    )


def _elsewhere() -> Iterator[Case]:
    order = an_order(30741).line("MUG", price="22.00").stating(channel_id=7)
    yield (
        "marketplace-owes-the-tax",
        order.build(),
        booked_in("AU", channels={"7": {"tax_collected_by": "marketplace", "clearing_account": "618-MKT"}}),
        posted(
            invoice(
                "22.00",
                "0.00",
                item("MUG", 1, "20.00", "0.00", "20.00", tax_type="BASEXCLUDED"),
                line("tax_liability", "marketplace tax", 1, "2.00", "0.00", "2.00", account="618-MKT"),
                line_amount_types="Exclusive",
            ),
            paid("22.00"),
            why="The goods without tax, its tax to the marketplace's clearing account, never to our liability.",
        ),
    )
    order = an_order(30742).sent_to("NZ").taxed("0").line("KETTLE", price="80.00")
    yield (
        "untaxed-order-without-tax-types",
        order.build(),
        booked_in("AU", untaxed_orders="no_tax"),
        posted(
            invoice("80.00", "0.00", line_count=1, line_amount_types="NoTax"),
            paid("80.00"),
            why="The order and all its lines bear no tax, and the setting says so.",
        ),
    )
    yield (
        "tracked-by-category",
        an_order(30743).line("MUG", price="22.00").build(),
        booked_in("AU", tracking={"Channel": "Web shop"}),
        posted(
            invoice("22.00", "2.00", {**MUG, "tracking": {"Channel": "Web shop"}}),
            paid("22.00"),
            why="Every line bears the option.",
        ),
    )
    rules = [{**RULES["AU"][0], "rate": "12", "tax_type": "TAX012", "effective_rate": "12"}, *RULES["AU"]]
    order = an_order(30744).line("MUG", price="22.00").line("BAG", price="112.00", tax=("GST", "12"))
    yield (
        "rate-that-changed-in-the-middle-of-the-month",
        order.build(),
        booked_in("AU", rules=rules),
        posted(
            invoice(
                "134.00",
                "14.00",
                item("MUG", 1, "20.00", "2.00", "22.00", tax_type="OUTPUT"),
                item("BAG", 1, "100.00", "12.00", "112.00", tax_type="TAX012"),
            ),
            paid("134.00"),
            why="Old and new rate stand side by side; each line bears the one that was charged.",
        ),
    )
