"""Cases about what was sold: prices, discounts, charges, rounding, currencies."""

from collections.abc import Iterator
from typing import Any

from include.sandbox.order_builder import an_order
from making.expected import Json, held, invoice, item, line, paid, posted, shipping
from making.organisations import RULES, booked_in

Case = tuple[str, Any, Json, Json]
MUG = item("MUG", 1, "20.00", "2.00", "22.00")


def cases() -> Iterator[Case]:
    """Name, bundle, organisation with settings, expected books."""
    yield from _plain()
    yield from _discounts()
    yield from _rounding()
    yield from _charges()
    yield from _currencies()


def _plain() -> Iterator[Case]:
    order = an_order(30101).line("MUG", price="22.00", quantity=2).shipping("11.00")
    yield (
        "plain-prices-with-tax",
        order.build(),
        booked_in("AU"),
        posted(
            invoice("55.00", "5.00", item("MUG", 2, "40.00", "4.00", "44.00"), shipping("10.00", "1.00", "11.00")),
            paid("55.00"),
            why="2 x 22.00 and 11.00 with a tenth out of eleven each: 4.00 + 1.00.",
        ),
    )
    order = an_order(30102).prices_without_tax().in_currency("GBP").bought_by("Ann Lee", country="GB")
    order = order.taxed(("VAT", "20")).line("LAMP", price="19.99", quantity=3).shipping("5.00")
    lamp = item("LAMP", 3, "59.97", "11.99", "71.96")
    yield (
        "plain-prices-before-tax",
        order.build(),
        booked_in("GB"),
        posted(
            invoice(
                "77.96",
                "12.99",
                lamp,
                shipping("5.00", "1.00", "6.00"),
                currency="GBP",
                line_amount_types="Exclusive",
            ),
            paid("77.96"),
            why="59.97 x 20 % = 11.994; 5.00 x 20 % = 1.00.",
        ),
    )
    bundle = an_order(30103).build()
    del bundle["order"]["is_tax_inclusive_pricing"]
    yield (
        "pricing-flag-absent",
        bundle,
        booked_in("AU"),
        posted(invoice("22.00", "2.00", MUG), paid("22.00"), why="Both families prove 22.00; taxed, so Inclusive."),
    )
    bundle = an_order(30104).line("X", price="110.00", name="Made to measure").build()
    bundle["products"][0] |= {"sku": "", "product_id": 0, "variant_id": 0}
    yield (
        "custom-product-without-id",
        bundle,
        booked_in("AU"),
        posted(
            invoice("110.00", "10.00", item("Made to measure", 1, "100.00", "10.00", "110.00")),
            paid("110.00"),
            why="A custom product has no catalogue id and may have no SKU; its line is a line.",
        ),
    )
    order = an_order(30105).line("BOOK", price="33.00", options={"Cover": "Hard"}).line("MUG", price="22.00")
    bundle = order.build()
    bundle["order"]["external_order_id"] = "PO-77"
    yield (
        "external-order-id",
        bundle,
        booked_in("AU"),
        posted(
            invoice("55.00", "5.00", reference="30105 / PO-77", number="BC-30105", line_count=2),
            paid("55.00"),
            why="Reference carries the order id and the external one.",
        ),
    )


def _discounts() -> Iterator[Case]:
    levy = [{"country": "AU", "name": "Levy", "rate": "5.5", "tax_type": "TAX055", "effective_rate": "5.5"}]
    order = an_order(30111).taxed(("Levy", "5.5")).line("DESK", price="250.00", quantity=10).discount("100.00")
    yield (
        "manual-discount-spread-on-ten-units",
        order.build(),
        booked_in("AU", rules=levy),
        posted(
            invoice("2400.00", "125.12", item("DESK", 10, "2274.88", "125.12", "2400.00")),
            paid("2400.00"),
            why="2400 x 5.5 / 105.5 = 125.1185. The line's total before discount (2500.00) is not what was sold.",
        ),
    )
    order = an_order(30112).line("TEA", price="12.00", quantity=3).line("CUP", price="11.00")
    yield (
        "percent-coupon-on-one-product",
        order.coupon("TEA15", percent="15", on="TEA").build(),
        booked_in("AU"),
        posted(
            invoice(
                "41.60", "3.78", item("TEA", 3, "27.82", "2.78", "30.60"), item("CUP", 1, "10.00", "1.00", "11.00")
            ),
            paid("41.60"),
            why="36.00 - 5.40 = 30.60, tax 2.78; the cup keeps its price.",
        ),
    )
    order = an_order(30113).prices_without_tax().in_currency("NZD").bought_by("Kiri Ngata", country="NZ").taxed("15")
    order = order.line("ROPE", price="40.00").line("PEG", price="10.00", quantity=2)
    yield (
        "promotion-and-coupon-before-tax",
        order.promotion("Autumn", "6.00").coupon("TEN", percent="10").build(),
        booked_in("NZ"),
        posted(
            invoice(
                "55.89",
                "7.29",
                item("ROPE", 1, "32.40", "4.86", "37.26"),
                item("PEG", 2, "16.20", "2.43", "18.63"),
                currency="NZD",
                line_amount_types="Exclusive",
            ),
            paid("55.89"),
            why="6.00 spread 4.00 + 2.00, then a tenth of what is left; 15 % of 32.40 and of 16.20.",
        ),
    )
    order = an_order(30114).line("MUG", price="22.00").coupon("FREE", percent="100")
    yield (
        "hundred-percent-discount",
        order.build(),
        booked_in("AU"),
        posted(
            invoice("0.00", "0.00", item("MUG", 1, "0.00", "0.00", "0.00")),
            why="A total of zero is an invoice of 0.00 by default.",
        ),
    )
    seven = [{"country": "AU", "name": "Duty", "rate": "7", "tax_type": "TAX007", "effective_rate": "7"}]
    order = an_order(30115).prices_without_tax().taxed(("Duty", "7")).line("COIL", price="89.00").discount("35.90")
    yield (
        "discount-before-tax",
        order.build(),
        booked_in("AU", rules=seven),
        posted(
            invoice("56.82", "3.72", item("COIL", 1, "53.10", "3.72", "56.82"), line_amount_types="Exclusive"),
            paid("56.82"),
            why="(89.00 - 35.90) x 7 % = 3.717.",
        ),
    )


def _rounding() -> Iterator[Case]:
    order = an_order(30121).line("BOLT", price="0.328333333333", quantity=600)
    yield (
        "six-hundred-units-of-an-item",
        order.build(),
        booked_in("AU", items=["BOLT"]),
        posted(
            invoice(
                "197.00",
                "17.91",
                item("BOLT", 400, "119.38", "11.94", "131.32"),
                item("BOLT", 200, "59.71", "5.97", "65.68"),
            ),
            paid("197.00"),
            why="No four-decimal price gives 197.00: 400 x 0.3283 + 200 x 0.3284, so that stock moves by 600.",
        ),
    )
    order = an_order(30122).line("BOLT", price="0.328333333333", quantity=600)
    yield (
        "six-hundred-units-without-an-item",
        order.build(),
        booked_in("AU"),
        posted(
            invoice("197.00", "17.91", item("BOLT", None, "179.09", "17.91", "197.00")),
            paid("197.00"),
            why="Without an item the units may stand in the text; one line.",
        ),
    )
    order = an_order(30123).prices_without_tax().tax_to_the_fourth_decimal()
    for sku in ("NUT", "PIN", "TAG"):
        order = order.line(sku, price="1.25")
    yield (
        "three-taxes-of-an-eighth",
        order.build(),
        booked_in("AU"),
        posted(
            invoice(
                "4.13",
                "0.38",
                item("NUT", 1, "1.25", "0.13", "1.38"),
                item("PIN", 1, "1.25", "0.13", "1.38"),
                item("TAG", 1, "1.25", "0.12", "1.37"),
                line_amount_types="Exclusive",
            ),
            paid("4.13"),
            why="3 x 0.1250 = 0.375, stated 0.38: 0.13 + 0.13 + 0.12. A rounding line cannot repair tax.",
        ),
    )
    order = an_order(30124).line("GRAIN", price="0.3333", quantity=3).line("SEED", price="0.1429", quantity=7)
    yield (
        "fractions-of-a-cent",
        order.build(),
        booked_in("AU"),
        posted(
            invoice("2.00", "0.18", item("GRAIN", 3, "0.91", "0.09", "1.00"), item("SEED", 7, "0.91", "0.09", "1.00")),
            paid("2.00"),
            why="0.9999 and 1.0003 are a whole dollar each.",
        ),
    )
    order = an_order(30125)
    for sku in ("A", "B", "C"):
        order = order.line(sku, price="0.3350")
    thirds = [item(sku, 1, "0.31", "0.03", "0.34") for sku in ("A", "B", "C")]
    yield (
        "rounding-line",
        order.build(),
        booked_in("AU"),
        posted(
            invoice("1.01", "0.09", *thirds, line("rounding", "rounding", 1, "-0.01", "0.00", "-0.01")),
            paid("1.01"),
            why="3 x 0.335 = 1.005 is charged as 1.01; the lines round to 1.02. One rounding line of -0.01.",
        ),
    )


def _charges() -> Iterator[Case]:
    order = an_order(30131).line("MUG", price="22.00").shipping("11.00").handling("5.50").wrapping("3.30")
    yield (
        "shipping-handling-wrapping",
        order.build(),
        booked_in("AU"),
        posted(
            invoice(
                "41.80",
                "3.80",
                MUG,
                shipping("10.00", "1.00", "11.00", account="260"),
                line("handling", "handling", 1, "5.00", "0.50", "5.50", account="261"),
                line("wrapping", "wrapping", 1, "3.00", "0.30", "3.30", account="262"),
            ),
            paid("41.80"),
            why="One line each, each with its own account.",
        ),
    )
    order = an_order(30132).line("MUG", price="22.00").fee("Fragile care", "4.40")
    fragile = line("fee", "Fragile care", 1, "4.00", "0.40", "4.40", tax_type="OUTPUT")
    yield (
        "fee-taxed",
        order.build(),
        booked_in("AU"),
        posted(invoice("26.40", "2.40", MUG, fragile), paid("26.40"), why="A fee has no tax row: 0.40 / 4.00 = 10 %."),
    )
    order = an_order(30133).line("MUG", price="22.00").fee("Mystery", "4.40")
    yield (
        "fee-with-an-unknown-name",
        order.build(),
        booked_in("AU", fees={"fragile care": "263"}),
        held(None, "Fees are mapped by name; an unknown name holds."),
    )
    order = an_order(30134).line("MUG", price="22.00").fee("Tip", "5.00", tax=())
    tip = line("fee", "Tip", 1, "5.00", "0.00", "5.00", tax_type="BASEXCLUDED")
    yield (
        "tip-bears-no-tax",
        order.build(),
        booked_in("AU"),
        posted(invoice("27.00", "2.00", MUG, tip), paid("27.00"), why="Tips and donations skip the tax rules."),
    )
    order = an_order(30135).line("MUG", price="22.00").fee("Card surcharge", "0.33")
    extra = line("fee", "Card surcharge", 1, "0.30", "0.03", "0.33", tax_type="OUTPUT")
    yield (
        "card-surcharge-bears-the-tax-of-the-goods",
        order.build(),
        booked_in("AU"),
        posted(invoice("22.33", "2.03", MUG, extra), paid("22.33"), why="0.03 / 0.30 = 10 %."),
    )
    rules = [{**RULES["AU"][0], "tax_type": "OUTPUT9", "name": "Levy"}, *RULES["AU"]]
    order = an_order(30136).line("MUG", price="22.00").fee("Care", "4.40")
    yield (
        "fee-that-two-rules-explain",
        order.build(),
        booked_in("AU", rules=rules),
        held(None, "A fee is matched to the one rule that explains it; two are held."),
    )
    order = an_order(30137).line("MUG", price="22.00").sold_certificate("100.00")
    card = line(
        "gift_certificate",
        "Gift certificate 100.00",
        1,
        "100.00",
        "0.00",
        "100.00",
        account="840-GC",
        tax_type="BASEXCLUDED",
    )
    yield (
        "gift-certificate-sold",
        order.build(),
        booked_in("AU"),
        posted(
            invoice("122.00", "2.00", MUG, card), paid("122.00"), why="A liability, not revenue; taxed when redeemed."
        ),
    )
    order = an_order(30138).in_currency("GBP").bought_by("Ann Lee", country="GB").taxed(("VAT", "20"))
    yield (
        "gift-certificate-sold-unanswered",
        order.sold_certificate("50.00").build(),
        booked_in("GB"),
        held("voucher_kind_unanswered", "UK organisations must answer at set-up, held until then."),
    )


def _currencies() -> Iterator[Case]:
    order = an_order(30141).in_currency("KWD", store_currency="AUD").sent_to("SG").line("MUG", price="7.250", tax=())
    yield (
        "third-decimal-currency",
        order.build(),
        booked_in("AU", currencies=["KWD"]),
        held("currency_unknown", "A third decimal (KWD, BHD) is held."),
    )
    order = an_order(30142).in_currency("JPY", store_currency="AUD").sent_to("JP").taxed(())
    yield (
        "yen-abroad",
        order.line("TOY", price="1100", quantity=3).build(),
        booked_in("AU", currencies=["JPY"]),
        posted(
            invoice("3300.00", "0.00", item("TOY", 3, "3300.00", "0.00", "3300.00"), currency="JPY"),
            paid("3300.00", currency="JPY"),
            why="Sold to Japan from Australia: exported, in the transaction's currency.",
        ),
    )
    order = an_order(30143).in_currency("JPY").bought_by("Aki Mori", country="JP").taxed(("Consumption Tax", "10"))
    yield (
        "yen-at-home",
        order.line("TOY", price="1234").build(),
        booked_in("JP"),
        posted(
            invoice("1234.00", "112.00", item("TOY", 1, "1122.00", "112.00", "1234.00"), currency="JPY"),
            paid("1234.00"),
            why="1234 / 11 = 112.18; the shop charged 112 whole yen, so TaxAmount is stated.",
        ),
    )
    order = an_order(30144).in_currency("USD", store_currency="AUD").sent_to("US").line("MUG", price="15.00", tax=())
    yield (
        "currency-not-in-the-organisation",
        order.build(),
        booked_in("AU"),
        held("currency_unknown", "The organisation books in AUD alone."),
    )
    order = an_order(30145).in_currency("EUR", store_currency="AUD", rate="0.6").sent_to("DE").taxed(())
    yield (
        "euro-order-in-an-australian-organisation",
        order.line("MUG", price="15.00", quantity=2).build(),
        booked_in("AU", currencies=["EUR"]),
        posted(
            invoice("30.00", "0.00", item("MUG", 2, "30.00", "0.00", "30.00", tax_type="EXEMPTEXPORT"), currency="EUR"),
            paid("30.00", currency="EUR"),
            why="The transaction currency is the invoice's.",
        ),
    )
