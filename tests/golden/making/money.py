"""Cases about what was received: tenders, certificates, credit, what is due."""

from collections.abc import Iterator

from include.sandbox.order_builder import an_order
from making.expected import held, invoice, item, paid, posted, shipping, skipped
from making.organisations import booked_in
from making.sales import MUG, Case

BAG = (item("BAG", 1, "100.00", "10.00", "110.00"), shipping("10.00", "1.00", "11.00"))


def cases() -> Iterator[Case]:
    """Name, bundle, organisation with settings, expected books."""
    yield from _credit()
    yield from _tenders()
    yield from _not_yet()
    yield from _odd()


def _credit() -> Iterator[Case]:
    whole = invoice("121.00", "11.00", *BAG)
    liability = "gift_card_liability"
    for order_id, stated in ((30301, "before tenders"), (30302, "after tenders")):
        order = an_order(order_id).line("BAG", price="110.00").shipping("11.00").total_stated(stated)  # type: ignore[arg-type]
        told = stated.replace(" ", "-")
        yield (
            f"certificate-pays-all-stated-{told}",
            order.gift_certificate("121.00").build(),
            booked_in("AU"),
            posted(whole, paid("121.00", liability), why="A tender, not a discount: the full sale is invoiced."),
        )
        order = order.stating(id=order_id + 10)
        yield (
            f"certificate-credit-and-card-stated-{told}",
            order.gift_certificate("50.00").store_credit("21.00").build(),
            booked_in("AU"),
            posted(
                whole,
                paid("50.00", liability),
                paid("21.00", "store_credit_liability"),
                paid("50.00"),
                why="The same books whether the total is stated before its tenders or after them.",
            ),
        )
    order = an_order(30303).line("BAG", price="110.00").shipping("11.00").store_credit("30.00")
    yield (
        "store-credit-pays-a-part",
        order.build(),
        booked_in("AU"),
        posted(whole, paid("30.00", "store_credit_liability"), paid("91.00"), why="30.00 + 91.00 = 121.00."),
    )
    order = an_order(30304).line("BAG", price="110.00").shipping("11.00").store_credit("121.00")
    yield (
        "store-credit-pays-all",
        order.build(),
        booked_in("AU"),
        posted(whole, paid("121.00", "store_credit_liability"), why="The total is stated as 0.00."),
    )
    order = an_order(30305).in_currency("EUR", store_currency="AUD", rate="0.6").sent_to("DE").taxed(())
    yield (
        "store-credit-in-another-currency",
        order.line("MUG", price="30.00").store_credit("10.00").build(),
        booked_in("AU", currencies=["EUR"]),
        held(
            "currency_unknown",
            "Store credit spent in another currency than issued is held.",
            invoice("30.00", "0.00", currency="EUR", amount_due="10.00"),
            paid("20.00"),
        ),
    )
    order = an_order(30306).in_currency("GBP").bought_by("Ann Lee", country="GB").taxed(("VAT", "20"))
    yield (
        "certificate-redeemed-unanswered",
        order.line("LAMP", price="120.00").gift_certificate("50.00").build(),
        booked_in("GB"),
        held("voucher_kind_unanswered", "A single-purpose voucher is no payment; UK organisations must answer first."),
    )


def _tenders() -> Iterator[Case]:
    mug = invoice("22.00", "2.00", MUG)
    base = an_order(30311).line("MUG", price="22.00")
    yield (
        "paid-by-paypal",
        base.paid("paypal").build(),
        booked_in("AU"),
        posted(mug, paid("22.00", "paypal_clearing"), why="By the gateway."),
    )
    base = an_order(30312).line("MUG", price="22.00")
    yield (
        "paid-by-phone-wallet",
        base.paid("apple pay").build(),
        booked_in("AU"),
        posted(mug, paid("22.00"), why="A card behind a wallet."),
    )
    base = an_order(30313).line("MUG", price="22.00")
    yield (
        "two-cards",
        base.paid("card", "10.00").paid("card", "12.00").build(),
        booked_in("AU"),
        posted(mug, paid("10.00"), paid("12.00"), why="One payment per tender."),
    )
    base = an_order(30314).line("MUG", price="22.00")
    yield (
        "overpaid",
        base.paid("card", "22.00").paid("card", "5.00").build(),
        booked_in("AU"),
        held("overpaid", "Up to the total; the excess is held, never posted.", mug, paid("22.00")),
    )
    base = an_order(30315).line("MUG", price="22.00")
    yield (
        "overpaid-by-one-tender",
        base.paid("card", "25.00").build(),
        booked_in("AU"),
        held("overpaid", "22.00 is posted, 3.00 is held.", mug, paid("22.00")),
    )
    yield (
        "test-transaction",
        an_order(30316).line("MUG", price="22.00").paid("card", "22.00", test=True).build(),
        booked_in("AU"),
        skipped("test_order", "Every transaction is a test."),
    )
    base = an_order(30317).line("MUG", price="22.00")
    yield (
        "declined-then-paid",
        base.declined().paid("card").status(11).build(),
        booked_in("AU"),
        posted(mug, paid("22.00"), why="Only what the gateway took counts."),
    )
    base = an_order(30318).line("MUG", price="22.00")
    yield (
        "captured-in-two-parts",
        base.authorised("card", "22.00").captured("9.00").captured("13.00", at="2026-05-31T15:00:00Z").build(),
        booked_in("AU"),
        posted(
            mug,
            paid("9.00", date="2026-05-13"),
            paid("13.00", date="2026-06-01"),
            why="Each capture on its own day, in Sydney.",
        ),
    )
    base = an_order(30319).line("MUG", price="22.00")
    yield (
        "unknown-way-of-paying",
        base.paid("Barter").build(),
        booked_in("AU"),
        held(
            "method_unmapped", "An unknown method holds the payment, not its invoice.", {**mug, "amount_due": "22.00"}
        ),
    )


def _not_yet() -> Iterator[Case]:
    due = invoice("22.00", "2.00", MUG, amount_due="22.00")
    draft = {**due, "status": "DRAFT"}
    base = an_order(30321).line("MUG", price="22.00")
    yield (
        "authorised-not-captured",
        base.authorised().build(),
        booked_in("AU"),
        posted(due, why="An authorisation is not money."),
    )
    base = an_order(30322).line("MUG", price="22.00")
    yield (
        "authorised-not-captured-kept-as-draft",
        base.authorised().build(),
        booked_in("AU", uncaptured="draft"),
        posted(draft, why="uncaptured: draft."),
    )
    base = an_order(30323).line("MUG", price="22.00")
    yield (
        "authorisation-voided",
        base.authorised().voided().status(11).build(),
        booked_in("AU"),
        posted(due, why="Let go: nothing came, all is due."),
    )
    base = an_order(30324).line("MUG", price="22.00")
    yield (
        "bank-deposit-awaited",
        base.unpaid().build(),
        booked_in("AU"),
        posted(draft, why="Awaiting payment: a draft until money decides."),
    )
    base = an_order(30325).line("MUG", price="22.00")
    yield (
        "cash-on-delivery-sent-out",
        base.unpaid("Cash on Delivery").status(2).build(),
        booked_in("AU"),
        posted({**due, "due_date": "2026-05-27"}, why="Paid only when the store says so; due by the terms of 14 days."),
    )
    base = an_order(30326).line("BAG", price="110.00")
    bag = invoice("110.00", "10.00", BAG[0])
    yield (
        "pending-and-part-paid",
        base.paid("card", "50.00").status(1).build(),
        booked_in("AU"),
        posted({**bag, "amount_due": "60.00"}, paid("50.00"), why="Money decides before status; AU authorises."),
    )
    british = an_order(30327).in_currency("GBP").bought_by("Ann Lee", country="GB").taxed(("VAT", "20"))
    yield (
        "pending-and-part-paid-in-britain",
        british.line("LAMP", price="120.00").paid("card", "50.00").status(7).build(),
        booked_in("GB"),
        held("part_paid", "Only the deposit has a tax point."),
    )
    base = an_order(30328).line("BAG", price="110.00")
    yield (
        "pending-but-paid-in-full",
        base.paid("card").status(7).build(),
        booked_in("AU"),
        posted(bag, paid("110.00"), why="Paid in full: authorised, whatever the status says."),
    )
    base = an_order(30329).line("MUG", price="22.00")
    yield (
        "manual-verification",
        base.unpaid().status(12).build(),
        booked_in("AU"),
        posted(draft, why="Waits for a person in the shop."),
    )
    base = an_order(30330).line("MUG", price="22.00")
    yield (
        "first-days-of-a-connection",
        base.build(),
        booked_in("AU", first_run_status="DRAFT"),
        posted(draft, why="Xero takes no payments on drafts: the 22.00 wait for the approval."),
    )


def _odd() -> Iterator[Case]:
    due = invoice("22.00", "2.00", MUG, amount_due="22.00")
    bundle = an_order(30341).line("MUG", price="22.00").build()
    bundle["transactions"]["data"][0]["currency"] = "NZD"
    yield (
        "paid-in-another-currency",
        bundle,
        booked_in("AU", currencies=["NZD"]),
        held("currency_unknown", "22.00 NZD is not 22.00 AUD.", due),
    )
    bundle = an_order(30342).line("MUG", price="22.00").build()
    bundle["transactions"]["data"] = []
    yield (
        "captured-by-its-words-alone",
        bundle,
        booked_in("AU"),
        held(None, "The order says captured, its transactions say nothing: T4 cannot be kept by posting nothing.", due),
    )
    order = an_order(30343).line("MUG", price="22.00").paid("card").voided().status(11)
    bundle = order.build()
    bundle["order"]["payment_status"] = "void"
    yield (
        "purchase-voided-without-a-record",
        bundle,
        booked_in("AU"),
        held("refund_without_record", "Voids without a record are held like status 4.", due),
    )
    bundle = an_order(30344).line("MUG", price="22.00").build()
    bundle["transactions"]["data"][0]["status"] = "error"
    bundle["order"]["payment_status"] = "declined"
    yield (
        "failed-transaction-on-a-shipped-order",
        bundle,
        booked_in("AU"),
        posted(due, why="An error is no money; all is due."),
    )
