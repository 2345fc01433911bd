"""The review desk: what waits for a person, with the evidence, the proposal beside the order, and what may be decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from include.database.connection import Database, Row
from include.domain.document import Allocation, CreditNote, Invoice, Payment, RefundPayment
from include.domain.money import ZERO, minor_digits, shown
from include.domain.order import Order
from include.domain.plan import Planned
from include.settings.store import Store
from include.stages.orders.deciding import NotDecidable, Waiting, decide, stand_of, waiting_of
from include.stages.orders.parts import newest_order

PAGE = 50
AT_ONCE_MAX = 100  # orders of one decision: each is planned anew before it is kept


@dataclass(frozen=True, slots=True)
class Filter:
    """What of all that waits is asked for; None asks for all."""

    reason: str | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    days: int | None = None
    largest: bool = False


@dataclass(frozen=True, slots=True)
class ByReason:
    """How much waits for one reason: documents, orders, and money by currency."""

    reason: str
    meaning: str
    documents: int
    orders: int
    money: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Side:
    """One line of the order, or of a proposed document: what, its amount, its tax, and where it would be booked."""

    what: str
    amount: str
    tax: str
    booked: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A document that a release would post."""

    title: str
    lines: tuple[Side, ...]
    total: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """What may be decided from now on: the rule of the settings, its value but for one field, and the field's name."""

    rule: str
    value: Mapping[str, Any]
    field: str
    asks: str


@dataclass(frozen=True, slots=True)
class Case:
    """One held document of an order, as it is decided."""

    row: Row
    choices: tuple[str, ...]
    proposals: tuple[Proposal, ...]
    mapped: Mapped | None


@dataclass(frozen=True, slots=True)
class Desk:
    """An order on the desk. `stand` is what a decision carries: what was seen."""

    order_key: int
    stand: str
    cases: tuple[Case, ...]
    sold: tuple[Side, ...]
    total: str
    facts: tuple[tuple[str, str], ...]
    decided: tuple[Row, ...]


def waiting(db: Database, store: Store, asked: Filter, skip: int = 0) -> tuple[list[Row], bool]:
    """A page of what waits, and whether there is more."""
    rows = db.rows(
        "review.waiting",
        store=store.key,
        reason=asked.reason,
        least=asked.least,
        most=asked.most,
        days=asked.days,
        largest=asked.largest,
        skip=skip,
        limit=PAGE + 1,
    )
    db.rollback()
    return rows[:PAGE], len(rows) > PAGE


def by_reason(db: Database, store: Store) -> list[ByReason]:
    """How much waits for what, the most first."""
    found: dict[str, ByReason] = {}
    for row in db.rows("review.reasons", store=store.key):
        before = found.get(row["reason"], ByReason(row["reason"], row["meaning"], 0, 0, {}))
        money = {row["currency"]: row["amount"]} if row["amount"] is not None else {}
        found[row["reason"]] = replace(
            before,
            documents=before.documents + row["documents"],
            orders=before.orders + row["orders"],
            money={**before.money, **money},
        )
    db.rollback()
    return sorted(found.values(), key=lambda each: (-each.documents, each.reason))


def others(db: Database, store: Store) -> list[Row]:
    """How many products, customers and levels of stock wait as well."""
    rows = db.rows("review.others", store=store.key)
    db.rollback()
    return rows


def desk_of(db: Database, store: Store, order_key: int) -> Desk:
    """An order with all that waits of it; `cases` is empty where nothing does."""
    stand = stand_of(db, store, order_key)
    found = waiting_of(db, store, order_key)
    order = newest_order(db, store.key, order_key)
    decided = db.rows("decisions.of_order", store=store.key, subject_key=str(order_key))
    db.rollback()
    known = order if isinstance(order, Order) else None
    return Desk(
        order_key=order_key,
        stand=stand,
        cases=tuple(_case(each, known) for each in found),
        sold=_sold(known) if known else (),
        total=_money(known.total_inc, known.currency) if known else "",
        facts=_facts(known) if known else (),
        decided=tuple(decided),
    )


def decide_many(
    db: Database, store: Store, asked: Mapping[int, str], choice: str, *, by: str, why: str, reason: str
) -> list[tuple[int, str]]:
    """The same decision for many orders, each kept by itself; those that could not be decided so, with why.

    asked  of each order what stood when it was read (`stand_of`)
    """
    refused = []
    for order_key, stand in list(asked.items())[:AT_ONCE_MAX]:
        try:
            decide(db, store, order_key, choice, by=by, why=why, reason=reason, seen=stand)
        except NotDecidable as problem:
            refused.append((order_key, str(problem)))
    return refused


def _case(waits: Waiting, order: Order | None) -> Case:
    proposals = tuple(each for each in map(_proposal, waits.proposal) if each is not None)
    return Case(waits.row, (*waits.choices, "again"), proposals, _mapped(waits.row, order))


def _mapped(row: Row, order: Order | None) -> Mapped | None:
    """The mapping that would explain it from now on, where one would."""
    figures: Mapping[str, Any] = row["figures"] or {}
    match row["reason"]:
        case "sku_unmapped" if figures.get("sku"):
            return Mapped("item_codes", {}, str(figures["sku"]), f"the item code in Xero that SKU {figures['sku']} is")
        case "method_unmapped" if figures.get("payment method"):
            method = str(figures["payment method"])
            value = {"tender": method.lower().replace(" ", "_"), "payment_method": method}
            return Mapped("payments", value, "account", f"the account that money paid by {method} goes to")
        case "account_dead" | "setting_unanswered" if figures.get("fee"):
            return Mapped("fees", {}, str(figures["fee"]), f"the account of the fee {figures['fee']}")
        case "tax_rate_unmapped" if order is not None and figures.get("charged"):
            name, _, rate = str(figures["charged"]).removesuffix(" %").rpartition(" ")
            if "+" in name or not name:
                return None
            country = order.lines[0].place.country if order.lines else "*"
            value = {
                "rule": f"{name.lower().replace(' ', '-')}-{rate}",
                "country": country,
                "tax_name": name,
                "rate": rate,
            }
            return Mapped("tax_rules", value, "tax_type", f"the tax type in Xero of {name} at {rate} % in {country}")
    return None


def _sold(order: Order) -> tuple[Side, ...]:
    """What the shop sold, as it charged for it."""
    inclusive = bool(order.prices_include_tax)
    lines = [
        Side(
            f"{line.quantity} x {line.name}" + (f" ({line.sku})" if line.sku else ""),
            _amount((line.total_inc if inclusive else line.total_ex) - line.discount, order.currency),
            _amount(line.total_tax, order.currency),
        )
        for line in order.lines
    ]
    costs = [("shipping", order.shipping), ("handling", order.handling), ("wrapping", order.wrapping)]
    costs += [(f"fee: {fee.name}", fee.cost) for fee in order.fees]
    lines += [
        Side(name, _amount(cost.inc if inclusive else cost.ex, order.currency), _amount(cost.tax, order.currency))
        for name, cost in costs
        if cost.inc
    ]
    return tuple(lines)


def _facts(order: Order) -> tuple[tuple[str, str], ...]:
    told = [
        ("placed", f"{order.created_at:%d %B %Y %H:%M} UTC"),
        ("payment", f"{order.payment_method or 'none'}, {order.payment_status or 'no status'}"),
        ("prices", "with tax" if order.prices_include_tax else "without tax"),
    ]
    told += [
        (
            f"tender {tender.method}",
            f"{tender.event} {_money(tender.amount, tender.currency)}{'' if tender.ok else ', refused'}",
        )
        for tender in order.tenders or ()
    ]
    return tuple(told)


def _proposal(planned: Planned) -> Proposal | None:
    match planned.decision:
        case Invoice() | CreditNote() as document:
            dated = document.invoice_date if isinstance(document, Invoice) else document.credit_date
            kind = "Invoice" if isinstance(document, Invoice) else "Credit note"
            lines = tuple(
                Side(
                    line.description,
                    _amount(line.amount, document.currency),
                    _amount(line.tax, document.currency),
                    f"{line.account}, {line.tax_type}",
                )
                for line in document.lines
            )
            total = f"{_money(document.total, document.currency)} with {_amount(document.tax, document.currency)} tax"
            return Proposal(f"{kind} {document.number} of {dated:%d %B %Y}", lines, total)
        case Payment() | RefundPayment() as money:
            title = f"Payment by {money.tender} of {money.payment_date:%d %B %Y}, account {money.account}"
            return Proposal(title, (), _money(money.amount, money.currency))
        case Allocation() as allocation:
            return Proposal(f"Set against {allocation.invoice_number}", (), shown(allocation.amount))
    return None


def _amount(amount: Decimal | None, currency: str) -> str:
    return shown(amount if amount is not None else ZERO, minor_digits(currency or ""))


def _money(amount: Decimal, currency: str) -> str:
    return f"{_amount(amount, currency)} {currency}"


def orders_of(rows: Sequence[Row]) -> list[int]:
    """The orders among what waits; a day's summary is decided through its orders."""
    return sorted({int(row["order_key"]) for row in rows if row["subject_kind"] == "order"})
