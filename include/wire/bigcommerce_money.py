"""What BigCommerce tells of an order's money: tax rows, transactions and refund records (reference bigcommerce.md 5, 6)."""

from collections.abc import Sequence

from include.domain.order import Refund, RefundItem, RefundPayment, TaxRow, Tender
from include.wire.bigcommerce_rows import MisreadError, read_as
from include.wire.bigcommerce_shapes import JsonObject, RefundShape, TaxRowShape, TransactionShape, exact


def tax_rows_of(rows: Sequence[JsonObject]) -> tuple[TaxRow, ...]:
    """The tax detail of an order that is read by itself; nothing where a row cannot be read."""
    try:
        return tuple(tax_row_of(row, at) for at, row in enumerate(rows))
    except MisreadError:
        return ()


def tax_row_of(row: JsonObject, at: int) -> TaxRow:
    """One row of the tax detail. `at` is its place in the list."""
    read = read_as(TaxRowShape, row, "taxes", at)
    return TaxRow(
        read.name,
        read.rate,
        read.line_amount,
        read.class_,
        read.line_item_type,
        read.order_product_id,
        read.order_address_id,
    )


def tender_of(row: JsonObject, at: int) -> Tender:
    """One transaction. `at` is its place in the list."""
    read = read_as(TransactionShape, row, "transactions", at)
    return Tender(
        id=read.id,
        event=read.event,
        method=read.method,
        gateway=read.gateway,
        amount=read.amount,
        currency=read.currency,
        ok=read.status == "ok",
        test=read.test,
        happened_at=read.date_created,
        reference_id=read.reference_transaction_id or None,
        gateway_id=read.gateway_transaction_id or None,
    )


def refund_of(row: JsonObject, at: int) -> Refund:
    """One refund record; one without a date is left to be held by itself. `at` is its place in the list."""
    read = read_as(RefundShape, row, "refunds", at)
    return Refund(
        id=read.id,
        created_at=read.created,
        total=read.total_amount,
        total_tax=read.total_tax,
        override=read.uses_merchant_override_values,
        reason=read.reason,
        items=tuple(
            RefundItem(
                kind=item.item_type,
                item_id=item.item_id or 0,
                quantity=item.quantity or 0,
                requested=item.requested_amount,
                adjustments=tuple(exact(each.get("amount", 0)) for each in item.adjustments or ()),
            )
            for item in read.items
        ),
        payments=tuple(
            RefundPayment(
                id=payment.id or str(index),
                provider=payment.provider_id,
                amount=payment.amount,
                declined=payment.is_declined,
                offline=payment.offline,
            )
            for index, payment in enumerate(read.payments, start=1)
        ),
    )
