"""The demo's orders, first half: what was sold, to whom, and what was taken off. Figures expected are worked out by hand."""

from include.sandbox.demo.scene import Scene, posted

SALES = (
    Scene(
        "Two mugs, paid by card. Nothing unusual.",
        7,
        "01:15",
        lambda order, _: order.bought_by("Rosa Lind", customer=601).line("MUG", price="22.00", quantity=2),
        posted("44.00", tax="4.00"),
    ),
    Scene(
        "Prices were shown before tax, so the invoice is stated before tax as well.",
        7,
        "02:40",
        lambda order, _: (
            order.bought_by("Omar Field", customer=602)
            .prices_without_tax()
            .line("TEA", price="15.00", quantity=2)
            .shipping("8.00")
        ),
        posted("41.80", tax="3.80"),
    ),
    Scene(
        "Three lines, one of them bread, which bears no GST.",
        7,
        "03:05",
        lambda order, _: (
            order.bought_by("Ines Moreau", customer=603)
            .line("MUG", price="22.00")
            .line("TEA", price="13.20", options={"Blend": "Evening"})
            .line("BREAD", price="4.50", tax="0")
            .shipping("9.95")
        ),
        posted("49.65", tax="4.10"),
    ),
    Scene(
        "Ten bottles at 250.00 with 100.00 off, at the 5.5 % bottle levy: 2400.00, of which 125.12 is tax.",
        7,
        "05:06",
        lambda order, _: (
            order.bought_by("Tariq Bell", customer=604, company="Bell Outdoors")
            .taxed(("Bottle levy", "5.5"))
            .line("BOTTLE", price="250.00", quantity=10)
            .discount("100.00")
        ),
        posted("2400.00", tax="125.12"),
    ),
    Scene(
        "A coupon of ten percent on everything in the cart.",
        6,
        "00:20",
        lambda order, _: (
            order.bought_by("Yuki Arai", customer=605)
            .line("MUG", price="22.00")
            .line("SHIRT-M", price="55.00")
            .coupon("TEN", percent="10")
            .shipping("9.95")
        ),
        posted("79.25", tax="7.20"),
    ),
    Scene(
        "A coupon of 10.00 on the whole order, over goods with GST and without: only the taxed part lowers the GST.",
        6,
        "01:50",
        lambda order, _: (
            order.bought_by("Greta Holm", customer=606)
            .line("SHIRT-M", price="55.00")
            .line("BREAD", price="45.00", tax="0")
            .coupon("SAVE", "10.00")
            .shipping("9.95")
        ),
        posted("99.95", tax="5.40"),
    ),
    Scene(
        "Three shirts for the price of two, given by the shop itself.",
        6,
        "03:30",
        lambda order, _: (
            order.bought_by("Sam Okoro", customer=607)
            .line("SHIRT-L", price="33.00", quantity=3)
            .promotion("Three for two", "33.00", on="SHIRT-L")
        ),
        posted("66.00", tax="6.00"),
    ),
    Scene(
        "Shipping and handling, each a line of its own.",
        6,
        "06:10",
        lambda order, _: (
            order.bought_by("Nora Quist", customer=608).line("KETTLE", price="88.00").shipping("11.00").handling("3.30")
        ),
        posted("102.30", tax="9.30"),
    ),
    Scene(
        "A book, gift wrapped.",
        6,
        "07:45",
        lambda order, _: (
            order.bought_by("Paul Adeyemi", customer=609).line("BOOK", price="33.00").wrapping("5.50").paid("paypal")
        ),
        posted("38.50", tax="3.50"),
    ),
    Scene(
        "A guest without an account: the contact comes from the billing address.",
        5,
        "00:35",
        lambda order, _: order.bought_by_guest("Mika Stone").line("MUG", price="22.00"),
        posted("22.00", tax="2.00"),
    ),
    Scene(
        "The first of two orders of one customer.",
        5,
        "01:00",
        lambda order, _: order.bought_by("Priya Nair", customer=612).line("TEA", price="13.20"),
        posted("13.20", tax="1.20"),
    ),
    Scene(
        "The second of two orders of one customer: the same contact.",
        5,
        "02:00",
        lambda order, _: order.bought_by("Priya Nair", customer=612).line("KETTLE", price="88.00"),
        posted("88.00", tax="8.00"),
    ),
    Scene(
        "Alex Kim of Sydney. Another Alex Kim comes next.",
        5,
        "04:15",
        lambda order, _: order.bought_by("Alex Kim", customer=613, email="alex.kim.sydney@example.com").line(
            "MUG", price="22.00"
        ),
        posted("22.00", tax="2.00"),
    ),
    Scene(
        "The other Alex Kim: the same name, another person, another contact.",
        5,
        "04:20",
        lambda order, _: order.bought_by("Alex Kim", customer=614, email="alex.kim.perth@example.com").line(
            "BOOK", price="33.00"
        ),
        posted("33.00", tax="3.00"),
    ),
    Scene(
        "A company buys: the contact bears the company's name.",
        4,
        "00:10",
        lambda order, _: (
            order.bought_by("Hanna Weiss", customer=615, company="Weiss Interiors Pty Ltd")
            .line("LAMP", price="165.00", quantity=4)
            .shipping("22.00")
        ),
        posted("682.00", tax="62.00"),
    ),
)
