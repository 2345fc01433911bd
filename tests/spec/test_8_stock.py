"""accounting.md 8: how much the shop may sell. Too much and goods are sold twice, too little and the shop stands still."""

from collections import Counter

import pytest
from given import D, order
from hypothesis import given
from hypothesis import strategies as st

from include.domain.outcome import Hold, Skip
from include.domain.stock import Adjustment, Kit, Seen, StockPolicy, decide, offers, pending_units
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
    assert each.words == "10 on hand less 3 sold and not yet there: 7 may be sold; the shop has 10."


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
        "Adjusted lately, and the shop does not show it yet. 10 on hand: 10 may be sold; the shop has 4."
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
        "10 on hand less 3 sold and not yet there less 2 kept back: 5 may be sold; the shop has 10.",
        "10 on hand less 2 kept back: 8 may be sold; the shop has 8.",
        "2.5 on hand: 2 may be sold; the shop has 0.",
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
            "16 of 30 items would change at once, more than 50%. 5 on hand: 5 may be sold; the shop has 4."
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
        assert (
            each.decision.sentence == "MUG sold this week and would go to 0. 0 on hand: 0 may be sold; the shop has 3."
        )
        assert (each.seen.sku, each.target, each.words) == ("MUG", 0, "0 on hand: 0 may be sold; the shop has 3.")
        assert each.decision.to_do().startswith("Look at the source's quantity; if it is right, make stock-release")
        assert decided(seen("0", 3))[0].decision == Adjustment("MUG", 1, "absolute", 0)


class TestPendingUnits:
    """Units in the shop's orders whose approval in Xero is not confirmed."""

    def test_only_what_xero_has_not_approved_counts(self):
        two = [
            order(an_order(1).line("MUG", price="22.00", quantity=2)),
            order(an_order(2).line("MUG", price="22.00", quantity=3).line("TEA", price="11.00")),
        ]

        assert pending_units(two, frozenset({1}), LIVE) == Counter({"MUG": 3, "TEA": 1})

    def test_lines_of_one_sku_add_up_and_a_line_without_one_moves_no_stock(self):
        from dataclasses import replace

        two = order(an_order(1).line("MUG", price="22.00", quantity=2).line("TEA", price="11.00"))
        mug, tea = two.lines

        assert pending_units([replace(two, lines=(mug, replace(tea, sku="MUG")))], frozenset(), LIVE) == {"MUG": 3}
        assert dict(pending_units([replace(two, lines=(replace(mug, sku=""),))], frozenset(), LIVE)) == {}
        assert dict(pending_units([replace(two, lines=(mug, replace(tea, quantity=0)))], frozenset(), LIVE)) == {
            "MUG": 2
        }

    @pytest.mark.parametrize("status", [0, 5, 6])
    def test_what_was_never_sold_does_not_count(self, status):
        assert pending_units([order(an_order(1).status(status))], frozenset(), LIVE) == Counter()

    def test_what_was_refunded_is_off_the_shelf_unless_a_setting_says_that_goods_come_back(self):
        refunded = [order(an_order(1).status(4))]

        assert pending_units(refunded, frozenset(), LIVE) == {"MUG": 1}
        assert pending_units(refunded, frozenset(), StockPolicy(1, restocks=True)) == {}

    def test_a_refund_that_comes_back_ends_nothing_for_the_orders_after_it(self):
        two = [order(an_order(1).status(4)), order(an_order(2).line("TEA", price="11.00"))]

        assert pending_units(two, frozenset(), StockPolicy(1, restocks=True))["TEA"] == 1

    def test_a_kit_counts_against_each_of_its_parts_and_a_renamed_sku_against_its_item(self):
        policy = StockPolicy(1, kits={"SET": Kit({"MUG": 2, "TEA": 1}, 5)}, item_codes={"MUG-OLD": "MUG"})
        sold = [order(an_order(1).line("SET", price="40.00", quantity=3).line("MUG-OLD", price="9.00", quantity=2))]

        assert pending_units(sold, frozenset(), policy) == {"MUG": 8, "TEA": 3}

    @pytest.mark.parametrize("status", [1, 7, 11, 9, 2, 10, 4])
    def test_what_the_shop_has_promised_counts_whether_paid_or_not(self, status):
        assert pending_units([order(an_order(1).status(status))], frozenset(), LIVE) == Counter({"MUG": 1})


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


class TestKitsAndItemsOfSeveralSkus:
    """Whatever is offered under several names is offered once."""

    def kit(self, offer):
        return {"SET": Kit({"MUG": 2, "TEA": 1}, offer)}

    def test_a_kit_is_set_aside_and_its_parts_are_not_sold_a_second_time(self):
        found = decided(
            seen("10", 0), seen("4", 0, sku="TEA"), Seen("SET", "item", None, 0, 0, False), kits=self.kit(3)
        )

        assert {each.seen.sku: each.target for each in found} == {"SET": 3, "MUG": 4, "TEA": 1}

    def test_there_are_no_more_kits_than_the_scarcest_part_allows(self):
        found = decided(
            seen("10", 0), seen("1", 0, sku="TEA"), Seen("SET", "item", None, 0, 0, False), kits=self.kit(3)
        )

        assert {each.seen.sku: each.target for each in found} == {"SET": 1, "MUG": 8, "TEA": 0}
        assert found[2].words == "1 of at most 3 can be made of 2 x MUG, 1 x TEA; the shop has 0."

    def test_a_kit_that_the_shop_does_not_stock_takes_nothing_aside(self):
        found = decided(
            seen("10", 0), seen("4", 0, sku="TEA"), Seen("SET", "item", None, 0, None, False), kits=self.kit(3)
        )

        assert {each.seen.sku: each.target for each in found} == {"SET": 0, "MUG": 10, "TEA": 4}

    def test_two_skus_of_one_item_share_it(self):
        found = decided(Seen("A", "item", D(7), 0, 0, False, code="X"), Seen("B", "item", D(7), 0, 0, False, code="X"))

        assert [each.target for each in found] == [4, 3]
        assert found[0].words == "7 of X on hand: 4 may be sold; the shop has 0."

    def test_a_sku_of_an_item_that_the_shop_does_not_stock_takes_no_share(self):
        found = decided(
            Seen("A", "item", D(7), 0, None, False, code="X"), Seen("B", "item", D(7), 0, 0, False, code="X")
        )

        assert [each.target for each in found] == [0, 7]

    def test_kits_come_before_what_is_sold_by_itself_whatever_their_names(self):
        kits = {"A-SET": Kit({"MUG": 1}, 2), "Z-SET": Kit({"MUG": 1}, 2)}
        sets = [Seen(name, "item", None, 0, 0, False) for name in ("Z-SET", "A-SET")]

        found = decided(seen("3", 0), *sets, kits=kits)

        assert {each.seen.sku: each.target for each in found} == {"A-SET": 2, "Z-SET": 1, "MUG": 0}

    def test_units_are_kept_back_of_each_item_by_its_code(self):
        of_x = Seen("A", "item", D(9), 0, 0, False, code="X")
        found = decided(of_x, seen("9", 0), safety=1, safety_of={"X": 4})

        assert [(each.target, each.words) for each in found] == [
            (5, "9 of X on hand less 4 kept back: 5 may be sold; the shop has 0."),
            (8, "9 on hand less 1 kept back: 8 may be sold; the shop has 0."),
        ]

    def test_a_kit_of_which_a_part_was_not_stated_is_not_offered(self):
        [each] = decided(Seen("SET", "item", None, 0, 4, False), kits=self.kit(3))

        assert each.target == 0


class TestSeveralLocations:
    """What is sold and not seen yet leaves the location that orders are sent from, then the others."""

    def at(self, location_id, on_hand, pending=0, **more):
        return Seen("MUG", "item", D(on_hand), pending, 0, False, location_id=location_id, **more)

    def test_each_location_has_its_own_level(self):
        found = decided(self.at(1, 5, pending=2), self.at(2, 4, pending=2), locations=(1, 2))

        assert {each.seen.location_id: each.target for each in found} == {1: 3, 2: 4}

    def test_what_the_first_does_not_have_is_taken_from_the_next(self):
        found = decided(self.at(2, 4, pending=6), self.at(1, 3, pending=6), locations=(1, 2))
        from_the_far_one = decide([self.at(2, 4, pending=6), self.at(7, 3, pending=6)], StockPolicy(7, (2,)))

        assert {each.seen.location_id: each.target for each in found} == {1: 0, 2: 1}
        assert {each.seen.location_id: each.target for each in from_the_far_one} == {7: 0, 2: 1}

    def test_units_at_a_place_that_people_keep_are_not_offered_elsewhere(self):
        [each] = decided(self.at(1, 10, elsewhere=4))

        assert (each.target, each.words) == (6, "10 on hand less 4 at other locations: 6 may be sold; the shop has 0.")

    def test_a_location_that_is_disabled_is_left_alone(self):
        [each] = decided(self.at(1, 10, closed=True))

        assert (each.decision.reason, each.target) == ("location_closed", 10)
        assert each.decision.sentence == "Location 1 is disabled. 10 on hand: 10 may be sold; the shop has 0."


class TestWhatDoesNotStayAsItWasSet:
    """Another app, or a person, sets the level too: two that correct each other would never end."""

    def test_a_level_that_moved_by_itself_is_corrected_and_said(self):
        from dataclasses import replace

        [each] = decided(replace(seen("10", 12), drift=2, unsteady=1))

        assert each.decision == Adjustment("MUG", 1, "relative", -2)
        assert each.words.endswith("the shop has 12. It moved by +2 without a sale or an adjustment of ours.")

    def test_the_third_time_in_a_row_it_waits_for_a_person(self):
        from dataclasses import replace

        [each] = decided(replace(seen("10", 12), drift=2, unsteady=3))
        [let_through] = decided(replace(seen("10", 12), drift=2, unsteady=3, released=True))

        assert (each.decision.reason, each.target) == ("level_unsteady", 10)
        assert each.decision.sentence == (
            "MUG does not stay as we set it, 3 runs in a row. 10 on hand: 10 may be sold; the shop has 12. "
            "It moved by +2 without a sale or an adjustment of ours."
        )
        assert let_through.decision == Adjustment("MUG", 1, "relative", -2)

    def test_an_item_that_left_the_source_keeps_its_level_until_a_person_says_so(self):
        from dataclasses import replace

        [each] = decided(replace(seen("10", 12), in_xero=None, gone=True))

        assert (each.decision.reason, each.target, each.decision.figures) == ("anomaly", 0, {})
        assert each.decision.sentence == "MUG was set from the source before, and the source does not name it any more."
        assert each.decision.to_do() == "Bring it back there, or let it go by releasing it."


def test_a_feed_that_empties_a_fifth_of_a_shop_is_held_where_it_empties():
    feed = [seen("0" if index < 7 else "5", 5, sku=f"S{index}") for index in range(30)]

    found = decided(*feed)

    assert [type(each.decision) for each in found].count(Hold) == 7
    assert found[0].decision.sentence.startswith("7 of 30 items would go to 0 at once, more than 20%.")
    assert not any(isinstance(each.decision, Hold) for each in decided(*feed[2:]))


def test_a_fifth_is_let_through_and_what_does_not_empty_never_counts():
    fifth = [seen("0" if index < 6 else "5", 5, sku=f"S{index}") for index in range(30)]
    lower = [seen("3" if index < 12 else "5", 5, sku=f"S{index}", sold=True) for index in range(30)]

    assert not any(isinstance(each.decision, Hold) for each in decided(*fifth))
    assert not any(isinstance(each.decision, Hold) for each in decided(*lower))


def test_what_a_person_released_passes_every_guard():
    from dataclasses import replace

    feed = [replace(seen("0", 5, sku=f"S{index}", sold=True), released=index == 0) for index in range(30)]

    found = decided(*feed)

    assert found[0].decision == Adjustment("S0", 1, "absolute", 0)
    assert all(isinstance(each.decision, Hold) for each in found[1:])


ITEMS = ("A", "B", "C")


@st.composite
def shelves(draw):
    """Any shop: items at up to three locations, sold under their own name, another name, or within kits."""
    places = draw(st.lists(st.sampled_from([1, 2, 3]), min_size=1, max_size=3, unique=True))
    pending = {code: draw(st.integers(0, 12)) for code in ITEMS}
    codes = {f"{code}-2": code for code in ITEMS if draw(st.booleans())}
    kits = {
        name: Kit(draw(st.dictionaries(st.sampled_from(ITEMS), st.integers(1, 3), min_size=1)), draw(st.integers(0, 6)))
        for name in draw(st.lists(st.sampled_from(["KIT", "SET"]), unique=True))
    }
    stocked = st.one_of(st.none(), st.integers(0, 30))
    found = []
    for at in places:
        for code in ITEMS:
            on_hand = D(draw(st.integers(-5, 25)))
            for sku in (code, *(name for name, item in codes.items() if item == code)):
                found.append(Seen(sku, "id", on_hand, pending[code], draw(stocked), False, location_id=at, code=code))
    found += [Seen(name, "id", None, 0, draw(stocked), False, location_id=1) for name in kits if 1 in places]
    policy = StockPolicy(1, tuple(places), kits=kits, item_codes=codes, safety=draw(st.integers(0, 3)))
    return found, policy, pending


@given(shelves())
def test_all_that_is_offered_under_all_names_at_all_places_is_never_more_than_there_is(town):
    seen_all, policy, pending = town

    offered = offers(seen_all, policy)

    for code in ITEMS:
        on_hand = {each.location_id: max(0, int(each.in_xero)) for each in seen_all if each.sku == code}
        promised = sum(units * policy.items_of(sku).get(code, 0) for (sku, _), units in offered.items())
        assert promised <= max(0, sum(on_hand.values()) - pending[code] - policy.kept_back(code))
        for at, there in on_hand.items():
            assert (
                sum(n * policy.items_of(sku).get(code, 0) for (sku, place), n in offered.items() if place == at)
                <= there
            )
    assert all(units >= 0 for units in offered.values())
