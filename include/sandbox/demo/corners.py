"""The demo's orders, third part: the corners of the trade. The figures expected are worked out by hand."""

from datetime import timedelta

from include.sandbox.demo.scene import Scene, held, posted, skipped

CORNERS = (
    Scene(
        "Three ropes for 10.00, and each comes back alone: 3.33, 3.34 and 3.33, never more than the line.",
        6,
        "01:10",
        lambda order, moment: (
            order.bought_by("Ines Roth", customer=641)
            .line("ROPE", price="3.333333333333", quantity=3)
            .refunded({"ROPE": 1}, at=moment + timedelta(days=1))
            .refunded({"ROPE": 1}, at=moment + timedelta(days=2))
            .refunded({"ROPE": 1}, at=moment + timedelta(days=3))
        ),
        posted("10.00", tax="0.91", credited="10.00"),
    ),
    Scene(
        "Sent back for store credit: a debt to the customer, no money out.",
        6,
        "02:20",
        lambda order, moment: (
            order.bought_by("Jan Oster", customer=642)
            .line("TENT", price="220.00")
            .refunded({"TENT": 1}, to="store_credit", at=moment + timedelta(days=1))
        ),
        posted("220.00", tax="20.00", credited="220.00"),
    ),
    Scene(
        "Only the shipping was given back, with its tax.",
        6,
        "03:40",
        lambda order, moment: (
            order.bought_by("Kim Adler", customer=643)
            .line("STOVE", price="99.00")
            .shipping("11.00")
            .refunded(shipping="11.00", at=moment + timedelta(days=1))
        ),
        posted("110.00", tax="10.00", credited="11.00"),
    ),
    Scene(
        "10.00 given back as a free amount: the shop states no tax for it, so a person decides.",
        5,
        "00:15",
        lambda order, moment: (
            order.bought_by("Lia Moor", customer=644)
            .line("AXE", price="110.00")
            .refunded(amount="10.00", at=moment + timedelta(days=1))
        ),
        held("refund_unexplained", total="110.00", invoice_status="PAID", paid="110.00", tax="10.00"),
    ),
    Scene(
        "The refund was declined by the bank: its credit note waits.",
        5,
        "01:35",
        lambda order, moment: (
            order.bought_by("Max Ferrer", customer=645)
            .line("AXE", price="110.00")
            .refunded({"AXE": 1}, declined=True, at=moment + timedelta(days=1))
        ),
        held("refund_declined", total="110.00", invoice_status="PAID", paid="110.00", tax="10.00"),
    ),
    Scene(
        "Refunded by its status, but the shop holds no refund: a person's word is not evidence of money.",
        5,
        "02:45",
        lambda order, _: (
            order.bought_by("Nora Pike", customer=646).line("COMPASS", price="44.00").paid("card").status(4)
        ),
        held("refund_without_record", total="44.00", invoice_status="PAID", paid="44.00", tax="4.00"),
    ),
    Scene(
        "Cancelled although it was paid: the money is still there.",
        5,
        "04:05",
        lambda order, _: (
            order.bought_by("Olaf Dahl", customer=647).line("COMPASS", price="44.00").paid("card").status(5)
        ),
        held("cancelled_with_money"),
    ),
    Scene(
        "Cancelled, and all of it given back: a sale and its credit.",
        5,
        "05:20",
        lambda order, moment: (
            order.bought_by("Pia Lorenz", customer=648)
            .line("COMPASS", price="44.00")
            .refunded({"COMPASS": 1}, at=moment + timedelta(days=1))
            .status(5)
        ),
        posted("44.00", tax="4.00", credited="44.00"),
    ),
    Scene(
        "100.00 by card and the rest by PayPal: two payments, each to its account.",
        4,
        "00:25",
        lambda order, _: (
            order.bought_by("Quin Sayer", customer=649)
            .line("TENT", price="220.00")
            .paid("card", "100.00")
            .paid("paypal")
        ),
        posted("220.00", tax="20.00"),
    ),
    Scene(
        "Charged twice by mistake: 44.00 is the sale, the second 44.00 waits for a person.",
        4,
        "01:45",
        lambda order, _: (
            order.bought_by("Rhea Conti", customer=650)
            .line("COMPASS", price="44.00")
            .paid("card", "44.00")
            .paid("card", "44.00")
        ),
        held("overpaid", total="44.00", invoice_status="PAID", paid="44.00", tax="4.00"),
    ),
    Scene(
        "Authorised at once, captured in two parts as the goods went out.",
        4,
        "03:10",
        lambda order, moment: (
            order.bought_by("Sven Aubry", customer=651)
            .line("TENT", price="220.00", quantity=2)
            .authorised("card")
            .captured("220.00", at=moment + timedelta(hours=5))
            .captured("220.00", at=moment + timedelta(days=1))
        ),
        posted("440.00", tax="40.00"),
    ),
    Scene(
        "A bundle: its price stands on the set, its parts cost nothing.",
        4,
        "04:30",
        lambda order, _: (
            order.bought_by("Tara Blum", customer=652)
            .line("CAMP-SET", price="330.00")
            .part_of("CAMP-SET", "PAN")
            .part_of("CAMP-SET", "SPOON", quantity=4)
        ),
        posted("330.00", tax="30.00"),
    ),
    Scene(
        "600 bolts at a third of a cent's fraction: 197.00, which no price of four decimals gives.",
        3,
        "00:40",
        lambda order, _: order.bought_by("Udo Lang", customer=653).line("BOLT", price="0.328333333333", quantity=600),
        posted("197.00", tax="17.91"),
    ),
    Scene(
        "Two addresses in two states, each with its own shipping.",
        3,
        "02:05",
        lambda order, _: (
            order.bought_by("Vito Sands", customer=654)
            .sent_to("AU", state="Victoria")
            .line("LANTERN", price="55.00")
            .shipping("11.00")
            .sent_to("AU", state="Queensland")
            .line("LANTERN", price="55.00")
            .shipping("5.50")
        ),
        posted("126.50", tax="11.50"),
    ),
    Scene(
        "Picked up in the shop: taxed where the shop is.",
        3,
        "03:35",
        lambda order, _: order.bought_by("Wanda Frey", customer=655).picked_up().line("LANTERN", price="55.00"),
        posted("55.00", tax="5.00"),
    ),
    Scene(
        "The same guest again, her e-mail in capitals: one contact.",
        3,
        "05:00",
        lambda order, _: order.bought_by_guest("Mika Stone", email="MIKA.STONE@EXAMPLE.COM").line(
            "LANTERN", price="55.00"
        ),
        posted("55.00", tax="5.00"),
    ),
    Scene(
        "The shop's total is 10.00 more than its lines: held with both figures.",
        2,
        "00:55",
        lambda order, _: (
            order.bought_by("Xena Holt", customer=656).line("LANTERN", price="55.00").stating(total_inc_tax="65.0000")
        ),
        held("total_differs"),
    ),
    Scene(
        "Disputed by the card holder: it stands, and finance is told by its status.",
        2,
        "02:15",
        lambda order, _: (
            order.bought_by("Yara Nagy", customer=657).line("LANTERN", price="55.00").paid("card").status(13)
        ),
        posted("55.00", tax="5.00"),
    ),
    Scene(
        "A part was paid, the rest is awaited: in Australia the sale is invoiced whole.",
        2,
        "03:45",
        lambda order, _: (
            order.bought_by("Zeno Marsh", customer=658).line("TENT", price="220.00").paid("card", "100.00").status(7)
        ),
        posted("220.00", "AUTHORISED", paid="100.00", tax="20.00"),
    ),
    Scene(
        "Archived by the merchant although it was paid: filing is not cancelling, a person decides.",
        1,
        "00:05",
        lambda order, _: (
            order.bought_by("Abel Koch", customer=659).line("LANTERN", price="55.00").paid("card").archived()
        ),
        held("cancelled_with_money"),
    ),
    Scene(
        "Left at checkout, and its card was only tried: not an order.",
        1,
        "01:20",
        lambda order, _: order.bought_by_guest("Bea Lind").line("LANTERN", price="55.00").unpaid("card").status(0),
        skipped("incomplete"),
    ),
)
