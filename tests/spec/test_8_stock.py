"""accounting.md 8: how much the shop may sell. Too much and goods are sold twice, too little and the shop stands still."""

from collections import Counter

import pytest
from given import D, order
from hypothesis import given
from hypothesis import strategies as st

from include.domain.outcome import Hold, Skip
from include.domain.stock import Adjustment, Seen, StockPolicy, decide, pending_units
from include.sandbox.order_builder import an_order

LIVE = StockPolicy(location_id=1)


def seen(in_xero, in_store, *, pending=0, sku="MUG", first_use=False, sold=False):
    return Seen(sku, "item", D(in_xero), pending, in_store, first_use, sold)


def decided(*levels, **policy):
    from dataclasses import replace

    return decide(levels, replace(LIVE, **policy))


def test_what_is_sold_and_not_yet_in_xero_is_not_sold_again():
    [each] = decided(seen("10", 10, pending=3))

    assert (each.target, each.decision) == (7, Adjustment("MUG", 1, "relative", -3))
    assert each.words == "10 in Xero less 3 sold and not yet in Xero = 7; the shop has 10."


@pytest.mark.parametrize(
    ("in_xero", "pending", "safety", "target"),
    [("10", 0, 0, 10), ("10", 0, 2, 8), ("2.9", 0, 0, 2), ("1", 5, 0, 0), ("-3", 0, 0, 0), ("1", 0, 4, 0)],
)
def test_a_quantity_is_floored_lessened_and_never_below_nothing(in_xero, pending, safety, target):
    [each] = decided(seen(in_xero, 99, pending=pending), safety=safety)

    assert each.target == target


def test_the_first_use_of_a_location_is_absolute_and_all_after_it_relative():
    assert decided(seen("10", 4, first_use=True))[0].decision == Adjustment("MUG", 1, "absolute", 10)
    assert decided(seen("10", 4))[0].decision == Adjustment("MUG", 1, "relative", 6)


def test_what_does_not_differ_is_not_written():
    assert decided(seen("10", 10))[0].decision is None


def test_a_level_that_may_not_show_our_last_adjustment_is_left_alone():
    from dataclasses import replace

    [each] = decided(replace(seen("10", 4), settling=True))

    assert isinstance(each.decision, Skip)
    assert (each.target, each.decision.reason) == (10, "settling")
    assert each.decision.sentence == (
        "Adjusted lately, and the shop does not show it yet. 10 in Xero = 10; the shop has 4."
    )


def test_what_the_shop_does_not_stock_is_skipped():
    [each] = decided(seen("10", None))

    assert isinstance(each.decision, Skip)
    assert (each.decision.reason, each.decision.sentence) == ("not_in_store", "The shop has no stock row of MUG.")


def test_every_level_is_explained_by_what_was_taken_off():
    kept_back = decided(seen("10", 10, pending=3), safety=2)
    same = decided(seen("10", 8), safety=2)
    first = decided(seen("2.50", 0, first_use=True))

    assert [each.words for [each] in (kept_back, same, first)] == [
        "10 in Xero less 3 sold and not yet in Xero less 2 kept back = 5; the shop has 10.",
        "10 in Xero less 2 kept back = 8; the shop has 8.",
        "2.5 in Xero = 2; the shop has 0.",
    ]
    assert same[0].target == 8


class TestABrokenFeedMustNotEmptyAShop:
    """A change that is too large for a healthy day waits for a person."""

    def shop(self, changed, of=30):
        return [seen("5", 4 if index < changed else 5, sku=f"S{index}") for index in range(of)]

    def test_more_than_half_of_all_items_at_once_are_held(self):
        found = decided(*self.shop(16))

        assert [type(each.decision) for each in found].count(Hold) == 16
        assert found[0].decision.sentence == (
            "16 of 30 items would change at once, more than 50%. 5 in Xero = 5; the shop has 4."
        )

    def test_half_is_let_through(self):
        assert not any(isinstance(each.decision, Hold) for each in decided(*self.shop(15)))

    def test_a_small_shop_is_not_held_for_its_size(self):
        assert not any(isinstance(each.decision, Hold) for each in decided(*self.shop(5, of=5)))
        assert not any(isinstance(each.decision, Hold) for each in decided(*self.shop(19, of=19)))
        assert any(isinstance(each.decision, Hold) for each in decided(*self.shop(20, of=20)))

    def test_the_first_time_everything_may_change(self):
        first = [seen("5", 4, sku=f"S{index}", first_use=True) for index in range(30)]

        assert not any(isinstance(each.decision, Hold) for each in decided(*first))

    def test_an_item_that_sold_this_week_does_not_go_to_nothing_by_itself(self):
        [each] = decided(seen("0", 3, sold=True))

        assert isinstance(each.decision, Hold)
        assert (each.decision.reason, dict(each.decision.figures)) == ("anomaly", {"shop": "3", "would be": "0"})
        assert each.decision.sentence == "MUG sold this week and would go to 0. 0 in Xero = 0; the shop has 3."
        assert (each.seen.sku, each.target, each.words) == ("MUG", 0, "0 in Xero = 0; the shop has 3.")
        assert each.decision.to_do() == "Look at Xero's quantity, then release it."
        assert decided(seen("0", 3))[0].decision == Adjustment("MUG", 1, "relative", -3)


class TestPendingUnits:
    """Units in the shop's orders whose approval in Xero is not confirmed."""

    def test_only_what_xero_has_not_approved_counts(self):
        two = [
            order(an_order(1).line("MUG", price="22.00", quantity=2)),
            order(an_order(2).line("MUG", price="22.00", quantity=3).line("TEA", price="11.00")),
        ]

        assert pending_units(two, frozenset({1})) == Counter({"MUG": 3, "TEA": 1})

    def test_lines_of_one_sku_add_up_and_a_line_without_one_moves_no_stock(self):
        from dataclasses import replace

        two = order(an_order(1).line("MUG", price="22.00", quantity=2).line("TEA", price="11.00"))
        mug, tea = two.lines

        assert pending_units([replace(two, lines=(mug, replace(tea, sku="MUG")))], frozenset()) == {"MUG": 3}
        assert dict(pending_units([replace(two, lines=(replace(mug, sku=""),))], frozenset())) == {}
        assert dict(pending_units([replace(two, lines=(mug, replace(tea, quantity=0)))], frozenset())) == {"MUG": 2}

    @pytest.mark.parametrize("status", [0, 4, 5, 6])
    def test_what_was_never_sold_or_came_back_does_not_count(self, status):
        assert pending_units([order(an_order(1).status(status))], frozenset()) == Counter()

    @pytest.mark.parametrize("status", [1, 7, 11, 9, 2, 10])
    def test_what_the_shop_has_promised_counts_whether_paid_or_not(self, status):
        assert pending_units([order(an_order(1).status(status))], frozenset()) == Counter({"MUG": 1})


@given(
    st.decimals(-50, 500, places=2),
    st.integers(0, 600),
    st.one_of(st.none(), st.integers(0, 500)),
    st.integers(0, 50),
    st.booleans(),
)
def test_whatever_comes_the_shop_never_offers_more_than_there_is(in_xero, pending, in_store, safety, first_use):
    [each] = decided(seen(str(in_xero), in_store, pending=pending, first_use=first_use), safety=safety)

    assert 0 <= each.target <= max(0, in_xero)
    if isinstance(each.decision, Adjustment):
        after = each.decision.quantity if each.decision.how == "absolute" else in_store + each.decision.quantity
        assert after == each.target
