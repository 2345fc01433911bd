"""Orders of every kind, for properties: what a shopper may buy, how it is paid, and what becomes of it."""

from hypothesis import strategies as st

from include.sandbox.order_builder import OrderBuilder, an_order

SKUS = ("MUG", "TEA", "CUP", "HAT", "SOAP", "BOOK")
STATUSES = tuple(range(15))


def cents(least: int, most: int) -> st.SearchStrategy[str]:
    """An amount of money as the shop writes it."""
    return st.integers(least, most).map(lambda amount: f"{amount // 100}.{amount % 100:02d}")


@st.composite
def carts(draw) -> OrderBuilder:
    """One to six lines, taxed and free of tax, with or without discounts and what comes on top."""
    told = an_order(draw(st.integers(1, 10**6)))
    if draw(st.booleans()):
        told = told.prices_without_tax()
    skus = draw(st.lists(st.sampled_from(SKUS), min_size=1, max_size=6, unique=True))
    for sku in skus:
        tax = draw(st.sampled_from([("GST", "10"), ("GST Free", "0")]))
        told = told.line(sku, price=draw(cents(600, 50_000)), quantity=draw(st.integers(1, 13)), tax=tax)
    if draw(st.booleans()):
        told = told.coupon("TEN", percent=draw(st.sampled_from(["5", "10", "33", "50"])))
    if draw(st.booleans()):
        told = told.discount(draw(cents(1, 90)), on=skus[0])
    if draw(st.booleans()):
        told = told.shipping(draw(cents(1, 3_000)))
    if draw(st.booleans()):
        told = told.handling(draw(cents(1, 900)))
    if draw(st.booleans()):
        told = told.wrapping(draw(cents(1, 900)))
    return told.bought_by("Jo Park", customer=draw(st.integers(1, 99)))


@st.composite
def paid_orders(draw) -> OrderBuilder:
    """A cart that was paid in full: by card, or in part by certificate and store credit."""
    told = draw(carts())
    if draw(st.booleans()):
        told = told.gift_certificate(draw(cents(1, 90)))
    if draw(st.booleans()):
        told = told.store_credit(draw(cents(1, 90)))
    if draw(st.booleans()):
        told = told.total_stated("before tenders")
    return told.paid(draw(st.sampled_from(["card", "paypal"])))


@st.composite
def orders(draw) -> OrderBuilder:
    """Any order: paid or not, whatever its status, refunded or not, filed away or not."""
    told = draw(st.one_of(carts(), paid_orders()))
    told = draw(
        st.sampled_from(
            [
                told,
                told.unpaid(),
                told.paid("card", "1.00"),
                told.paid("card", "99999.00"),
                told.authorised("card"),
                told.authorised("card").captured("1.00"),
                told.paid("voucher-of-the-moon"),
                told.declined(),
            ]
        )
    )
    if draw(st.booleans()):
        told = told.status(draw(st.sampled_from(STATUSES)))
    if draw(st.booleans()):
        told = told.archived()
    return told
