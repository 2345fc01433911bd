"""accounting.md 10: a day's invoice is the sum of its orders, each proven alone. A cent lost in a bucket is never found."""

import json
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import get_args

import pytest
from given import POLICY, REFERENCE, US_POLICY, US_REFERENCE, D, order
from hypothesis import given, settings
from hypothesis import strategies as st
from orders import paid_orders

from include.domain.document import CreditNote, Invoice, LineKind, Payment, RefundPayment
from include.domain.outcome import Hold
from include.domain.plan import plan_order
from include.domain.summary import (
    Bucket,
    Day,
    Member,
    Share,
    closed_at,
    contact_of_day,
    members_of,
    more_of,
    number_of_day,
    shares_of,
    single_because,
)
from include.domain.summary_documents import (
    NAMES,
    credit_note_of_day,
    invoice_of_day,
    lines_of_day,
    moved_of,
    part_of,
    payment_of_day,
    refund_payment_of_day,
)
from include.domain.xero_arithmetic import totals_of
from include.sandbox.ground import Clock
from include.sandbox.order_builder import an_order
from include.sandbox.xero.books import Books
from include.wire.xero_documents import invoice_body

NOON = datetime(2026, 11, 24, 1, tzinfo=UTC)
THE_DAY = Day(date(2026, 11, 24), 1, "AUD", "Inclusive")
SUMMED = replace(POLICY, posting="daily_summary", summary_from=date(2026, 11, 24))


def a_sale(order_id: int = 1001, price: str = "22.00"):
    return an_order(order_id).placed(NOON).line("CUP", price=price).paid("card")


def planned(told, policy=SUMMED, reference=REFERENCE):
    shop = order(told)
    return shop, plan_order(shop, policy, reference)


def why_single(told, policy=SUMMED, reference=REFERENCE, **more):
    return single_because(*planned(told, policy, reference), policy, reference, **more)


def brought(told, kind, policy=SUMMED, reference=REFERENCE) -> list[Member]:
    """What the orders' documents of this kind bring to their day."""
    return [
        member
        for each in told
        for document, member in members_of(*planned(each, policy, reference))
        if isinstance(document.decision, kind)
    ]


def day_of(told, policy=SUMMED, reference=REFERENCE) -> Invoice:
    members = brought(told, Invoice, policy, reference)
    made = invoice_of_day(members[0].day, "BC-D20261124-1", members, policy)
    assert isinstance(made, Invoice), made
    return made


def shown(made: Invoice | CreditNote) -> list[tuple[str, str, str, str, str]]:
    return [
        (line.description, f"{line.amount:.2f}", f"{line.tax:.2f}", line.account, line.tax_type) for line in made.lines
    ]


class TestADayByExample:
    """The figures that an accountant can check by hand."""

    def test_lines_by_account_and_tax_type_with_the_orders_own_taxes(self):
        """3 x 0.37 with 0.03 tax each is 0.09, where Xero would say 0.10 of 1.11: the orders' own taxes are stated."""
        told = [
            an_order(1).placed(NOON).line("PIN", price="0.37").paid("card"),
            an_order(2).placed(NOON).line("PIN", price="0.37").shipping("11.00").paid("card"),
            an_order(3).placed(NOON).line("PIN", price="0.37").line("BOOK", price="18.40", tax=("GST Free", "0")).paid("paypal"),
        ]  # fmt: skip

        made = day_of(told)

        assert shown(made) == [
            ("Sales, 1 order", "18.40", "0.00", "200", "EXEMPTOUTPUT"),
            ("Sales, 3 orders", "1.11", "0.09", "200", "OUTPUT"),
            ("Shipping, 1 order", "11.00", "1.00", "260", "OUTPUT"),
        ]
        assert (made.total, made.tax) == (D("30.51"), D("1.09"))
        assert all(line.tax_stated and line.quantity == 1 and line.item_code is None for line in made.lines)

    def test_one_payment_for_each_account_and_day_named_after_the_invoice(self):
        later = NOON + timedelta(days=1)
        told = [a_sale(1), a_sale(2), a_sale(3).paid("paypal"), a_sale(4)]
        told[2] = an_order(3).placed(NOON).line("CUP", price="22.00").paid("paypal")
        told[3] = an_order(4).placed(NOON).line("CUP", price="22.00").paid("card", at=later)

        members = brought(told, Payment)
        paid = [payment_of_day(each, part_of(each, THE_DAY, ()), THE_DAY, "BC-D1") for each in moved_of(members)]

        assert [(each.reference, f"{each.amount:.2f}", each.account) for each in paid] == [
            ("BC-D1/card_clearing", "44.00", "615"),
            ("BC-D1/card_clearing-20261125", "22.00", "615"),
            ("BC-D1/paypal_clearing", "22.00", "616"),
        ]

    def test_a_part_that_is_taken_gets_a_number(self):
        [moved] = moved_of(brought([a_sale()], Payment))

        assert part_of(moved, THE_DAY, {"card_clearing", "card_clearing-2"}) == "card_clearing-3"

    def test_refunds_of_a_day_are_one_credit_note_and_go_out_by_account(self):
        back = NOON + timedelta(days=5)
        two = an_order(1).placed(NOON).line("CUP", price="22.00", quantity=2).paid("card").settled()
        told = [two.refunded({"CUP": 1}, at=back), a_sale(2).settled().refunded({"CUP": 1}, at=back)]

        made = credit_note_of_day(*_day_and_number(brought(told, CreditNote)), brought(told, CreditNote))
        out = [
            refund_payment_of_day(each, "card_clearing", THE_DAY, "N")
            for each in moved_of(brought(told, RefundPayment))
        ]

        assert isinstance(made, CreditNote)
        assert (made.total, made.tax, made.credit_date) == (D("44.00"), D("4.00"), date(2026, 11, 29))
        assert shown(made) == [("Sales, 2 orders", "44.00", "4.00", "200", "OUTPUT")]
        assert [(each.part, each.amount) for each in out] == [("1-card_clearing", D("44.00"))]

    def test_sales_tax_that_is_a_line_of_its_own_stays_apart_by_jurisdiction(self):
        state = an_order(1).in_currency("USD").prices_without_tax().placed(NOON).taxed({"CA State": "6", "LA": "3.5"})
        told = [state.line("CUP", price="20.00").paid("card"), state.line("CUP", price="40.00").paid("card")]
        policy = replace(US_POLICY, posting="daily_summary", summary_from=date(2026, 11, 23))

        made = day_of(told, policy, US_REFERENCE)

        owed = {line.description: line.amount for line in made.lines if line.kind == "tax_liability"}
        assert sorted(owed.values()) == [D("2.10"), D("3.60")]
        assert all("2 orders" in name for name in owed)

    def test_rounding_is_only_the_sum_of_the_orders_own(self):
        up = Member(THE_DAY, D("10.01"), D(0), {_sales(): Share(D("10.00"), D(0)), _rounding(): Share(D("0.01"), D(0))})
        down = Member(
            THE_DAY, D("9.99"), D(0), {_sales(): Share(D("10.00"), D(0)), _rounding(): Share(D("-0.01"), D(0))}
        )

        assert [line.amount for line in lines_of_day([up, up]) if line.kind == "rounding"] == [D("0.02")]
        assert [line.kind for line in lines_of_day([up, down])] == ["item"]

    def test_a_sum_that_is_not_its_lines_is_held_with_both_figures(self):
        odd = Member(THE_DAY, D("22.00"), D("2.00"), {_sales(): Share(D("21.99"), D("2.00"))})

        found = invoice_of_day(THE_DAY, "BC-D1", [odd], SUMMED)

        assert isinstance(found, Hold)
        assert (found.reason, found.figures["xero"], found.figures["orders"]) == ("total_differs", "21.99", "22.00")

    def test_every_kind_of_line_has_a_name_on_a_days_invoice(self):
        assert set(get_args(LineKind)) == set(NAMES)

    def test_orders_without_tax_state_none(self):
        untaxed = an_order(1).placed(NOON).line("BOOK", price="18.40", tax=("GST Free", "0")).paid("card")

        made = day_of([untaxed], replace(SUMMED, untaxed_orders="no_tax"))

        assert made.line_amount_types == "NoTax"
        assert not any(line.tax_stated for line in made.lines)

    def test_orders_of_nothing_are_a_day_of_nothing(self):
        made = day_of([an_order(1).placed(NOON).line("CUP", price="22.00").coupon("ALL", percent="100")])

        assert shown(made) == [("Sales, 1 order", "0.00", "0.00", "200", "OUTPUT")]
        assert made.total == 0


def _day_and_number(members):
    return members[0].day, "BCR-D20261129-1"


def _sales() -> Bucket:
    return Bucket("item", "200", "OUTPUT")


def _rounding() -> Bucket:
    return Bucket("rounding", "860", "BASEXCLUDED")


class TestWhoStaysSingle:
    """A tax invoice must name its buyer; what is due, or in doubt, stands under its own number."""

    def test_a_paid_order_of_a_person_is_summed_up(self):
        assert why_single(a_sale()) is None

    @pytest.mark.parametrize(
        ("told", "because"),
        [
            (a_sale().bought_by("Ada Byron", company="Byron Pty Ltd"), "a company"),
            (a_sale(price="1000.01"), "above 1000.00"),
            (an_order().placed(NOON).line("CUP", price="22.00").unpaid(), "a draft"),
            (an_order().placed(NOON).line("CUP", price="22.00").unpaid().status(11), "0.00 of 22.00 is paid"),
            (a_sale().placed(NOON - timedelta(days=1)), "placed before 2026-11-24"),
            (an_order().placed(NOON).line("CUP", price="22.00", tax=("Moon", "3")).paid("card"), "not posted"),
            (a_sale().settled().refunded(amount="5.00"), "not simply posted"),
        ],
        ids=["a company", "large", "a draft", "not paid", "too early", "held", "a refund that is held"],
    )
    def test_and_these_are_not(self, told, because):
        assert because in (why_single(told) or "")

    def test_the_limit_itself_is_summed_up_and_a_store_may_move_it(self):
        assert why_single(a_sale(price="1000.00")) is None
        assert "above 100.00" in (why_single(a_sale(price="100.01"), replace(SUMMED, single_above=D(100))) or "")

    def test_where_no_law_names_the_buyer_there_is_no_limit(self):
        assert why_single(a_sale(price="9000.00"), replace(SUMMED, single_above=None)) is None

    def test_an_order_in_another_currency_is_compared_by_its_rate(self):
        reference = replace(REFERENCE, currencies=frozenset({"AUD", "NZD"}))
        kiwi = an_order().placed(NOON).in_currency("NZD", store_currency="AUD", rate="1.1")

        assert why_single(kiwi.line("CUP", price="1100.00").paid("card"), SUMMED, reference) is None
        assert "above" in (why_single(kiwi.line("CUP", price="1100.11").paid("card"), SUMMED, reference) or "")

    def test_by_default_every_order_is_single(self):
        assert why_single(a_sale(), POLICY)

    def test_one_that_waits_for_its_day_does_so_after_the_store_went_back(self):
        back = replace(SUMMED, posting="order")

        assert why_single(a_sale(), back)
        assert why_single(a_sale(), back, waits=True) is None

    def test_one_that_another_connector_may_have_posted_is_looked_up_alone(self):
        assert why_single(a_sale(), adopt_before=NOON + timedelta(hours=1))


class TestNumbersAndDays:
    """Deterministic and unique, so that a second create is refused instead of doubled."""

    def test_no_two_documents_of_a_store_share_a_number(self):
        days = [
            Day(dated, channel, currency, types)
            for dated in (date(2026, 11, 24), date(2026, 11, 25))
            for channel in (1, 2, 11)
            for currency in ("AUD", "NZD")
            for types in ("Inclusive", "Exclusive", "NoTax")
        ]
        made = [number_of_day(day, "BC-", "AUD", supplement) for day in days for supplement in (1, 2, 3)]

        assert len(set(made)) == len(made)
        assert max(map(len, made)) < 255
        assert number_of_day(THE_DAY, "BC-", "AUD") == "BC-D20261124-1"

    def test_a_day_is_billed_to_nobody_and_each_channel_has_its_contact(self):
        contact = contact_of_day(2, SUMMED)

        assert (contact.key, contact.number) == ("daily-2", "bc:demo1:daily-2")
        assert contact.name == "Daily sales of demo, channel 2"
        assert contact.person.email == contact.person.last_name == ""

    @pytest.mark.parametrize(
        ("now", "closed"),
        [
            ("2026-11-24T14:59:00+00:00", "2026-11-24T02:00:00+11:00"),  # 01:59 in Sydney: the day is not closed yet
            ("2026-11-24T15:00:00+00:00", "2026-11-25T02:00:00+11:00"),
            ("2026-04-04T17:00:00+00:00", "2026-04-05T02:00:00+11:00"),  # the night in which the clocks go back
        ],
    )
    def test_a_day_is_closed_two_hours_after_midnight_of_the_organisation(self, now, closed):
        assert closed_at(datetime.fromisoformat(now), "Australia/Sydney").isoformat() == closed


class TestWhatAnEditAdds:
    """Only what was added is a supplement; what became less is never netted."""

    def test_what_is_more_is_told_by_bucket(self):
        before = {_sales(): Share(D("22.00"), D("2.00"))}
        now = {_sales(): Share(D("33.00"), D("3.00")), Bucket("shipping", "260", "OUTPUT"): Share(D("5.50"), D("0.50"))}

        assert more_of(now, before) == {
            _sales(): Share(D("11.00"), D("1.00")),
            Bucket("shipping", "260", "OUTPUT"): Share(D("5.50"), D("0.50")),
        }

    def test_what_is_less_anywhere_is_a_persons_decision(self):
        before = {_sales(): Share(D("22.00"), D("2.00"))}

        assert more_of({_sales(): Share(D("40.00"), D("1.99"))}, before) is None
        assert more_of({Bucket("item", "201", "OUTPUT"): Share(D("40.00"), D("4.00"))}, before) is None


class TestForEveryDay:
    """Any mix of rates, tenders and kinds of lines."""

    @settings(max_examples=60)
    @given(st.lists(paid_orders(), min_size=1, max_size=12))
    def test_the_day_is_the_sum_of_its_orders_by_account_and_tax_type(self, told):
        plans = [planned(each) for each in told]
        sales = [plan.documents[0].decision for _, plan in plans if isinstance(plan.documents[0].decision, Invoice)]
        days: dict[Day, list[tuple[Invoice, Member]]] = defaultdict(list)
        for shop, plan in plans:
            for document, member in members_of(shop, plan):
                if isinstance(document.decision, Invoice):
                    days[member.day].append((document.decision, member))

        assert sum(len(each) for each in days.values()) == len(sales)
        for day, members in days.items():
            made = invoice_of_day(day, "BC-D1", [member for _, member in members], SUMMED)
            assert isinstance(made, Invoice), made
            assert made.total == sum(sale.total for sale, _ in members)
            assert made.tax == sum(sale.tax for sale, _ in members)
            assert made.rounding == sum(sale.rounding for sale, _ in members)
            assert totals_of(made.lines, day.types).total == made.total
            assert _by_place([made]) == _by_place([sale for sale, _ in members])

    @settings(max_examples=60)
    @given(st.lists(paid_orders(), min_size=1, max_size=12))
    def test_the_money_is_the_sum_of_its_orders_by_account_and_day(self, told):
        single = [
            each.decision for one in told for each in planned(one)[1].documents if isinstance(each.decision, Payment)
        ]
        moved = moved_of(brought(told, Payment))

        def sums(rows, on):
            found: dict[tuple, Decimal] = defaultdict(Decimal)
            for row in rows:
                found[row.account, getattr(row, on)] += row.amount
            return found

        assert sums(moved, "moved_on") == sums(single, "payment_date")
        assert len({(each.tender, each.account, each.moved_on) for each in moved}) == len(moved)

    @settings(max_examples=30)
    @given(st.lists(paid_orders(), min_size=1, max_size=8))
    def test_xero_computes_what_we_did(self, told):
        """The sandbox's arithmetic was written from Xero's reference, not from ours."""
        by_day: dict[Day, list[Member]] = defaultdict(list)
        for member in brought(told, Invoice):
            by_day[member.day].append(member)
        for day, members in by_day.items():
            made = invoice_of_day(day, "BC-D1", members, SUMMED)
            assert isinstance(made, Invoice)
            books = Books(Clock())
            books.set_up(
                accounts=[{"Code": code, "Type": "REVENUE"} for code in REFERENCE.accounts],
                tax_rates=[
                    {"TaxType": each.code, "EffectiveRate": each.effective_rate}
                    for each in REFERENCE.tax_types.values()
                ],
            )
            books.add_invoice(json.loads(invoice_body(made), parse_float=Decimal))
            [found] = books.invoices()
            assert (found["Total"], found["TotalTax"]) == (made.total, made.tax)

    @given(paid_orders(), paid_orders())
    def test_what_was_added_and_what_was_there_make_what_is_now(self, one, other):
        first, second = (planned(each)[1].documents[0].decision for each in (one, other))
        if not (isinstance(first, Invoice) and isinstance(second, Invoice)):
            return
        before, added = shares_of(first.lines), shares_of(second.lines)
        now = shares_of([*first.lines, *second.lines])

        more = more_of(now, before)

        if any(share.amount < 0 or share.tax < 0 for share in added.values()):
            assert more is None
        else:
            assert more == {bucket: share for bucket, share in added.items() if share.amount or share.tax}


def _by_place(invoices) -> dict:
    sums: dict = defaultdict(lambda: (D(0), D(0)))
    for made in invoices:
        for line in made.lines:
            amount, tax = sums[line.account, line.tax_type, made.line_amount_types]
            sums[line.account, line.tax_type, made.line_amount_types] = (amount + line.amount, tax + line.tax)
    return {place: sums_there for place, sums_there in sums.items() if any(sums_there)}
