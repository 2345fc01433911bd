"""What went wrong for others, through the whole flow: the right outcome is what the sandbox's books then show.

The other halves are `test_complaints_of_people_and_shelves.py` and `tests/spec/test_complaints.py`, which counts that none
is forgotten.
"""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from complaint_desk import (
    MUG,
    UNPAID,
    bridge,
    changed,
    fate,
    invoices,
    known_customer,
    paid,
    put,
    store_of,
    totals,
    waiting,
    writes,
)
from test_stock_flows_back import TRACKED

from include.checks.incoming import Asked, Seen, check_incoming
from include.clients.bigcommerce import Window
from include.clients.errors import DayLimitSpent
from include.commands.held import told as told_to_people
from include.database.letters import newly_told
from include.sandbox.order_builder import an_order
from include.stages import orders
from include.stages.orders.correction import ask_for
from include.stages.orders.run import StageRed, look_again

__all__ = ("bridge", "known_customer")  # fixtures
WHOLE_YEAR = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))


# Twice, or not sure whether once


def test_c01_one_document_an_order_whoever_starts_the_run_and_the_second_attempt_finds_the_first(bridge):
    put(bridge, MUG)
    with bridge.shop() as shop:  # the scheduled run has read the order, and is slow
        slow = orders.extract(shop, bridge.books, bridge.db, bridge.store, orders.Run("orders_to_books", "scheduled"))
    bridge.run(WHOLE_YEAR, run_id="by hand")
    bridge.town.calls.clear()

    orders.check(bridge.db, bridge.store, slow)
    orders.transform(bridge.db, bridge.store, slow)
    with bridge.books() as books:
        orders.load(books, bridge.db, bridge.store, slow)
    counts = orders.audit(bridge.db, bridge.store, slow)

    assert (writes(bridge), counts["unchanged"]) == ([], 2)  # the invoice and its payment
    assert (invoices(bridge), paid(bridge)) == ([("BC-1042", "PAID", "22.00")], ["22.00"])


def test_c04_a_repeat_bears_the_same_key_is_read_back_by_its_number_and_replaces_nothing(known_customer):
    bridge = known_customer
    changed(bridge, UNPAID)
    bridge.town.stories.lose_the_next_answer("xero", writes_only=True)
    bridge.run()
    bridge.town.books.edit_invoice("BC-1042", {"Reference": "agreed with Ada"})  # before anybody repeats it

    bridge.a_while_later()
    bridge.run()

    assert ("BC-1042", "AUTHORISED", "22.00") in invoices(bridge)
    assert len(invoices(bridge)) == 2
    assert bridge.town.books.invoice("BC-1042")["Reference"] == "agreed with Ada"


def test_c05_an_answer_that_is_lost_after_xero_wrote_makes_no_second_invoice_and_no_second_payment(known_customer):
    bridge = known_customer
    changed(bridge, MUG)
    for _ in range(2):  # of the invoice, then of the payment
        bridge.town.stories.lose_the_next_answer("xero", writes_only=True)
        bridge.run()
        bridge.a_while_later()
    bridge.run()

    assert ("BC-1042", "PAID", "22.00") in invoices(bridge)
    assert (len(invoices(bridge)), paid(bridge)) == (2, ["22.00"])


def test_c07_a_correction_is_asked_for_changes_the_open_invoice_in_place_and_leaves_the_paid_and_the_locked(bridge):
    locked = replace(UNPAID, order_id=1044).placed("2026-04-13T02:00:00Z")
    put(bridge, *(each.shipping("11.00") for each in (UNPAID, replace(MUG, order_id=1043), locked)))
    bridge.run()
    accounts = bridge.store.file.accounts.model_copy(update={"shipping": "200"})
    bridge.store = replace(bridge.store, file=bridge.store.file.model_copy(update={"accounts": accounts}))
    bridge.town.books.organisation["PeriodLockDate"] = datetime(2026, 4, 30, tzinfo=UTC).date()

    for order_id in (1042, 1043, 1044):
        bridge.town.shop.touch(order_id)
    bridge.town.calls.clear()
    bridge.run()
    assert writes(bridge) == []

    ask_for(bridge.db, bridge.store, [1042, 1043, 1044])
    bridge.run()
    shipping = {each["InvoiceNumber"]: each["LineItems"][1]["AccountCode"] for each in bridge.town.books.invoices()}
    assert shipping == {"BC-1042": "200", "BC-1043": "260", "BC-1044": "260"}


def test_c08_an_event_that_comes_twice_only_wakes_the_job_and_the_order_is_read_afresh(bridge):
    put(bridge, UNPAID)
    bridge.run()
    put(bridge, UNPAID.line("CUP", price="11.00"))  # the shop's order is another by now
    for _ in range(2):
        with bridge.db.transaction():
            look_again(bridge.db, bridge.store, "1042", "event", timedelta(0))
    bridge.town.calls.clear()

    bridge.run()
    assert (invoices(bridge), len(writes(bridge))) == ([("BC-1042", "AUTHORISED", "33.00")], 1)

    with bridge.db.transaction():
        look_again(bridge.db, bridge.store, "1042", "event", timedelta(0))
    bridge.run()
    assert (len(writes(bridge)), fate(bridge)) == (1, ("unchanged", None))


@pytest.fixture
def one_bad(bridge):
    """Three orders of one run; Xero refuses the second, since five teas are sold and two are on hand."""
    bridge.town.books.add_item({"Code": "TEA", "Name": "Tea", "QuantityOnHand": 2, **TRACKED})
    five_teas = an_order(1043).line("TEA", price="11.00", quantity=5).bought_by("Ada Byron", customer=77)
    put(bridge, MUG, five_teas, replace(MUG, order_id=1044))
    bridge.run()
    return bridge


def test_c09_one_bad_invoice_costs_the_good_ones_nothing_and_no_repeat_doubles_them(one_bad):
    good = [("BC-1042", "PAID", "22.00"), ("BC-1044", "PAID", "22.00")]
    assert (invoices(one_bad), fate(one_bad, 1044)) == (good, ("posted", None))
    assert fate(one_bad, 1043)[0] in ("held", "failed")

    one_bad.town.books.add_item({"Code": "TEA", "Name": "Tea", "QuantityOnHand": 9, **TRACKED})
    one_bad.a_while_later()
    one_bad.town.shop.touch(1043)
    one_bad.run()
    assert invoices(one_bad) == sorted([*good, ("BC-1043", "PAID", "55.00")])


def test_c09_the_bad_one_says_that_the_stock_is_short(one_bad):
    assert fate(one_bad, 1043) == ("held", "stock_short")


# Tax and refunds


def test_c23_the_invoice_of_an_unpaid_order_that_is_cancelled_is_voided(bridge):
    put(bridge, UNPAID)
    bridge.run()

    changed(bridge, MUG.unpaid().status(5))
    bridge.run()

    assert (invoices(bridge), fate(bridge)[0]) == ([("BC-1042", "VOIDED", "22.00")], "posted")


def test_c23_in_a_closed_period_it_is_credited_today_and_nothing_stays_due(bridge):
    put(bridge, UNPAID)
    bridge.run()
    bridge.town.books.organisation["PeriodLockDate"] = datetime(2026, 5, 31, tzinfo=UTC).date()

    changed(bridge, MUG.unpaid().status(5))
    bridge.run()

    assert [f"{note['Total']:.2f}" for note in bridge.town.books.credit_notes()] == ["22.00"]
    assert bridge.town.books.invoice("BC-1042")["AmountDue"] == 0


def test_c24_an_order_cancelled_after_payment_is_listed_until_its_refund_credits_the_sale(bridge):
    put(bridge, MUG)
    bridge.run()

    changed(bridge, MUG.paid("card").status(5))
    bridge.run()
    assert fate(bridge) == ("held", "cancelled_with_money")
    assert "1042" in {row["order_key"] for row in waiting(bridge)}

    changed(bridge, MUG.paid("card").refunded({"MUG": 1}).status(5))
    bridge.run()
    [note] = bridge.town.books.credit_notes()
    assert (f"{note['Total']:.2f}", f"{note['RemainingCredit']:.2f}", fate(bridge)[0]) == ("22.00", "0.00", "posted")
    assert waiting(bridge) == []


def test_c28_where_xero_chose_the_sales_rate_the_refund_is_credited_at_that_rate_too(bridge):
    bridge.town.books.set_up(currencies=["AUD", "NZD"])
    sold = MUG.sent_to("NZ").in_currency("NZD", store_currency="AUD").without("MUG").line("MUG", price="22.00", tax="0")
    put(bridge, sold.unpaid("Bank Deposit").status(11))
    bridge.run()
    bridge.town.books.edit_invoice("BC-1042", {"CurrencyRate": "1.08"})  # what Xero's rate of that day was

    changed(bridge, sold.paid("card").refunded({"MUG": 1}))
    bridge.run()

    [note] = bridge.town.books.credit_notes()
    assert (f"{note['Total']:.2f}", note["CurrencyCode"]) == ("22.00", "NZD")
    assert f"{note['CurrencyRate']:.2f}" == "1.08"


# Dates and closed periods


def test_c36_a_window_is_asked_for_to_the_second_and_overlaps_the_one_before(bridge):
    bridge.run()
    bridge.run()

    asked = [call.query for call in bridge.town.calls if call.path.endswith("/v2/orders")]
    first, second = ((each["min_date_modified"], each["max_date_modified"]) for each in asked[-2:])
    moments = [datetime.fromisoformat(text) for text in (*first, *second)]
    assert all(
        moment.tzinfo is not None and "T" in text for moment, text in zip(moments, (*first, *second), strict=True)
    )
    assert moments[2] < moments[1] <= moments[3]  # the second begins before the first one's end


def test_c36_an_order_that_the_shop_lists_outside_the_window_makes_the_run_red():
    noon = datetime(2026, 6, 30, 12, tzinfo=UTC)
    asked = Asked("modified", noon - timedelta(days=1), noon, orders=1)
    stray = Seen(1042, None, {}, noon - timedelta(days=300), noon - timedelta(days=300))

    assert [rule for rule, _ in check_incoming([stray], held_share_max=1.0, asked=asked).broken] == ["freshness"]


# Limits and silence


def test_c53_the_calls_of_thirty_orders_are_known_and_few(bridge):
    """Each bought by somebody else. Asked: five settings, the plan, three pages of contacts. Written in three kinds.

    Invoices take two calls, since the first one after a change of settings goes alone.
    """
    put(bridge, *(replace(MUG.bought_by(f"Shopper {n}", customer=n), order_id=2000 + n) for n in range(1, 31)))

    bridge.run()

    asked = Counter(call.method for call in bridge.town.calls if call.vendor == "xero" and not call.is_token_call)
    assert len(invoices(bridge)) == 30
    assert asked["GET"] <= 9
    assert asked["PUT"] + asked["POST"] <= 4


def test_c54_a_day_without_calls_left_is_a_pause_and_no_order_fails(bridge):
    put(bridge, MUG)
    bridge.town.stories.spend_the_day("xero", retry_after_s=66_975)
    with pytest.raises(DayLimitSpent):
        bridge.run()
    bridge.town.clock.advance(66_976)

    bridge.run()

    assert (invoices(bridge), fate(bridge)) == ([("BC-1042", "PAID", "22.00")], ("posted", None))


def planned(bridge):
    """A run up to its plans; nothing is written yet."""
    with bridge.shop() as shop:
        batches = orders.extract(shop, bridge.books, bridge.db, bridge.store, orders.Run("orders_to_books", "run"))
    orders.check(bridge.db, bridge.store, batches)
    orders.transform(bridge.db, bridge.store, batches)
    return batches


def test_c57_rows_that_came_and_were_not_kept_turn_the_run_red(bridge):
    put(bridge, MUG, replace(MUG, order_id=1043))
    batches = planned(bridge)
    with bridge.db.transaction(), bridge.db._connection.cursor() as cursor:
        cursor.execute("DELETE FROM planned_document WHERE batch_id = ANY(%s) AND subject_key = '1043'", (batches,))
    with bridge.books() as books:
        orders.load(books, bridge.db, bridge.store, batches)

    with pytest.raises(StageRed, match="order 1043 was extracted and has no plan"):
        orders.audit(bridge.db, bridge.store, batches)


def test_c57_orders_of_a_form_that_nobody_can_read_are_each_held_and_none_is_dropped(bridge):
    bridge.town.dispatch.strict = False
    for order_id in (1042, 1043):
        bundle = replace(MUG, order_id=order_id).build()
        bundle["order"]["total_with_tax"] = bundle["order"].pop("total_inc_tax")
        bridge.town.shop.put(bundle)

    counts = bridge.run()

    bridge.town.dispatch.strict = True
    assert (counts["orders"], counts["held"]) == (2, 2)
    assert fate(bridge) == ("held", "missing_field")


def test_c59_what_waits_is_listed_with_its_age_oldest_first_and_told_to_finance_in_the_run_that_found_it(bridge):
    odd = MUG.line("OIL", price="10.70", tax=("Salt tax", "7"))
    put(bridge, odd, replace(odd, order_id=900).placed("2026-03-02T01:00:00Z"))
    bridge.run()

    assert [row["order_key"] for row in waiting(bridge)] == ["900", "1042"]
    age = (datetime.now(UTC) - datetime(2026, 3, 2, 1, tzinfo=UTC)).days
    assert f"order 900  invoice  AUD 32.70  {age} days old  tax_rate_unmapped" in told_to_people(
        waiting(bridge), totals(bridge)
    )
    assert {"900", "1042"} == {row["subject_key"] for row in newly_told(bridge.db, bridge.store.key)}
    bridge.db.rollback()


def test_c61_a_token_that_ends_in_the_middle_is_renewed_and_the_run_goes_on(bridge):
    put(bridge, MUG)
    batches = planned(bridge)
    bridge.town.calls.clear()

    with bridge.books() as books:
        books.organisation()
        bridge.town.books.tokens.revoke(for_good=False)  # between two calls of one client
        orders.load(books, bridge.db, bridge.store, batches)
    orders.audit(bridge.db, bridge.store, batches)

    assert len(bridge.town.calls.matching(vendor="xero", status=401)) == 1
    assert (invoices(bridge), fate(bridge)) == ([("BC-1042", "PAID", "22.00")], ("posted", None))


# Fields


def test_c63_a_second_shop_with_the_same_prefix_never_takes_the_first_ones_invoice_for_its_own(bridge, tmp_path):
    """Both have an order 1042 of the same shopper over 22.00, and post into one organisation."""
    put(bridge, MUG)
    bridge.run()
    second = replace(bridge, store=store_of(tmp_path / "second", f"{bridge.store.key}_second", demo1="demo2"), runs=0)

    second.run()

    assert fate(second) == ("held", "number_taken")
