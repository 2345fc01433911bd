"""A shop that sums up its days: what is sold on one, the night after it, and what then stands in the books."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from include.clients.bigcommerce import Window
from include.sandbox.order_builder import an_order
from include.stages import orders
from include.stages.summary import gather

D = Decimal
THE_DAY = datetime(2026, 10, 6, 1, tzinfo=UTC)  # noon in Sydney, where nothing of the demo shop was sold
FIRST = 3001
DAY_NUMBER = "BC-D20261006-1"


def a_sale(order_id: int, price: str = "22.00"):
    """A guest's order of the day, paid by card."""
    return an_order(order_id).placed(THE_DAY).bought_by_guest(f"Guest {order_id}").line("CUP", price=price).paid("card")


def thirty_orders():
    """Every kind of line, rate and tender that a day may have."""
    for order_id in range(FIRST, FIRST + 30):
        order = an_order(order_id).placed(THE_DAY).bought_by_guest(f"Guest {order_id}")
        order = order.line("CUP", price=f"{order_id - 2990}.95", quantity=order_id % 3 + 1)
        if order_id % 2:
            order = order.shipping("9.95")
        if order_id % 3 == 0:
            order = order.line("BOOK", price="18.40", tax=("GST Free", "0"))
        if order_id % 4 == 0:
            order = order.discount("1.37")
        if order_id % 5 == 0:
            order = order.line("BOTTLE", price="12.15", tax=("Bottle levy", "5.5"))
        if order_id % 7 == 0:
            order = order.sold_certificate("50.00")
        if order_id % 11 == 0:
            order = order.gift_certificate("10.00")
        yield order.paid("paypal" if order_id % 6 == 0 else "card")


def the_day(bridge) -> Window:
    return Window(THE_DAY - timedelta(hours=12), THE_DAY + timedelta(hours=12))


def put(bridge, *sold) -> None:
    for order in sold:
        bridge.town.shop.put(order.build())


def sell(bridge, *sold) -> dict[str, int]:
    put(bridge, *sold)
    return bridge.run(the_day(bridge))


def planned(bridge, after_days: int = 1) -> list[int]:
    bridge.runs += 1
    run = orders.Run("summary_of_the_day", f"night-{bridge.runs}")
    now = datetime.now(UTC) + timedelta(days=after_days)
    return gather(bridge.books, bridge.db, bridge.store, run, now)


def close_the_day(bridge, after_days: int = 1) -> dict[str, int]:
    """What the DAG does in the night after the orders were recorded, or so many nights later."""
    batches = planned(bridge, after_days)
    with bridge.books() as books:
        orders.load(books, bridge.db, bridge.store, batches)
    return orders.audit(bridge.db, bridge.store, batches)


OURS = ("BC-3", "BC-D", "BCR-3", "BCR-D")  # the numbers of these tests' orders and days


def numbers(bridge, ours: tuple[str, ...] = OURS) -> list[str]:
    """What stands in the books of these tests' orders and days."""
    every = [each["InvoiceNumber"] for each in bridge.town.books.invoices()]
    every += [each["CreditNoteNumber"] for each in bridge.town.books.credit_notes()]
    return sorted(number for number in every if number.startswith(ours))


def booked(bridge, ours: tuple[str, ...] = OURS) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    """Net and tax by account and tax type, sales less credits."""
    sums: dict[tuple[str, str], tuple[Decimal, Decimal]] = defaultdict(lambda: (D(0), D(0)))
    signed = [(each, 1) for each in bridge.town.books.invoices()]
    signed += [(each, -1) for each in bridge.town.books.credit_notes()]
    for document, sign in signed:
        number = document.get("InvoiceNumber") or document["CreditNoteNumber"]
        if not number.startswith(ours) or document["Status"] in ("DRAFT", "VOIDED", "DELETED"):
            continue
        for line in document["LineItems"]:
            tax = line["TaxAmount"]
            net = line["LineAmount"] - (tax if document["LineAmountTypes"] == "Inclusive" else 0)
            before = sums[line["AccountCode"], line["TaxType"]]
            sums[line["AccountCode"], line["TaxType"]] = (before[0] + sign * net, before[1] + sign * tax)
    return {key: value for key, value in sums.items() if any(value)}


def received(bridge, ours: tuple[str, ...] = OURS) -> dict[str, Decimal]:
    """What each account took, less what it gave back."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for each in bridge.town.books.payments():
        if each["Reference"].startswith(ours) and each["Status"] != "DELETED":
            sums[each["Account"]["Code"]] += each["Amount"] * (-1 if each["Reference"].startswith("BCR") else 1)
    return {code: amount for code, amount in sums.items() if amount}
