"""Cases about what became of an order: its status, its archive, its oddities."""

from collections.abc import Iterator

from include.sandbox.order_builder import an_order
from making.expected import credit, held, invoice, out, paid, posted, skipped
from making.organisations import booked_in
from making.sales import MUG, Case

SOLD = invoice("22.00", "2.00", MUG)


def cases() -> Iterator[Case]:
    """Name, bundle, organisation with settings, expected books."""
    yield from _statuses()
    yield from _archived()
    yield from _not_sales()
    yield from _contradictions()


def _statuses() -> Iterator[Case]:
    au = booked_in("AU")
    yield (
        "incomplete",
        an_order(30401).unpaid("Credit Card").status(0).build(),
        au,
        skipped("incomplete", "Never finished."),
    )
    yield (
        "cancelled-never-paid",
        an_order(30402).unpaid().status(5).build(),
        au,
        skipped("cancelled_never_paid", "No money came."),
    )
    yield (
        "cancelled-after-a-voided-authorisation",
        an_order(30403).authorised().voided().status(5).build(),
        au,
        skipped("cancelled_never_paid", "Authorised and let go: no money came."),
    )
    yield (
        "cancelled-with-money",
        an_order(30404).status(5).build(),
        au,
        held("cancelled_with_money", "22.00 was captured and not given back."),
    )
    yield (
        "cancelled-and-given-back",
        an_order(30405).line("MUG", price="22.00").refunded({"MUG": 1}).status(5).build(),
        au,
        posted(
            SOLD,
            paid("22.00"),
            credits=[credit("22.00", "2.00", out=[out("22.00")])],
            why="Received and given back by records: invoice, payment, credit note, refund.",
        ),
    )
    yield "declined", an_order(30406).declined().build(), au, skipped("declined", "The card was refused.")
    yield (
        "declined-with-money",
        an_order(30407).status(6).build(),
        au,
        held("cancelled_with_money", "Declined by its status, but 22.00 was captured."),
    )
    yield (
        "disputed",
        an_order(30408).status(13).build(),
        au,
        posted(SOLD, paid("22.00"), why="First seen disputed: posted by its payments."),
    )
    yield (
        "refunded-by-its-status-alone",
        an_order(30409).status(4).build(),
        au,
        held("refund_without_record", "A status 4 without refund records is held.", SOLD, paid("22.00")),
    )
    yield (
        "awaiting-pickup",
        an_order(30410).status(8).build(),
        au,
        posted(SOLD, paid("22.00"), why="In fulfilment: authorised."),
    )
    yield (
        "status-nobody-documents",
        an_order(30411).stating(status_id=21).build(),
        au,
        held("unknown_shape", "Status 21 is none that the vendor documents."),
    )
    yield (
        "cancelled-but-the-order-says-captured",
        an_order(30412).unpaid("Credit Card").status(5).stating(payment_status="captured").build(),
        au,
        held("cancelled_with_money", "payment_status captured: money may have come."),
    )


def _archived() -> Iterator[Case]:
    au = booked_in("AU")
    yield (
        "archived-with-money",
        an_order(30421).archived().build(),
        au,
        held("cancelled_with_money", "Filing is not cancelling: held if money was received."),
    )
    yield (
        "archived-never-paid",
        an_order(30422).unpaid().archived().build(),
        au,
        skipped("archived", "Archived while it waited; no money came."),
    )
    yield (
        "archived-incomplete",
        an_order(30423).unpaid("Credit Card").status(0).archived().build(),
        au,
        skipped("incomplete", "As its status."),
    )
    yield (
        "archived-cancelled",
        an_order(30424).unpaid().status(5).archived().build(),
        au,
        skipped("cancelled_never_paid", "As its status."),
    )
    yield (
        "archived-after-a-full-refund",
        an_order(30425).line("MUG", price="22.00").refunded({"MUG": 1}).archived().build(),
        au,
        held("cancelled_with_money", "Money was received: a person decides."),
    )


def _not_sales() -> Iterator[Case]:
    au = booked_in("AU")
    yield (
        "migrated-history",
        an_order(30431).migrated().build(),
        au,
        skipped("migrated_history", "Imported from an earlier shop."),
    )
    bundle = an_order(30432).build()
    bundle["metafields"] = {"data": [{"key": "orderType", "value": "invoice payment", "namespace": "b2b"}]}
    yield (
        "b2b-invoice-payment",
        bundle,
        au,
        held(None, "Skipped as a sale; its receipt of 22.00 is held until it is applied, never dropped."),
    )
    bundle = an_order(30433).unpaid("Cheque").build()
    bundle["metafields"] = {"data": [{"key": "orderType", "value": "invoice payment", "namespace": "b2b"}]}
    yield "b2b-invoice-payment-unpaid", bundle, au, skipped("b2b_invoice_payment", "Not a sale, and no receipt.")


def _contradictions() -> Iterator[Case]:
    au = booked_in("AU")
    bundle = an_order(30441).build()
    bundle["order"]["total_inc_tax"] = "24.0000"
    yield (
        "total-that-no-reading-proves",
        bundle,
        au,
        held("total_differs", "22.00 of lines, 24.00 stated.", figures={"lines": "22.00", "order": "24.00"}),
    )
    bundle = an_order(30442).build()
    bundle["order"]["total_inc_tax"] = "22.0600"
    yield "total-six-cents-off", bundle, au, held("total_differs", "Six cents are above the tolerance of five.")
    bundle = an_order(30443).build()
    bundle["order"] |= {"total_inc_tax": "-5.0000", "total_ex_tax": "-4.5455", "total_tax": "-0.4545"}
    yield "negative-total", bundle, au, held("total_differs", "A negative total is held.")
    for order_id, field, value in (
        (30444, "default_currency_code", None),
        (30445, "total_inc_tax", ""),
        (30446, "date_created", ""),
        (30447, "status_id", None),
    ):
        bundle = an_order(order_id).build()
        bundle["order"][field] = value
        yield (
            f"{field.replace('_', '-')}-is-empty",
            bundle,
            au,
            held("missing_field", f"The books need {field}.", figures={"field": field}),
        )
    bundle = an_order(30448).build()
    del bundle["order"]["total_tax"]
    yield "total-tax-is-missing", bundle, au, held("missing_field", "No total_tax.", figures={"field": "total_tax"})
    bundle = an_order(30449).line("MUG", price="22.00").line("CUP", price="11.00").build()
    bundle["products"].pop()
    yield "a-line-is-missing", bundle, au, held(None, "items_total counts two units, the lines have one.")
    bundle = an_order(30450).build()
    bundle["products"][0]["quantity"] = 0
    bundle["order"]["items_total"] = 0
    yield "quantity-of-nothing", bundle, au, held(None, "A line of no units is no line that we know.")
    bundle = an_order(30451).build()
    bundle["products"][0]["total_tax"] = "0.0000"
    yield "tax-on-no-line", bundle, au, held(None, "The order bears 2.00 of tax, its lines none.")
