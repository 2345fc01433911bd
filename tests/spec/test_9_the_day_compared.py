"""accounting.md 9: three columns must agree, and where they do not, what is named explains it to the cent, each thing once."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from given import D
from hypothesis import given
from hypothesis import strategies as st

from include.domain.reconciliation import CAUSES
from include.domain.reconciling import (
    ON_ITS_WAY,
    WAITS_BY_RULE,
    InLedger,
    InShop,
    InXero,
    Item,
    Stray,
    as_posted,
    cause_of,
    compare,
    tenders_of,
)

DAY = date(2026, 11, 24)
NEXT = DAY + timedelta(days=1)
TOLERANCE = 5

amounts = st.decimals(min_value=1, max_value=9999, places=2)
days = st.sampled_from([DAY, NEXT, DAY - timedelta(days=1)])
whats = st.sampled_from(["sales", "refunds", "payments"])
currencies = st.sampled_from(["AUD", "NZD", "JPY"])


def agreeing(order="1", what="sales", currency="AUD", amount="44.00", day=DAY, **more):
    """A thing that all three sides know alike."""
    amount = D(amount)
    number = f"BC-{order}"
    return Item(
        order,
        what,
        currency,
        InShop(amount, day),
        InLedger(amount, day, number, "615", "posted"),
        InXero(amount, day),
        **more,
    )


def never_posted(item, **ledger):
    return replace(item, ledger=InLedger(**ledger), xero=None)


FAULTS = {
    "missing": lambda item: never_posted(replace(item, what="sales")),
    "refund_missing": lambda item: never_posted(replace(item, what="refunds")),
    "still_held": lambda item: never_posted(item, outcome="held", reason="tax_unexplained", sentence="No rate fits."),
    "on_its_way": lambda item: never_posted(item, outcome="failed", reason="vendor_down"),
    "waits_by_rule": lambda item: never_posted(item, outcome="skipped", reason="waits_for_clearing"),
    "missing_in_xero": lambda item: replace(item, what="sales", xero=None),
    "payment_missing": lambda item: replace(item, what="payments", xero=None),
    "cents": lambda item: replace(item, what="sales", currency="AUD", xero=InXero(item.xero.amount + D("0.05"), DAY)),
    "edited_in_xero": lambda item: replace(item, what="sales", xero=InXero(item.xero.amount + 10, DAY)),
    "changed_in_shop": lambda item: replace(item, shop=InShop(item.shop.amount + 10, DAY, changed=True)),
    "deleted_in_shop": lambda item: replace(item, shop=None, deleted=True),
    "another_day": lambda item: replace(item, shop=replace(item.shop, day=NEXT)),
    "accepted": lambda item: replace(item, shop=InShop(item.shop.amount + 10, DAY, accepted=True)),
}


@st.composite
def sound_days(draw):
    kinds = draw(st.lists(st.tuples(whats, currencies, amounts), max_size=12))
    return [agreeing(str(n), what, currency, amount) for n, (what, currency, amount) in enumerate(kinds, start=1)]


@given(sound_days())
def test_a_day_whose_sides_agree_has_equal_columns_and_nothing_to_name(items):
    rows, differences = compare(items, [], DAY, TOLERANCE)

    assert differences == ()
    assert all(row.agrees for row in rows)
    assert sum(row.shop.count for row in rows) == len(items)


@given(
    sound_days(),
    st.lists(st.tuples(st.sampled_from(sorted(FAULTS)), whats, amounts), min_size=1, max_size=6),
    st.randoms(),
)
def test_each_planted_fault_is_named_once_with_its_cause_and_nothing_else_is(items, planted, random):
    broken = [
        FAULTS[cause](agreeing(str(100 + n), what, "AUD", amount)) for n, (cause, what, amount) in enumerate(planted)
    ]
    day = [*items, *broken]
    random.shuffle(day)

    _, differences = compare(day, [], DAY, TOLERANCE)

    assert {(each.order_key, each.cause) for each in differences} == {
        (str(100 + n), cause) for n, (cause, _, _) in enumerate(planted)
    }
    assert len(differences) == len(planted)


sides = st.one_of(st.none(), amounts)
shops = st.builds(
    InShop, amounts, st.one_of(days, st.none()), changed=st.booleans(), recent=st.booleans(), accepted=st.booleans()
)
ledgers = st.builds(
    InLedger,
    amount=sides,
    day=days,
    account=st.sampled_from(["615", "616"]),
    outcome=st.sampled_from(["", "posted", "unchanged", "skipped", "held", "failed"]),
    reason=st.sampled_from(["", "dropped", *WAITS_BY_RULE, *ON_ITS_WAY]),
)
xeros = st.builds(InXero, amounts, days, st.sampled_from([(), ("tax was 1.00 and is 2.00",)]))
any_items = st.builds(
    Item,
    order_key=st.integers(1, 999).map(str),
    what=whats,
    currency=currencies,
    shop=st.one_of(st.none(), shops),
    ledger=ledgers,
    xero=st.one_of(st.none(), xeros),
    counts=st.booleans(),
    deleted=st.booleans(),
)
strays = st.builds(
    Stray,
    order_key=st.sampled_from(["", "7"]),
    cause=st.sampled_from(["doubled", "not_ours", "payment_not_ours"]),
    what=whats,
    currency=currencies,
    amount=amounts,
    number=st.just("X-1"),
)


@given(st.lists(any_items, max_size=10), st.lists(strays, max_size=3))
def test_whatever_comes_the_columns_differ_by_exactly_what_is_named(items, others):
    rows, differences = compare(items, others, DAY, TOLERANCE)

    named = {(each.what, each.currency) for each in differences}
    for row in rows:
        among = [each for each in differences if (each.what, each.currency) == (row.what, row.currency)]
        shop, ledger, xero = (
            sum(((getattr(each, side) or D(0)) for each in among), D(0)) for side in ("shop", "ledger", "xero")
        )
        assert row.shop.amount - row.ledger.amount == shop - ledger
        assert row.ledger.amount - row.xero.amount == ledger - xero
        if (row.what, row.currency) not in named:
            assert row.agrees
    for each in differences:
        assert each.cause in CAUSES
        assert each.sentence
        assert each.remedy


@pytest.mark.parametrize(("what", "cause"), [("sales", "missing_in_xero"), ("payments", "payment_missing")])
def test_what_was_posted_and_is_known_to_be_voided_is_missed_there_and_not_here(what, cause):
    voided = never_posted(agreeing(what=what), outcome="unchanged", number="BC-1")

    [difference] = compare([voided], [], DAY, TOLERANCE)[1]

    assert (difference.cause, difference.number, difference.ledger) == (cause, "BC-1", None)


@pytest.mark.parametrize(("by", "cause"), [("0.05", "cents"), ("-0.05", "cents"), ("0.06", "edited_in_xero")])
def test_the_tolerance_is_the_stores_and_a_cent_more_is_an_edit(by, cause):
    item = agreeing()

    assert cause_of(replace(item, xero=InXero(item.xero.amount + D(by), DAY)), DAY, TOLERANCE) == cause


def test_five_yen_are_the_tolerance_where_money_has_no_cents():
    item = agreeing(currency="JPY", amount="4400")

    assert cause_of(replace(item, xero=InXero(D(4405), DAY)), DAY, TOLERANCE) == "cents"


def test_what_the_shop_changed_a_moment_ago_is_on_its_way_and_not_yet_a_fault():
    shop = InShop(D("50.00"), DAY, changed=True, recent=True)

    assert cause_of(replace(agreeing(), shop=shop), DAY, TOLERANCE) == "on_its_way"
    assert cause_of(never_posted(replace(agreeing(), shop=shop)), DAY, TOLERANCE) == "on_its_way"


def test_a_change_without_a_change_of_the_total_is_named_too():
    [difference] = compare([replace(agreeing(), shop=InShop(D("44.00"), DAY, changed=True))], [], DAY, TOLERANCE)[1]

    assert (difference.cause, difference.shop, difference.xero) == ("changed_in_shop", D("44.00"), D("44.00"))


def test_what_is_gone_in_xero_is_told_before_what_changed_in_the_shop():
    item = replace(agreeing(), shop=InShop(D("50.00"), DAY, changed=True), xero=None)

    assert cause_of(item, DAY, TOLERANCE) == "missing_in_xero"


def test_an_edit_names_all_that_was_and_is():
    xero = InXero(D("40.00"), NEXT, ("tax was 4.00 and is 3.64",))

    [difference] = compare([replace(agreeing(), xero=xero)], [], DAY, TOLERANCE)[1]

    for words in ("tax was 4.00 and is 3.64", "total was 44.00 and is 40.00", "date was 2026-11-24 and is 2026-11-25"):
        assert words in difference.sentence


def test_a_hold_speaks_in_its_own_words_and_falls_back_to_the_causes():
    told = never_posted(agreeing(), outcome="held", sentence="No rate fits.", remedy="Map it.")
    untold = never_posted(agreeing("2"), outcome="held")

    first, second = compare([told, untold], [], DAY, TOLERANCE)[1]

    assert (first.sentence, first.remedy) == ("No rate fits.", "Map it.")
    assert (second.sentence, second.remedy) == (CAUSES["still_held"].sentence, CAUSES["still_held"].remedy)


def test_a_later_part_of_an_order_adds_to_the_sum_and_not_to_the_count():
    [row] = compare([agreeing(), agreeing(amount="6.00", counts=False)], [], DAY, TOLERANCE)[0]

    assert (row.shop.count, row.shop.amount, row.agrees) == (1, D("50.00"), True)


def test_an_order_that_nobody_asked_about_is_taken_as_it_was_posted_on_a_day_of_its_own():
    item = as_posted(replace(agreeing(), shop=None), None)

    assert cause_of(item, DAY, TOLERANCE) == "another_day"
    assert as_posted(never_posted(agreeing()), None).shop == agreeing().shop


def test_payments_are_summed_by_the_account_that_they_stand_on_and_what_went_out_is_taken_off():
    items = [
        agreeing("1", "payments", amount="44.00"),
        agreeing("2", "payments", amount="-10.00"),
        replace(agreeing("3", "payments", amount="5.00"), xero=None),
        agreeing("4", "sales", amount="1000.00"),
    ]
    items = [replace(each, xero=replace(each.xero, account="615")) if each.xero else each for each in items]
    other = Stray("5", "payment_not_ours", "payments", "AUD", D("7.00"), "BC-5", "616")

    card, paypal = tenders_of(items, [other], DAY)

    assert (card.account, card.ledger.count, card.ledger.amount) == ("615", 3, D("39.00"))
    assert (card.xero.count, card.xero.amount) == (2, D("34.00"))
    assert (paypal.account, paypal.ledger.count, paypal.xero.amount) == ("616", 0, Decimal("7.00"))


def test_only_what_needs_nobody_is_explained():
    assert {cause for cause, meaning in CAUSES.items() if meaning.is_explained} == {
        "another_day",
        "waits_by_rule",
        "accepted",
    }


def test_rows_and_differences_come_as_a_bookkeeper_reads_sales_first_and_orders_by_number():
    items = [
        replace(agreeing(order, what, currency), xero=None)
        for order, what, currency in (
            ("10", "payments", "AUD"),
            ("10", "sales", "NZD"),
            ("9", "sales", "AUD"),
            ("1", "refunds", "AUD"),
        )
    ]

    rows, differences = compare(items, [], DAY, TOLERANCE)

    assert [(row.what, row.currency) for row in rows] == [
        ("sales", "AUD"), ("sales", "NZD"), ("refunds", "AUD"), ("payments", "AUD"),
    ]  # fmt: skip
    assert [(each.what, each.order_key) for each in differences] == [
        ("sales", "9"), ("sales", "10"), ("refunds", "1"), ("payments", "10"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("item", "counts"),
    [
        (never_posted(agreeing()), (1, 0, 0)),
        (replace(agreeing(), shop=None, xero=None), (0, 1, 0)),
        (Item("1", "sales", "AUD", None, InLedger(), InXero(D(44), DAY)), (0, 0, 1)),
    ],
)
def test_a_row_is_there_as_soon_as_one_side_has_something(item, counts):
    [row] = compare([item], [], DAY, TOLERANCE)[0]

    assert (row.shop.count, row.ledger.count, row.xero.count) == counts
    assert not row.agrees


def test_a_thing_of_another_day_makes_no_row():
    assert compare([agreeing(day=NEXT)], [], DAY, TOLERANCE) == ((), ())


def test_a_stray_adds_to_what_xero_has_and_bears_its_number():
    stray = Stray("1", "doubled", "sales", "AUD", D("44.00"), "INV-7")

    [row], [difference] = compare([agreeing()], [stray], DAY, TOLERANCE)

    assert (row.xero.count, row.xero.amount) == (2, D("88.00"))
    assert (difference.number, difference.xero, difference.shop) == ("INV-7", D("44.00"), None)


def sides_of(shop=DAY, ledger=DAY, xero=DAY, **changed):
    """A thing that each side dates as said; None: the side was not asked, or has nothing."""
    amount = D("44.00")
    return Item(
        "1",
        changed.pop("what", "sales"),
        "AUD",
        InShop(changed.pop("amount", amount), shop, **changed.pop("told", {})),
        InLedger(amount, ledger, "BC-1", "615", changed.pop("outcome", "posted")),
        None if xero is None else InXero(changed.pop("there", amount), xero),
        **changed,
    )


@pytest.mark.parametrize(
    ("item", "cause"),
    [
        # no side has it on the day
        (sides_of(NEXT, NEXT, None), None),
        (sides_of(NEXT, NEXT, None, told={"changed": True}), None),
        (sides_of(None, NEXT, None, deleted=True), None),
        # the shop alone: Xero is asked about the days that the books have it on
        (sides_of(DAY, NEXT, None), "another_day"),
        (sides_of(DAY, NEXT, None, told={"changed": True}), "changed_in_shop"),
        (sides_of(DAY, NEXT, None, deleted=True), "deleted_in_shop"),
        (sides_of(DAY, NEXT, NEXT), "another_day"),
        # the books alone
        (sides_of(NEXT, DAY, DAY), "another_day"),
        (sides_of(None, DAY, DAY), "another_day"),
        (sides_of(NEXT, DAY, None), "missing_in_xero"),
        (sides_of(NEXT, DAY, NEXT), "edited_in_xero"),
        # Xero alone: it was moved there
        (sides_of(NEXT, NEXT, DAY), "edited_in_xero"),
        (sides_of(NEXT, NEXT, DAY, what="payments"), "payment_missing"),
        # what changed, by how it ended when somebody tried
        (sides_of(amount=D("50.00"), outcome="held"), "still_held"),
        (sides_of(amount=D("50.00"), outcome="failed"), "on_its_way"),
        (sides_of(amount=D("50.00"), told={"accepted": True, "changed": True, "recent": True}), "accepted"),
        (sides_of(amount=D("50.00"), told={"accepted": True}, outcome="held"), "still_held"),
        (sides_of(amount=D("50.00"), told={"changed": True, "recent": True}), "on_its_way"),
        (sides_of(amount=D("44.05")), "cents"),
        (sides_of(amount=D("44.06")), "changed_in_shop"),
        (sides_of(amount=D("44.05"), told={"changed": True}), "changed_in_shop"),
        (replace(sides_of(), shop=None), "changed_in_shop"),
        (replace(sides_of(outcome="held"), shop=None), "still_held"),
        (sides_of(what="payments", there=D("44.01")), "payment_missing"),
        (sides_of(what="refunds", there=D("44.01")), "cents"),
    ],
)  # fmt: skip
def test_one_cause_a_thing_the_nearest_to_the_books_first(item, cause):
    assert cause_of(item, DAY, TOLERANCE) == cause


@pytest.mark.parametrize("outcome", ["posted", "unchanged"])
def test_either_word_for_in_the_books_makes_it_missed_there(outcome):
    assert cause_of(never_posted(agreeing(), outcome=outcome), DAY, TOLERANCE) == "missing_in_xero"


@pytest.mark.parametrize(("day", "said"), [(NEXT, "2026-11-25"), (None, "another day")])
def test_another_day_says_both_days(day, said):
    [difference] = compare([sides_of(day, DAY, DAY)], [], DAY, TOLERANCE)[1]

    assert difference.sentence == f"In the shop it is of {said}, in the books of 2026-11-24."
    assert difference.remedy == CAUSES["another_day"].remedy


@pytest.mark.parametrize(
    ("item", "cause"),
    [
        (never_posted(agreeing(), outcome="failed", sentence="Xero did not answer."), "on_its_way"),
        (never_posted(agreeing(), reason="waits_for_clearing", sentence="Xero did not answer."), "waits_by_rule"),
    ],
)
def test_what_comes_by_itself_says_what_it_waits_for(item, cause):
    [difference] = compare([item], [], DAY, TOLERANCE)[1]

    assert difference.sentence == f"{CAUSES[cause].sentence} Xero did not answer."


def test_the_sentence_of_an_outcome_that_is_over_is_not_told_again():
    item = replace(
        sides_of(told={"changed": True}), ledger=InLedger(D("44.00"), DAY, "BC-1", sentence="It was posted.")
    )

    [difference] = compare([item], [], DAY, TOLERANCE)[1]

    assert difference.sentence == CAUSES["changed_in_shop"].sentence


def test_an_edit_reads_as_one_sentence():
    xero = InXero(D("40.00"), DAY, ("tax was 4.00 and is 3.64",))

    [difference] = compare([replace(agreeing(), xero=xero)], [], DAY, TOLERANCE)[1]

    words = "Somebody changed the document in Xero after it was posted: "
    assert difference.sentence == f"{words}tax was 4.00 and is 3.64; total was 44.00 and is 40.00."


def test_what_nobody_asked_about_stands_on_the_day_that_was_told():
    assert as_posted(agreeing(), NEXT).shop == InShop(D("44.00"), NEXT)


def test_tenders_are_kept_apart_by_currency():
    items = [agreeing("1", "payments", currency) for currency in ("NZD", "AUD")]

    assert [(each.account, each.currency) for each in tenders_of(items, [], DAY)] == [
        ("", "AUD"), ("", "NZD"), ("615", "AUD"), ("615", "NZD"),
    ]  # fmt: skip
