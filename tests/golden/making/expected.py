"""The form of an expected file, filled by hand: what the books must show, by accounting.md and never by the code."""

from typing import Any

Json = dict[str, Any]


def line(kind: str, ref: str, quantity: int | None, net: str, tax: str, gross: str, **more: str) -> Json:
    """A line; a quantity of None is not compared."""
    counted = {} if quantity is None else {"quantity": quantity}
    return {"kind": kind, "ref": ref, **counted, "net": net, "tax": tax, "gross": gross, **more}


def item(ref: str, quantity: int | None, net: str, tax: str, gross: str, **more: str) -> Json:
    """A line of goods."""
    return line("item", ref, quantity, net, tax, gross, **more)


def shipping(net: str, tax: str, gross: str, **more: str) -> Json:
    """The shipping line."""
    return line("shipping", "shipping", 1, net, tax, gross, **more)


def paid(amount: str, tender: str = "card_clearing", **more: str) -> Json:
    """A payment."""
    return {"amount": amount, "tender": tender, **more}


def invoice(total: str, tax: str, *lines: Json, **more: Any) -> Json:
    """An invoice; AUTHORISED, Inclusive, paid and of 13 May in AUD unless said otherwise."""
    said = {
        "type": "ACCREC",
        "status": "AUTHORISED",
        "date": "2026-05-13",
        "currency": "AUD",
        "line_amount_types": "Inclusive",
        "total": total,
        "tax": tax,
        "amount_due": "0.00",
    }
    counted = {"line_count": len(lines), "lines": list(lines)} if lines else {}
    return {**said, **counted, **more}


def posted(invoiced: Json | None, *payments: Json, credits: list[Json] | None = None, why: str, **more: Any) -> Json:
    """All of it enters the books."""
    return {
        "outcome": "posted",
        "reason_kind": None,
        "invoice": invoiced,
        "payments": list(payments),
        "credit_notes": credits or [],
        "why": why,
        **more,
    }


def held(reason: str | None, why: str, invoiced: Json | None = None, *payments: Json, **more: Any) -> Json:
    """A person must decide; what does not hang on the held document is posted all the same (T5)."""
    return (
        posted(invoiced, *payments, why=why) | {"outcome": "held"} | ({"reason_kind": reason} if reason else {}) | more
    )


def skipped(reason: str, why: str) -> Json:
    """Nothing is owed to the books."""
    return posted(None, why=why) | {"outcome": "skipped", "reason_kind": reason}


def credit(total: str, tax: str, *lines: Json, out: list[Json], **more: Any) -> Json:
    """A credit note with what was paid out for it."""
    said = {"total": total, "tax": tax, "refund_payments": out, **more}
    return {**said, "lines": list(lines)} if lines else said


def out(amount: str, source: str = "card_clearing") -> Json:
    """Money given back."""
    return {"amount": amount, "from": source}
