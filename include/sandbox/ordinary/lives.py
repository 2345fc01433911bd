"""What becomes of an order over time: paid or not, edited, refunded; and what accounting.md itself holds of it."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from include.sandbox.order_builder import OrderBuilder
from include.sandbox.order_builder.sums import sums_of
from include.sandbox.ordinary import baskets, tills
from include.sandbox.ordinary.mix import Dice


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by which accounting.md itself holds an order: its section there, the reason's name, and what happened."""

    section: int
    reason: str
    words: str


# T4: neither payments nor credit notes are ever more than the total; the certificate's part of it was taxed elsewhere.
BEYOND_THE_INVOICE = Rule(1, "refund_unexplained", "more given back than is left beside a certificate taxed when sold")
CREDIT_ABROAD = Rule(5, "currency_unknown", "store credit or a certificate spent in another currency than issued")
ARCHIVED = Rule(6, "contact_archived", "the shopper's contact is archived in Xero")
EDITED_AFTER = Rule(7, "edited_after_payment", "edited after it was paid")
FREE_AMOUNT = Rule(7, "refund_unexplained", "a free amount given back, of which the shop states no tax")


@dataclass(slots=True)
class Life:
    """An order in the making, with what follows for the books."""

    first: OrderBuilder | None
    later: OrderBuilder | None = None
    books: OrderBuilder | None = None
    drafted: bool = False
    rule: Rule | None = None
    without: list[str] = field(default_factory=list)  # tenders that accounting.md holds
    goodwill: bool = False


def lived(order: OrderBuilder, dice: Dice, traits: frozenset[str]) -> Life:
    """What became of the order: paid or not, edited, refunded."""
    busy = traits & {"several_tenders", "gift_card", "refunded"}
    total = sums_of(order).sold
    if "edited" in traits and total:
        return _edited(order, dice, traits, alone=not busy)
    if not busy and total and "contact" not in traits and dice.percent(6):
        waits = tills.unpaid(order, dice)
        if waits.payment_name == "Bank Deposit" and dice.one_in(2):
            return Life(waits, _later(tills.deposited(waits, dice)), drafted=True)
        return Life(waits)
    first = tills.went_on(tills.paid(order, dice, traits), dice)
    life = Life(first)
    if "refunded" in traits and total:
        _given_back(life, dice, traits)
        if dice.one_in(2):
            life = replace(life, first=life.later, later=None)
    return _without_credit_abroad(life, traits)


def _edited(order: OrderBuilder, dice: Dice, traits: frozenset[str], *, alone: bool) -> Life:
    """Edited before it was paid, or after: then only what does not concern money goes through."""
    editable = any(line.kind != "giftcertificate" for line in order.lines)
    ways = {"note": 1} | ({"paid then": 3} if editable else {})
    if alone and editable:
        ways |= {"draft": 1, "authorised": 1, "after": 1}
    way = dice.weighed(ways)
    if way == "draft":
        return Life(
            tills.unpaid(order, dice, "Bank Deposit"),
            _later(tills.unpaid(baskets.edited(order, dice), dice, "Bank Deposit")),
        )
    if way == "authorised":
        waits = replace(tills.unpaid(order, dice, "Cash on Delivery"), status_id=11)
        return Life(waits, _later(baskets.edited(waits, dice)))
    if way == "paid then":
        changed = tills.went_on(tills.paid(baskets.edited(order, dice), dice, traits, days=dice.randint(1, 3)), dice)
        life = Life(tills.unpaid(order, dice, "Bank Deposit"), _later(changed), drafted=True)
    else:
        first = tills.went_on(tills.paid(order, dice, traits), dice)
        if way == "after":
            changed = baskets.edited(first, dice)
            if sums_of(changed).sold != sums_of(first).sold:  # one more of what was free changes nothing
                return Life(first, _later(changed), books=first, rule=EDITED_AFTER)
        moved = replace(first, buyer=replace(first.buyer, street_1="2 Example Street"))
        life = Life(first, _later(moved.stating(staff_notes="Leave it at the door")))
    if "refunded" in traits:
        _given_back(life, dice, traits)
    return _without_credit_abroad(life, traits)


def _given_back(life: Life, dice: Dice, traits: frozenset[str]) -> None:
    """Its refund is seen at the second look."""
    order = life.later or life.first
    assert order is not None  # an order is seen at least once
    back, life.goodwill = tills.given_back(order, dice, foreign="foreign" in traits)
    life.later = _later(back)


def _without_credit_abroad(life: Life, traits: frozenset[str]) -> Life:
    """Store credit and certificates are issued in the shop's own currency: spent in another, their payments are held."""
    last = life.later or life.first
    if "foreign" in traits and last is not None:
        named = (("gift_card_liability", last.certificate[0]), ("store_credit_liability", last.credit[0]))
        life.without = [role for role, amount in named if amount]
    return life


def _later(order: OrderBuilder) -> OrderBuilder:
    """The order as it is at the second look."""
    moments = [order.placed_at, *(tender.at for tender in order.tenders or () if tender.at)]
    moments += [refund.at for refund in order.refunds if refund.at]
    return order.modified(max(moments) + timedelta(hours=2))


def in_between(life: Life) -> Life:
    """Placed between the two looks: only its end is ever seen, and no edit."""
    last = life.first if life.rule is EDITED_AFTER else life.later or life.first
    return replace(life, first=None, later=last, drafted=False, books=last, rule=None)
