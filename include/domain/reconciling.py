"""Three sides of a day compared: what each item is to the shop, to our ledger and to Xero, and why they differ.

An item is one thing that both sides may know: an order's sale, a refund, a payment. A side's column holds the items that it
dates on the day. So the columns differ by exactly what is named here, to the cent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from include.domain.money import ZERO, minor_digits, minor_unit, shown
from include.domain.reconciliation import CAUSES, Cause, Column, Difference, Row, TenderTotal, What

# Why a document that is planned is not in the books, though nobody needs to act: it follows by itself.
WAITS_BY_RULE = ("waits_for_approval", "waits_for_clearing", "waits_for_status")
ON_ITS_WAY = ("waits_for_summary",)
_MISSING: dict[What, Cause] = {"sales": "missing", "refunds": "refund_missing", "payments": "missing"}
_ROWS: tuple[What, ...] = ("sales", "refunds", "payments")


@dataclass(frozen=True, slots=True)
class InShop:
    """What the shop demands of the books. `day` is that side's day; None: another than was asked about.

    changed    its facts are not those that were posted
    recent     the shop changed it after the moving window last looked
    accepted   a person took what stands in Xero as right, knowing these facts
    """

    amount: Decimal
    day: date | None
    changed: bool = False
    recent: bool = False
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class InLedger:
    """What our tables say. amount is None where no live document is linked; outcome is the last word on it, or empty."""

    amount: Decimal | None = None
    day: date | None = None
    number: str = ""
    account: str = ""
    outcome: str = ""
    reason: str = ""
    sentence: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class InXero:
    """What stands in Xero and is alive. `unlike` says in words what beside the amount is not as it was posted."""

    amount: Decimal
    day: date
    unlike: tuple[str, ...] = ()
    account: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that the sides are compared on. A side is None where it knows nothing of it, or wants nothing of it.

    counts    False for a later part of an order that is counted already
    deleted   the shop was asked for the order and does not have it
    """

    order_key: str
    what: What
    currency: str
    shop: InShop | None
    ledger: InLedger = field(default_factory=InLedger)
    xero: InXero | None = None
    counts: bool = True
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Stray:
    """A live document or payment in Xero, dated on the day, that no link of ours names, though it speaks of an order of ours."""

    order_key: str
    cause: Literal["doubled", "not_ours", "payment_not_ours"]
    what: What
    currency: str
    amount: Decimal
    number: str
    account: str = ""


def compare(
    items: Iterable[Item], strays: Iterable[Stray], day: date, tolerance_minor_units: int
) -> tuple[tuple[Row, ...], tuple[Difference, ...]]:
    """The day's rows, by what and currency, and every difference with its cause, by order. Total: any items may come."""
    items, strays = tuple(items), tuple(strays)
    found = [each for item in items if (each := _difference(item, day, tolerance_minor_units)) is not None]
    found += [_stray(each) for each in strays]
    found.sort(key=lambda each: (_ROWS.index(each.what), each.order_key.zfill(20), each.number, each.cause))
    keys = sorted({*map(_kind, items), *map(_kind, strays)}, key=lambda kind: (_ROWS.index(kind[0]), kind[1]))
    rows = tuple(_row(what, currency, items, strays, day) for what, currency in keys)
    return tuple(row for row in rows if row.shop.count or row.ledger.count or row.xero.count), tuple(found)


def tenders_of(items: Iterable[Item], strays: Iterable[Stray], day: date) -> tuple[TenderTotal, ...]:
    """Payments dated on the day, what was given back taken off, by account and currency."""
    items, strays = [each for each in items if each.what == "payments"], tuple(strays)
    ours = [
        (each.ledger.account, each.currency, each.ledger.amount) for each in items if _ledger_on(each, day) is not None
    ]
    theirs = [
        (each.xero.account, each.currency, each.xero.amount) for each in items if each.xero and each.xero.day == day
    ]
    theirs += [(each.account, each.currency, each.amount) for each in strays if each.what == "payments"]
    keys = sorted({(account, currency) for account, currency, _ in (*ours, *theirs)})
    return tuple(
        TenderTotal(
            account,
            currency,
            _column([amount for *key, amount in ours if (account, currency) == tuple(key)]),
            _column([amount for *key, amount in theirs if (account, currency) == tuple(key)]),
        )
        for account, currency in keys
    )


def _kind(each: Item | Stray) -> tuple[What, str]:
    return each.what, each.currency


def cause_of(item: Item, day: date, tolerance_minor_units: int) -> Cause | None:
    """Why the sides differ on an item; None where they agree, or where it is no matter of this day."""
    shop, ledger, xero = item.shop, item.ledger, item.xero
    if ledger.amount is None:
        return _not_posted(item, day)
    if ledger.day != day and not (shop is not None and shop.day == day) and not (xero is not None and xero.day == day):
        return None
    if ledger.day == day or (xero is not None and xero.day == day):
        if xero is None:
            return "payment_missing" if item.what == "payments" else "missing_in_xero"
        if xero.unlike or xero.amount != ledger.amount or xero.day != ledger.day:
            return _edited(item, xero, ledger.amount, tolerance_minor_units)
    if item.deleted:
        return "deleted_in_shop"
    if shop is None or shop.changed or shop.amount != ledger.amount:
        return _otherwise(item, ledger.amount, tolerance_minor_units)
    if shop.day == ledger.day or (shop.day != day and ledger.day != day):
        return None
    return "another_day"


def _not_posted(item: Item, day: date) -> Cause | None:
    shop, ledger = item.shop, item.ledger
    if item.xero is not None and item.xero.day == day:
        return "not_ours"
    if shop is None or shop.day != day:
        return None
    if ledger.outcome == "held":
        return "still_held"
    if ledger.outcome == "failed" or ledger.reason in ON_ITS_WAY:
        return "on_its_way"
    if ledger.reason in WAITS_BY_RULE:
        return "waits_by_rule"
    if shop.recent:
        return "on_its_way"
    if ledger.outcome in ("posted", "unchanged"):  # it was there, and our tables know that it is gone
        return "payment_missing" if item.what == "payments" else "missing_in_xero"
    return _MISSING[item.what]


def _edited(item: Item, xero: InXero, posted: Decimal, tolerance_minor_units: int) -> Cause:
    if item.what == "payments":
        return "payment_missing"
    near = not xero.unlike and xero.day == item.ledger.day and _near(xero.amount, posted, item, tolerance_minor_units)
    return "cents" if near else "edited_in_xero"


def _otherwise(item: Item, posted: Decimal, tolerance_minor_units: int) -> Cause:
    """It stands as it was posted, and the shop demands something else."""
    shop, ledger = item.shop, item.ledger
    if ledger.outcome == "held":
        return "still_held"
    if ledger.outcome == "failed":
        return "on_its_way"
    if shop is not None and shop.accepted:
        return "accepted"
    if shop is not None and shop.recent:
        return "on_its_way"
    if shop is None or shop.changed:
        return "changed_in_shop"
    return "cents" if _near(shop.amount, posted, item, tolerance_minor_units) else "changed_in_shop"


def _near(one: Decimal, other: Decimal, item: Item, tolerance_minor_units: int) -> bool:
    return abs(one - other) <= minor_unit(minor_digits(item.currency)) * tolerance_minor_units


def _difference(item: Item, day: date, tolerance_minor_units: int) -> Difference | None:
    cause = cause_of(item, day, tolerance_minor_units)
    if cause is None:
        return None
    sentence, remedy = _words(item, cause)
    return Difference(
        order_key=item.order_key,
        cause=cause,
        what=item.what,
        currency=item.currency,
        shop=item.shop.amount if item.shop is not None and item.shop.day == day else None,
        ledger=_ledger_on(item, day),
        xero=item.xero.amount if item.xero is not None and item.xero.day == day else None,
        number=item.ledger.number,
        sentence=sentence,
        remedy=remedy,
    )


def _words(item: Item, cause: Cause) -> tuple[str, str]:
    """What a bookkeeper reads. A hold has words of its own; what was edited is named."""
    meaning, shop, ledger, xero = CAUSES[cause], item.shop, item.ledger, item.xero
    if cause == "still_held" and ledger.sentence:
        return ledger.sentence, ledger.remedy or meaning.remedy
    if cause == "edited_in_xero" and xero is not None and ledger.amount is not None:
        told = list(xero.unlike)
        if xero.amount != ledger.amount:
            told.append(f"total was {shown(ledger.amount)} and is {shown(xero.amount)}")
        if xero.day != ledger.day:
            told.append(f"date was {ledger.day} and is {xero.day}")
        return f"{meaning.sentence.rstrip('.')}: {'; '.join(told)}.", meaning.remedy
    if cause == "another_day" and shop is not None:
        theirs = "another day" if shop.day is None else f"{shop.day}"
        return f"In the shop it is of {theirs}, in the books of {ledger.day}.", meaning.remedy
    if cause in ("on_its_way", "waits_by_rule") and ledger.sentence:
        return f"{meaning.sentence} {ledger.sentence}", meaning.remedy
    return meaning.sentence, meaning.remedy


def _stray(stray: Stray) -> Difference:
    meaning = CAUSES[stray.cause]
    return Difference(
        stray.order_key,
        stray.cause,
        stray.what,
        stray.currency,
        None,
        None,
        stray.amount,
        stray.number,
        meaning.sentence,
        meaning.remedy,
    )


def _row(what: What, currency: str, items: Sequence[Item], strays: Sequence[Stray], day: date) -> Row:
    among = [each for each in items if (each.what, each.currency) == (what, currency)]
    shop = [each for each in among if each.shop is not None and each.shop.day == day]
    ledger = [each for each in among if _ledger_on(each, day) is not None]
    xero = [each for each in among if each.xero is not None and each.xero.day == day]
    more = [each.amount for each in strays if (each.what, each.currency) == (what, currency)]
    return Row(
        what,
        currency,
        Column(_counted(shop), sum((each.shop.amount for each in shop if each.shop), ZERO)),
        Column(_counted(ledger), sum((each.ledger.amount for each in ledger if each.ledger.amount), ZERO)),
        Column(_counted(xero) + len(more), sum((each.xero.amount for each in xero if each.xero), sum(more, ZERO))),
    )


def _counted(items: Iterable[Item]) -> int:
    return sum(1 for each in items if each.counts)


def _column(amounts: Sequence[Decimal | None]) -> Column:
    return Column(len(amounts), sum((amount for amount in amounts if amount is not None), ZERO))


def _ledger_on(item: Item, day: date) -> Decimal | None:
    return item.ledger.amount if item.ledger.day == day else None


def as_posted(item: Item, day: date | None) -> Item:
    """The item where the shop was not asked about it: taken to demand what stands, on a day of its own."""
    if item.ledger.amount is None:
        return item
    return replace(item, shop=InShop(item.ledger.amount, day))
