"""Cases about tax: where a line goes, which rule explains it, and the American way."""

from collections.abc import Iterator

from include.sandbox.order_builder import an_order
from making.expected import held, invoice, item, line, paid, posted, shipping
from making.organisations import RULES, booked_in
from making.sales import MUG, Case


def cases() -> Iterator[Case]:
    """Name, bundle, organisation with settings, expected books."""
    yield from _places()
    yield from _rules()
    yield from _american()


def _places() -> Iterator[Case]:
    order = an_order(30201).line("MUG", price="22.00").line("BREAD", price="5.00", quantity=2, tax="0")
    bread = item("BREAD", 2, "10.00", "0.00", "10.00", tax_type="EXEMPTOUTPUT")
    yield (
        "gst-free-beside-taxed",
        order.build(),
        booked_in("AU"),
        posted(invoice("32.00", "2.00", MUG, bread), paid("32.00"), why="Each line bears its own rate."),
    )
    order = an_order(30202).sent_to("NZ").line("MUG", price="22.00", tax=()).shipping("15.00", tax=())
    yield (
        "export",
        order.build(),
        booked_in("AU"),
        posted(
            invoice(
                "37.00",
                "0.00",
                item("MUG", 1, "22.00", "0.00", "22.00", tax_type="EXEMPTEXPORT"),
                shipping("15.00", "0.00", "15.00", tax_type="EXEMPTEXPORT"),
            ),
            paid("37.00"),
            why="Sent abroad and untaxed: the export rate, for the goods and their way.",
        ),
    )
    order = an_order(30203).line("MUG", price="22.00", tax=())
    yield (
        "export-rate-on-a-domestic-line",
        order.build(),
        booked_in("AU", rules=[RULES["AU"][0], RULES["AU"][2]]),
        held("tax_unexplained", "An export tax type on a domestic destination is held."),
    )
    order = an_order(30204).prices_without_tax().in_currency("GBP").bought_by("Ann Lee", country="GB")
    order = (
        order.taxed(("VAT", "20")).sent_to("DE").line("BOOK", price="15.00", tax=()).download("EBOOK", price="10.00")
    )
    yield (
        "digital-line-is-taxed-at-the-billing-address",
        order.build(),
        booked_in("GB"),
        posted(
            invoice(
                "27.00",
                "2.00",
                item("BOOK", 1, "15.00", "0.00", "15.00", tax_type="ZERORATEDOUTPUT"),
                item("EBOOK", 1, "10.00", "2.00", "12.00", tax_type="OUTPUT2"),
                currency="GBP",
                line_amount_types="Exclusive",
            ),
            paid("27.00"),
            why="The parcel leaves for Germany, the download stays in Britain.",
        ),
    )
    order = an_order(30205).bought_by("Kiri Ngata", country="NZ").picked_up("Town store").line("MUG", price="22.00")
    bundle = order.build()
    bundle["consignments"] = {"shipping": [], "pickups": bundle.pop("pickups"), "downloads": [], "email": {}}
    yield (
        "picked-up-where-the-shop-is",
        bundle,
        booked_in("AU"),
        posted(invoice("22.00", "2.00", MUG), paid("22.00"), why="A visitor pays the tax of the pick-up location."),
    )
    order = an_order(30206).prices_without_tax().in_currency("CAD").bought_by("Lea Roy", country="CA")
    both = {"GST": "5", "PST": "7"}
    order = order.sent_to("CA").line("SKI", price="100.00", tax=both).shipping("10.00", tax=both)
    order = order.sent_to("CA", state="Ontario", city="Toronto").line("POLE", price="50.00", tax=("HST", "13"))
    order = order.shipping("6.00", tax=("HST", "13"))
    yield (
        "consignments-to-two-provinces",
        order.build(),
        booked_in("CA"),
        posted(
            invoice(
                "186.48",
                "20.48",
                item("SKI", 1, "100.00", "12.00", "112.00", tax_type="TAX012"),
                item("POLE", 1, "50.00", "6.50", "56.50", tax_type="TAX013"),
                shipping("10.00", "1.20", "11.20", tax_type="TAX012"),
                shipping("6.00", "0.78", "6.78", tax_type="TAX013"),
                currency="CAD",
                date="2026-05-12",
                line_amount_types="Exclusive",
            ),
            paid("186.48"),
            why="Consignments that differ are matched line by line, their shipping too.",
        ),
    )
    order = an_order(30207).prices_without_tax().in_currency("CAD").bought_by("Lea Roy", country="CA")
    order = order.sent_to("CA", state="Alberta", city="Calgary").line("SKI", price="100.00", tax=("GST", "5"))
    yield (
        "province-without-its-own-rule",
        order.build(),
        booked_in("CA"),
        posted(
            invoice(
                "105.00",
                "5.00",
                item("SKI", 1, "100.00", "5.00", "105.00", tax_type="TAX005"),
                currency="CAD",
                date="2026-05-12",
                line_amount_types="Exclusive",
            ),
            paid("105.00"),
            why="GST alone, by the rule for any province.",
        ),
    )


def _rules() -> Iterator[Case]:
    british = an_order(30211).prices_without_tax().in_currency("GBP").bought_by("Ann Lee", country="GB")
    yield (
        "zero-rated-at-home",
        british.line("BOOK", price="15.00", tax=("Zero", "0")).build(),
        booked_in("GB"),
        posted(
            invoice(
                "15.00",
                "0.00",
                item("BOOK", 1, "15.00", "0.00", "15.00", tax_type="ZERORATEDOUTPUT"),
                currency="GBP",
                line_amount_types="Exclusive",
            ),
            paid("15.00"),
            why="Zero-rated is a rate.",
        ),
    )
    other_class = [
        {**RULES["GB"][0], "class": "Default Tax Class"},
        {**RULES["GB"][0], "rate": "5", "effective_rate": "5", "tax_type": "RROUTPUT", "class": "Reduced"},
    ]
    british = an_order(30212).prices_without_tax().in_currency("GBP").bought_by("Ann Lee", country="GB")
    yield (
        "tax-name-known-but-not-in-this-class",
        british.line("FUEL", price="100.00", tax=("VAT", "5")).build(),
        booked_in("GB", rules=other_class),
        held(None, "VAT of 5 % is mapped for the class Reduced alone: by name, rate and class, not by name."),
    )
    british = an_order(30213).prices_without_tax().in_currency("GBP").bought_by("Ann Lee", country="GB")
    dead = [{**RULES["GB"][0], "status": "ARCHIVED"}]
    yield (
        "tax-type-archived-in-xero",
        british.line("LAMP", price="10.00", tax=("VAT", "20")).build(),
        booked_in("GB", rules=dead),
        held("tax_type_dead", "The matched tax type must be active."),
    )
    bundle = an_order(30214).build()
    bundle["order"]["total_tax"] = bundle["products"][0]["total_tax"] = bundle["taxes"][0]["line_amount"] = "3.0000"
    yield (
        "tax-that-its-own-rate-does-not-give",
        bundle,
        booked_in("AU"),
        held("tax_unexplained", "10 % out of 22.00 is 2.00; the shop charged 3.00."),
    )
    bundle = an_order(30215).prices_without_tax().line("PEG", price="1.05", quantity=12).paid("card", "13.92").build()
    bundle["products"][0] |= {"total_tax": "1.3200", "total_inc_tax": "13.9200"}
    bundle["order"] |= {"total_tax": "1.3200", "total_inc_tax": "13.9200", "subtotal_tax": "1.3200"}
    bundle["taxes"][0] |= {"line_amount": "1.3200", "priority_amount": "1.3200"}
    yield (
        "tax-rounded-by-the-unit",
        bundle,
        booked_in("AU"),
        posted(
            invoice("13.92", "1.32", item("PEG", 12, "12.60", "1.32", "13.92"), line_amount_types="Exclusive"),
            paid("13.92"),
            why="12 x 0.11 = 1.32 is exact rounding by the unit, though 10 % of 12.60 is 1.26.",
        ),
    )
    bundle = an_order(30216).build()
    bundle["taxes"] = []
    yield (
        "tax-rows-vanished",
        bundle,
        booked_in("AU"),
        posted(invoice("22.00", "2.00", MUG), paid("22.00"), why="2.00 out of 22.00 is 10 % and nothing else."),
    )


def _american() -> Iterator[Case]:
    base = an_order(30221).prices_without_tax().in_currency("USD").bought_by("Jo Park", country="US")
    texas, california = {"State Tax": "6.25", "City Tax": "2"}, ("State Tax", "7.25")
    order = base.sent_to("US").line("HAT", price="20.00", tax=texas)
    order = order.sent_to("US", state="California", city="Fresno").line("SOCK", price="10.00", tax=california)
    yield (
        "sales-tax-of-two-states",
        order.build(),
        booked_in("US"),
        posted(
            invoice(
                "32.38",
                "0.00",
                item("HAT", 1, "20.00", "0.00", "20.00", tax_type="NONE"),
                item("SOCK", 1, "10.00", "0.00", "10.00"),
                line("tax_liability", "State Tax", 1, "1.25", "0.00", "1.25", account="820-ST"),
                line("tax_liability", "City Tax", 1, "0.40", "0.00", "0.40"),
                line("tax_liability", "State Tax", 1, "0.73", "0.00", "0.73"),
                currency="USD",
                date="2026-05-12",
                line_amount_types="Exclusive",
            ),
            paid("32.38"),
            why="One line per state and jurisdiction: two states never share a line, whatever they call their tax.",
        ),
    )
    order = an_order(30222).in_currency("USD").bought_by("Jo Park", country="US")
    order = order.line("HAT", price="21.65", tax=("State Tax", "8.25"))
    yield (
        "sales-tax-in-prices-with-tax",
        order.build(),
        booked_in("US"),
        posted(
            invoice(
                "21.65",
                "0.00",
                item("HAT", 1, "20.00", "0.00", "20.00"),
                line("tax_liability", "State Tax", 1, "1.65", "0.00", "1.65"),
                currency="USD",
                date="2026-05-12",
                line_amount_types="Exclusive",
            ),
            paid("21.65"),
            why="Each line is its discounted amount less its tax, also in inclusive shops.",
        ),
    )
    order = an_order(30223).prices_without_tax().in_currency("USD").bought_by("Jo Park", country="US").taxed(())
    yield (
        "sales-tax-of-nothing",
        order.line("HAT", price="20.00").build(),
        booked_in("US"),
        posted(
            invoice(
                "20.00",
                "0.00",
                item("HAT", 1, "20.00", "0.00", "20.00"),
                currency="USD",
                date="2026-05-12",
                line_amount_types="Exclusive",
            ),
            paid("20.00"),
            why="Exempt: no liability line.",
        ),
    )
