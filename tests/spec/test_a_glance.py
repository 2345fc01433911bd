"""What an ordinary order needs, told at a glance. Where the glance is wrong an order is held for a part nobody read."""

import json
from dataclasses import replace

from given import POLICY, REFERENCE, US_POLICY, US_REFERENCE, D
from hypothesis import given
from hypothesis import strategies as st
from orders import SKUS, cents, orders

from include.clients.answers import json_of
from include.domain.glance import Glance, settled
from include.domain.order import Order
from include.domain.plan import parts_needed
from include.domain.policy import TaxRule, TenderRule
from include.domain.proof import Proof, prove
from include.sandbox.bigcommerce.orders import stated
from include.sandbox.bigcommerce.shop import Kept, Shop
from include.sandbox.ground import Answer, Clock
from include.sandbox.order_builder import OrderBuilder, an_order, as_json
from include.wire.bigcommerce_glance import glance_of
from include.wire.bigcommerce_order import order_of

LISTED = frozenset({"consignments.line_items", "fees"})
IN_FULL = replace(POLICY, tenders=(TenderRule("card_clearing", "615", in_full=True), *POLICY.tenders))
#: Two rules for one place: cheap lines are near to both rates, so that only rows tell.
TWO_RATES = replace(IN_FULL, tax_rules=(*IN_FULL.tax_rules, TaxRule("au-half", "INPUT", D("9.9"), country="AU")))
BY_CLASS = replace(IN_FULL, tax_rules=(TaxRule("au-food", "OUTPUT", D(10), country="AU", tax_class="Food"),))
POLICIES = (POLICY, IN_FULL, TWO_RATES, BY_CLASS, replace(IN_FULL, tax_detail="always"), US_POLICY)


@st.composite
def ordinary_orders(draw) -> OrderBuilder:
    """Lines and shipping, paid by card; some lines so cheap that several rates explain their tax."""
    told = an_order(draw(st.integers(1, 10**6)))
    if draw(st.booleans()):
        told = told.prices_without_tax()
    for sku in draw(st.lists(st.sampled_from(SKUS), min_size=1, max_size=4, unique=True)):
        tax = draw(st.sampled_from([("GST", "10"), ("GST", "10"), ("GST Free", "0")]))
        told = told.line(sku, price=draw(cents(1, 9_000)), quantity=draw(st.integers(1, 5)), tax=tax)
    if draw(st.booleans()):
        told = told.shipping(draw(cents(1, 3_000)))
    return told.bought_by("Jo Park", customer=7).paid("card")


def listed(told: OrderBuilder) -> dict:
    """The order as the shop's list states it."""
    shop = Shop(Clock())
    bundle = json.loads(as_json(told.build()))
    shop.put(bundle)
    kept: Kept = shop.get(bundle["order"]["id"])
    return json_of(Answer(body=stated(shop, kept, LISTED)).encoded())


def glanced(row: dict) -> tuple[Glance | None, Order]:
    order = order_of({"order": row})
    assert isinstance(order, Order), order
    return glance_of(row), order


@given(st.one_of(orders(), ordinary_orders()))
def test_the_glance_sees_what_the_whole_look_sees(told):
    glance, order = glanced(listed(told))

    if glance is not None:
        for name in ("created_at", "modified_at", "status_id", "archived", "payment_method", "payment_status"):
            assert getattr(glance, name) == getattr(order, name)
        assert (glance.currency, glance.total_inc) == (order.currency, order.total_inc)
        assert glance.inclusive is order.prices_include_tax
        proof = prove(order, 10**9)  # whatever the gap: the pieces are what is compared
        assert isinstance(proof, Proof)
        assert glance.pieces == tuple(replace(piece, line=None) for piece in proof.pieces)


@given(st.one_of(orders(), ordinary_orders()), st.sampled_from(POLICIES))
def test_what_the_glance_calls_settled_needs_no_part_by_the_whole_look_either(told, policy):
    glance, order = glanced(listed(told))
    reference = US_REFERENCE if policy is US_POLICY else REFERENCE

    if glance is not None and settled(glance, policy, reference):
        assert parts_needed(order, policy, reference) == frozenset()


def an_ordinary_order() -> OrderBuilder:
    return an_order(1042).line("MUG", price="22.00", quantity=2).shipping("11.00").paid("card")


def test_an_ordinary_paid_order_is_settled_at_a_glance():
    glance, _ = glanced(listed(an_ordinary_order()))

    assert glance is not None
    assert settled(glance, IN_FULL, REFERENCE)
    assert not settled(glance, POLICY, REFERENCE)  # nobody said that its way of paying is charged in full at once


def test_a_store_that_needs_another_part_of_every_order_settles_none_at_a_glance():
    glance, _ = glanced(listed(an_ordinary_order()))

    assert glance is not None
    for needing in ({"b2b_edition": True}, {"tax_detail": "always"}, {"tax_posting": "liability_line"}):
        assert not settled(glance, replace(IN_FULL, **needing), REFERENCE), needing


def test_a_cheap_line_that_two_rates_explain_is_not_settled_at_a_glance():
    glance, _ = glanced(listed(an_order(1042).line("PIN", price="0.50").paid("card")))

    assert glance is not None
    assert settled(glance, IN_FULL, REFERENCE)
    assert not settled(glance, TWO_RATES, REFERENCE)


def test_yen_are_not_measured_with_the_tolerance_of_cents():
    """A tax of 4 yen too much on 1,100 lies within the tolerance of yen, 5, and not within that of cents, 0.05."""
    glance, _ = glanced(listed(an_ordinary_order()))

    assert glance is not None
    (piece, *_) = glance.pieces
    yen = replace(glance, currency="JPY", pieces=(replace(piece, amount=D(1100), tax=D(104)),))
    assert settled(yen, IN_FULL, REFERENCE)
    assert not settled(replace(yen, currency="AUD"), IN_FULL, REFERENCE)


def test_every_field_that_the_glance_reads_is_missed_when_it_is_not_there():
    row = listed(an_ordinary_order())
    for name in ("is_deleted", "fees", "consignments", "total_inc_tax", "date_created", "payment_status"):
        assert glance_of({key: value for key, value in row.items() if key != name}) is None, name


def test_an_order_with_a_discount_a_fee_or_two_deliveries_is_looked_at_whole():
    row = listed(an_ordinary_order())
    (delivery,) = row["consignments"]["shipping"]
    line = delivery["line_items"][0]
    for unusual in (
        row | {"fees": [{"id": 1}]},
        row | {"handling_cost_ex_tax": "1.0000"},
        row | {"gift_certificate_amount": "5.0000"},
        row | {"is_tax_inclusive_pricing": None},
        row | {"total_inc_tax": "5_5"},
        row | {"consignments": row["consignments"] | {"shipping": [delivery, delivery]}},
        row | {"consignments": row["consignments"] | {"downloads": [{"line_items": [line]}]}},
        row
        | {
            "consignments": row["consignments"]
            | {"shipping": [delivery | {"line_items": [line | {"applied_discounts": [{"amount": "1.00"}]}]}]}
        },
    ):
        assert glance_of(unusual) is None
