"""A shop some time after the sale: money goes back or is captured, and no date of an order may tell of it."""

from datetime import UTC, datetime, timedelta

import pytest

from include.sandbox.order_builder import an_order

THE_LIST = "/stores/{store_hash}/v3/orders/payment_actions/refunds"
BOTH_WAYS = pytest.mark.parametrize("moves", [True, False], ids=["the date moves", "the date stays"])


def ago(**time: float) -> datetime:
    return (datetime.now(UTC) - timedelta(**time)).replace(microsecond=0)


PLACED = ago(days=20)  # at import: an order told twice is one order


def emptied(bridge):
    """The bridge over a shop without orders and books without documents."""
    bridge.town.reset("empty")
    bridge.town.limits.enforced = False
    return bridge


def mugs(order_id: int, quantity: int = 2):
    return an_order(order_id).placed(PLACED).line("MUG", price="22.00", quantity=quantity, tax="10").paid("card")


def sold(bridge, *orders, moves: bool = False) -> None:
    """The shop as it was before today: the orders are in the books, unless a test says otherwise."""
    bridge.town.shop.refunds_move_orders = moves
    for order in orders:
        bridge.town.shop.put(order.build())


def refund(bridge, order, units: int = 1, *, at: datetime | None = None) -> None:
    bridge.town.shop.refund(order.refunded({"MUG": units}, at=at or ago()).build())


def books_of(bridge) -> dict:
    books = bridge.town.books
    return {
        "invoices": sorted((each["InvoiceNumber"], each["Status"], each["Total"]) for each in books.invoices()),
        "notes": sorted(
            (n["CreditNoteNumber"], str(n["Total"]), str(n["RemainingCredit"])) for n in books.credit_notes()
        ),
        "money": sorted((each["Reference"], each["Amount"]) for each in books.payments()),
    }


def shop_calls(bridge, path: str | None = None) -> int:
    wanted = {"vendor": "bigcommerce"} if path is None else {"vendor": "bigcommerce", "path": path}
    return bridge.town.calls.count(**wanted)


def due_of(bridge) -> dict[tuple[str, str], timedelta]:
    with bridge.db._connection.cursor() as cursor:
        cursor.execute("SELECT subject_key, cause, due_at - now() FROM due WHERE claimed_by IS NULL")
        found = {(key, cause): after for key, cause, after in cursor.fetchall()}
    bridge.db.rollback()
    return found


def watermarks(bridge) -> dict[str, datetime]:
    with bridge.db._connection.cursor() as cursor:
        cursor.execute("SELECT flow, moment FROM watermark")
        found = dict(cursor.fetchall())
    bridge.db.rollback()
    return found
