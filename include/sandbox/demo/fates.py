"""The demo's orders, second half: what became of them. The figures expected are worked out by hand."""

from datetime import datetime, timedelta

from include.sandbox.demo.scene import Scene, held, posted, skipped
from include.sandbox.order_builder import OrderBuilder


def _sixty_lines(order: OrderBuilder, _: datetime) -> OrderBuilder:
    order = order.bought_by("Lena Park", customer=620)
    for n in range(1, 61):
        order = order.line(f"PART-{n:02d}", price=f"{n}.10", name=f"Spare part {n}")
    return order


FATES = (
    Scene(
        "Pending, to be paid by bank deposit: a draft until the money comes.",
        4,
        "01:25",
        lambda order, _: order.bought_by("Jonas Reed", customer=616).line("LAMP", price="165.00").unpaid().status(1),
        posted("165.00", "DRAFT", tax="15.00"),
    ),
    Scene(
        "The card was authorised and not charged yet: an invoice, and no payment.",
        4,
        "02:55",
        lambda order, _: order.bought_by("Elif Demir", customer=617).line("KETTLE", price="88.00").authorised("card"),
        posted("88.00", "AUTHORISED", tax="8.00"),
    ),
    Scene(
        "110.00 was authorised, 99.00 was taken: 11.00 stays due.",
        4,
        "05:30",
        lambda order, moment: (
            order.bought_by("Ravi Sato", customer=618)
            .line("SAW", price="99.00")
            .line("OIL", price="11.00")
            .authorised("card")
            .captured("99.00", at=moment + timedelta(hours=3))
        ),
        posted("110.00", "AUTHORISED", paid="99.00", tax="10.00"),
    ),
    Scene(
        "Left at checkout: not an order yet.",
        4,
        "06:00",
        lambda order, _: order.bought_by_guest("Uma Castle").line("MUG", price="22.00").unpaid("card").status(0),
        skipped("incomplete"),
    ),
    Scene(
        "Cancelled before anybody paid.",
        3,
        "00:45",
        lambda order, _: order.bought_by("Ben Acker", customer=621).line("LAMP", price="165.00").unpaid().status(5),
        skipped("cancelled_never_paid"),
    ),
    Scene(
        "The card was declined.",
        3,
        "01:10",
        lambda order, _: order.bought_by("Cleo Varga", customer=622).line("SHIRT-M", price="55.00").declined("card"),
        skipped("declined"),
    ),
    Scene(
        "Placed at 14:30 UTC: in Sydney it is already tomorrow, and so is the invoice.",
        3,
        "14:30",
        lambda order, _: order.bought_by("Dara Finch", customer=623).line("BOOK", price="33.00"),
        posted("33.00", tax="3.00", days_later=1),
    ),
    Scene(
        "Three lines with 0.1250 of tax each: together 0.38, so one line gets the smaller cent.",
        3,
        "03:15",
        lambda order, _: (
            order.bought_by("Ivo Marsh", customer=624)
            .prices_without_tax()
            .tax_to_the_fourth_decimal()
            .line("PIN-A", price="1.25")
            .line("PIN-B", price="1.25")
            .line("PIN-C", price="1.25")
        ),
        posted("4.13", tax="0.38"),
    ),
    Scene(
        "Three lines at 3.333: each is 3.33 on the invoice, the shop charged 10.00, a rounding line holds the cent.",
        3,
        "04:00",
        lambda order, _: (
            order.bought_by("Kaia Rowe", customer=625)
            .line("BEAD-A", price="3.333")
            .line("BEAD-B", price="3.333")
            .line("BEAD-C", price="3.333")
        ),
        posted("10.00", tax="0.90"),
    ),
    Scene(
        "Sent to New Zealand: an export, free of GST.",
        3,
        "07:20",
        lambda order, _: (
            order.bought_by("Aroha Tane", customer=626, country="NZ")
            .taxed("0")
            .line("KETTLE", price="80.00")
            .shipping("25.00")
        ),
        posted("105.00", tax="0.00"),
    ),
    Scene(
        "50.00 by gift certificate, the rest by card. The sale is whole; the certificate is a payment.",
        2,
        "00:30",
        lambda order, _: (
            order.bought_by("Leif Sorens", customer=627)
            .line("BAG", price="110.00")
            .shipping("11.00")
            .gift_certificate("50.00")
        ),
        posted("121.00", tax="11.00"),
    ),
    Scene(
        "20.00 of store credit, the rest by card.",
        2,
        "01:40",
        lambda order, _: (
            order.bought_by("Mona Greer", customer=628).line("SHIRT-M", price="55.00").store_credit("20.00", worth="35")
        ),
        posted("55.00", tax="5.00"),
    ),
    Scene(
        "Two books, and one came back: its price was refunded to the card.",
        6,
        "08:30",
        lambda order, moment: (
            order.bought_by("Tess Inoue", customer=629)
            .line("BOOK", price="33.00", quantity=2)
            .refunded({"BOOK": 1}, at=moment + timedelta(days=2), reason="One too many")
        ),
        posted("66.00", tax="6.00", credited="33.00", may_hold=True),
    ),
    Scene(
        "Taxed at 7.5 %, a rate that no rule knows: held, not guessed.",
        2,
        "03:50",
        lambda order, _: order.bought_by("Wim Castor", customer=630).line(
            "LAMP", price="107.50", tax=("City levy", "7.5")
        ),
        held("tax_unexplained"),
    ),
    Scene(
        "Paid in a way that nobody has mapped: the invoice is posted, its payment waits.",
        2,
        "05:05",
        lambda order, _: order.bought_by("Zoe Hart", customer=631).line("SHIRT-M", price="55.00").paid("Barter Points"),
        held("method_unmapped", total="55.00", invoice_status="AUTHORISED", paid="0.00", tax="5.00"),
    ),
    Scene(
        "A fee under a name that nobody has mapped: where would it be booked?",
        2,
        "06:35",
        lambda order, _: (
            order.bought_by("Nils Ferro", customer=632).line("KETTLE", price="88.00").fee("Moonlight surcharge", "6.60")
        ),
        held(None),
    ),
    Scene("Sixty lines: more than one page of them.", 1, "00:50", _sixty_lines, posted("1836.00", tax="166.90")),
    Scene(
        "A coupon of 100 percent: an invoice of nothing, so that the order can be found.",
        1,
        "02:10",
        lambda order, _: (
            order.bought_by("Ada Loft", customer=634).line("MUG", price="22.00").coupon("GIFT", percent="100")
        ),
        posted("0.00", tax="0.00"),
    ),
    Scene(
        "Paid in US dollars, which these books do not have.",
        1,
        "03:25",
        lambda order, _: (
            order.bought_by("Cody Barnes", customer=635, country="US")
            .in_currency("USD", store_currency="AUD", rate="0.65")
            .taxed("0")
            .line("MUG", price="14.00")
            .shipping("12.00")
        ),
        held("currency_unknown"),
    ),
    Scene(
        "History, carried over from the shop before this one.",
        1,
        "04:40",
        lambda order, _: order.bought_by("Otto Kane", customer=636).line("MUG", price="19.80").migrated().status(10),
        skipped("migrated_history"),
    ),
    Scene(
        "Archived by the merchant, and never paid.",
        1,
        "05:15",
        lambda order, _: order.bought_by("Vera Noll", customer=637).line("BOOK", price="33.00").unpaid().archived(),
        skipped("archived"),
    ),
    Scene(
        "A download, paid by PayPal: nothing to ship, so the billing address decides the tax.",
        1,
        "06:20",
        lambda order, _: (
            order.bought_by("Faye Lund", customer=638).download("E-BOOK", price="16.50").paid("paypal").status(10)
        ),
        posted("16.50", tax="1.50"),
    ),
    Scene(
        "The shop's own trial of its payment gateway: every transaction is a test.",
        1,
        "07:00",
        lambda order, _: (
            order.bought_by("Test Shopper", customer=639).line("MUG", price="22.00").paid("card", test=True)
        ),
        skipped("test_order"),
    ),
    Scene(
        "A gift certificate is sold: a debt to whoever will use it, not revenue, and without GST.",
        1,
        "08:05",
        lambda order, _: order.bought_by("Gil Porter", customer=640).sold_certificate("50.00").status(10),
        posted("50.00", tax="0.00", may_hold=True),
    ),
)
