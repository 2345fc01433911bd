"""The checks before and after planning.

Whom it hurts if this breaks: finance. A check that passes by looking at nothing lets an order of unknown shape into the
books; so every rule is shown to find its order, and to miss it once its expectation is taken away.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.checks import incoming, outgoing, suites
from include.checks.incoming import RECORD_RULES, Asked, Seen, check_incoming
from include.checks.outgoing import Outgoing, check_outgoing
from include.checks.suites import Expected, broken_of, frame_of, judge
from include.checks.verdict import Verdict
from include.domain.document import CreditNote, DocumentLine, Invoice, Payment, RefundPayment
from include.domain.order import Cost, Line, Order, Person, Place
from include.domain.outcome import REASONS, Hold
from include.domain.policy import Account, Accounts, Policy, Reference, TaxType
from include.domain.rules import RULES, findings_of
from include.domain.status import DEFAULT_STATUSES

D = Decimal
NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
NOTHING = Cost(D(0), D(0), D(0))
POLICY = Policy(
    store="demo",
    store_hash="demo1",
    accounts=Accounts("200", "201", "201", "201", "860"),
    tax_rules=(),
    tenders=(),
    statuses=DEFAULT_STATUSES,
    no_tax_type="BASEXCLUDED",
)
MUG = Line(
    id=1,
    sku="MUG",
    name="Mug",
    options=(),
    kind="physical",
    quantity=1,
    total_inc=D("22.00"),
    total_ex=D("20.00"),
    total_tax=D("2.00"),
    discounts=(),
    discounted_total_inc=None,
    place=Place("AU", "Victoria"),
)


def an_order(**changes: Any) -> Order:
    """One mug, 22.00 with 2.00 GST, complete."""
    order = Order(
        id=1001,
        external_id="",
        customer_id=7,
        created_at=NOON,
        modified_at=NOON,
        status_id=10,
        archived=False,
        prices_include_tax=True,
        currency="AUD",
        base_currency="AUD",
        base_rate=D(1),
        total_inc=D("22.00"),
        total_ex=D("20.00"),
        total_tax=D("2.00"),
        shipping=NOTHING,
        handling=NOTHING,
        wrapping=NOTHING,
        gift_certificate_amount=D(0),
        store_credit_amount=D(0),
        units=1,
        payment_method="Credit Card",
        payment_status="captured",
        source="www",
        external_source="",
        channel_id=1,
        person=Person("Ada", "Ng", "", "ada@example.com", "", "1 High St", "", "Hill", "Victoria", "3000", "", "AU"),
        lines=(MUG,),
        fees=(),
        deliveries=(),
        tax_rows=None,
        tenders=None,
        refunds=None,
    )
    return replace(order, **changes)


BAD_ORDERS: dict[str, Mapping[str, Any]] = {
    "status_is_known": {"status_id": 99},
    "has_lines": {"lines": (), "units": 0, "total_inc": D(0), "total_ex": D(0), "total_tax": D(0)},
    "line_ids_are_unique": {"lines": (MUG, MUG), "units": 2, "total_inc": D("44.00"), "total_tax": D("4.00")},
    "quantities_are_positive": {"lines": (replace(MUG, quantity=0),), "units": 0},
    "units_agree": {"units": 3},
    "amounts_are_positive": {"shipping": Cost(D("-1.00"), D("-1.00"), D(0)), "total_inc": D("21.00")},
    "lines_add_up": {"total_inc": D("30.00")},
    "dates_are_in_order": {"modified_at": NOON - timedelta(hours=1)},
}
UNREADABLE = Hold("unknown_shape", "Its `status_id` is a text.")


def seen_of(order: Order) -> Seen:
    return Seen(order.id, None, findings_of(order, POLICY), order.modified_at, order.created_at)


def planted(rule: str, key: int) -> Seen:
    if rule == "shape":
        return Seen(key, UNREADABLE, {}, None, None)
    return seen_of(an_order(id=key, **BAD_ORDERS[rule]))


def checked(seen: Sequence[Seen], *, share: float = 1.0, now: datetime | None = NOON) -> Verdict:
    return check_incoming(seen, held_share_max=share, now=now)


def found(verdict: Verdict) -> set[tuple[int, str]]:
    return {(finding.order_key, finding.rule) for finding in verdict.findings}


def without(suite_of: Callable[..., tuple[Expected, ...]], rule: str) -> Callable[..., tuple[Expected, ...]]:
    """The same suite, one expectation less."""
    return lambda *asked: tuple(each for each in suite_of(*asked) if each.rule != rule)


# What came in.


def test_every_rule_of_the_domain_has_a_bad_order_here_and_runs_in_the_check() -> None:
    assert {rule.name for rule in RULES} == set(BAD_ORDERS)
    assert {*BAD_ORDERS, "shape"} <= set(checked([seen_of(an_order())]).rules)


@pytest.mark.parametrize("rule", RECORD_RULES)
def test_great_expectations_decides_who_is_held(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = [seen_of(an_order(id=1)), planted(rule, 2), seen_of(an_order(id=3))]

    verdict = checked(batch)

    assert (2, rule) in found(verdict)
    assert {key for key, _ in found(verdict)} == {2}
    assert [each.hold for each in verdict.findings if each.rule == rule] == [batch[1].hold_of(rule)]
    assert verdict.broken == ()

    monkeypatch.setattr(incoming, "suite_of", without(incoming.suite_of, rule))
    assert (2, rule) not in found(checked(batch)), "somebody else than Great Expectations found it"


@given(st.lists(st.sets(st.sampled_from(sorted(BAD_ORDERS)), max_size=3), min_size=1, max_size=15))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_batch_lane_holds_exactly_what_the_lane_of_seconds_holds(faults: list[set[str]]) -> None:
    orders = [
        an_order(id=key, **{name: value for fault in sorted(chosen) for name, value in BAD_ORDERS[fault].items()})
        for key, chosen in enumerate(faults, start=1)
    ]

    verdict = checked([seen_of(order) for order in orders])

    directly = {(order.id, rule): hold for order in orders for rule, hold in findings_of(order, POLICY).items()}
    assert {(each.order_key, each.rule): each.hold for each in verdict.findings} == directly


def test_an_order_from_outside_the_window_that_was_asked_for_makes_the_batch_red() -> None:
    asked = Asked("modified", NOON - timedelta(days=1), NOON, orders=2)
    late = seen_of(an_order(id=2, modified_at=NOON + timedelta(hours=2), created_at=NOON))

    fresh = check_incoming([seen_of(an_order())], held_share_max=1.0, asked=asked)
    stale = check_incoming([seen_of(an_order()), late], held_share_max=1.0, asked=asked)

    assert (fresh.broken, [rule for rule, _ in stale.broken]) == ((), ["freshness"])


@pytest.mark.parametrize(("orders", "broken"), [(10, []), (11, ["volume"]), (70, ["volume"])])
def test_more_orders_a_day_than_the_store_expects_make_the_batch_red(orders: int, broken: list[str]) -> None:
    asked = Asked("created", NOON - timedelta(hours=2), NOON, orders)

    verdict = check_incoming([seen_of(an_order())], held_share_max=1.0, asked=asked, orders_a_day_max=10)

    assert [rule for rule, _ in verdict.broken] == broken


def test_a_batch_of_good_orders_passes() -> None:
    verdict = checked([seen_of(an_order(id=key)) for key in range(1, 31)], share=0.0)

    assert (verdict.findings, verdict.broken) == ((), ())
    assert "held_share" in verdict.rules


def test_an_empty_batch_passes_without_the_import_of_great_expectations() -> None:
    script = (
        "import sys; from include.checks.incoming import check_incoming; from include.checks.outgoing import check_outgoing;"
        "from include.domain.policy import Reference;"
        "nobody = Reference('AU', 'AUD', 'UTC', frozenset(), {}, {});"
        "a = check_incoming([], held_share_max=0.1, now=None);"
        "b = check_outgoing([], nobody, tolerance_minor_units=5, liability_line=False);"
        "assert a == b and not a.rules and not a.broken;"
        "assert not {'great_expectations', 'pandas'} & set(sys.modules)"
    )
    subprocess.run(  # a process of its own: here it is imported already
        [sys.executable, "-c", script],
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def test_an_order_that_is_twice_in_the_batch_makes_it_red() -> None:
    assert [rule for rule, _ in checked([seen_of(an_order()), seen_of(an_order())]).broken] == ["order_key_unique"]


def test_an_order_without_its_id_makes_the_batch_red() -> None:
    nameless = replace(seen_of(an_order()), order_key=None)  # type: ignore[arg-type]

    assert "order_key_known" in dict(checked([nameless]).broken)


def test_an_order_without_its_dates_makes_the_batch_red() -> None:
    assert "dates_known" in dict(checked([replace(seen_of(an_order()), modified_at=None)]).broken)


@pytest.mark.parametrize(("ahead", "red"), [(timedelta(hours=23), False), (timedelta(hours=25), True)])
def test_an_order_from_the_future_makes_the_batch_red(ahead: timedelta, red: bool) -> None:
    order = an_order(modified_at=NOON + ahead)

    assert ("not_from_the_future" in dict(checked([seen_of(order)]).broken)) is red
    assert checked([seen_of(order)], now=None).broken == ()


@pytest.mark.parametrize(("held", "orders", "red"), [(2, 20, False), (3, 20, True), (19, 19, False)])
def test_too_large_a_share_of_held_orders_makes_the_batch_red_from_twenty_orders_on(
    held: int, orders: int, red: bool
) -> None:
    batch = [planted("units_agree", key) if key <= held else seen_of(an_order(id=key)) for key in range(1, orders + 1)]

    verdict = checked(batch, share=0.1)

    assert len(verdict.findings) == held
    assert ("held_share" in dict(verdict.broken)) is red


def test_a_rule_that_no_expectation_reads_makes_the_batch_red() -> None:
    stranger = replace(seen_of(an_order()), broken={"brand_new_rule": UNREADABLE})

    assert "columns_present" in dict(checked([stranger]).broken)


def test_a_missing_column_is_a_broken_rule_and_no_clean_bill(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = incoming._frame
    monkeypatch.setattr(incoming, "_frame", lambda *asked: whole(*asked).drop(columns=["units_agree"]))

    verdict = checked([planted("units_agree", 1)])

    assert {"units_agree", "columns_present"} <= set(dict(verdict.broken))


def test_an_expectation_without_a_result_is_a_broken_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    suite = (Expected("lost", "ExpectColumnValuesToBeNull", {"column": "a"}),)
    monkeypatch.setattr(suites, "_validated", lambda *asked: {"results": []})

    judged = judge(frame_of([{"a": None, "row": 0}], ("a", "row")), suite, "row")

    assert not judged["lost"].passed
    assert [rule for rule, _ in broken_of(suite, judged)] == ["lost"]


# What would go out.

REFERENCE = Reference(
    country="AU",
    base_currency="AUD",
    zone="Australia/Sydney",
    currencies=frozenset({"AUD"}),
    accounts={
        "200": Account("200", "REVENUE", True, False),
        "299": Account("299", "REVENUE", False, False),
        "820": Account("820", "CURRLIAB", True, False),
        "860": Account("860", "EXPENSE", True, False),
        "090": Account("090", "BANK", True, True),
    },
    tax_types={
        "OUTPUT": TaxType("OUTPUT", D(10), True),
        "BASEXCLUDED": TaxType("BASEXCLUDED", D(0), True),
        "OLD": TaxType("OLD", D(10), False),
    },
)


def a_line(**changes: Any) -> DocumentLine:
    mug = DocumentLine("item", "MUG", "Mug", D(1), D("22.00"), D("22.00"), D("2.00"), False, "200", "OUTPUT", None)
    return replace(mug, **changes)


ROUNDED = a_line(kind="rounding", unit_amount=D("0.06"), amount=D("0.06"), tax=D(0), tax_type="BASEXCLUDED")
US_ITEM = a_line(unit_amount=D("20.00"), amount=D("20.00"), tax=D(0), tax_type="BASEXCLUDED")
US_TAX = replace(US_ITEM, kind="tax_liability", unit_amount=D("2.00"), amount=D("2.00"), account="820")


def an_invoice(key: int = 1, *, shop: tuple[str, str] = ("22.0000", "2.0000"), **changes: Any) -> Outgoing:
    invoice = Invoice(
        number=f"BC-{key}",
        reference=str(key),
        url="",
        invoice_date=date(2026, 7, 1),
        due_date=date(2026, 7, 1),
        currency="AUD",
        currency_rate=None,
        line_amount_types="Inclusive",
        status="AUTHORISED",
        contact_key="c1",
        lines=(a_line(),),
        total=D("22.00"),
        tax=D("2.00"),
    )
    invoice = replace(invoice, **changes)
    return Outgoing(key, "invoice", "1", invoice, D(shop[1]), D(shop[0]))


def a_payment(amount: str = "22.00", key: int = 1, part: str = "t1", account: str = "090") -> Outgoing:
    payment = Payment(part, f"BC-{key}", "card", account, date(2026, 7, 1), D(amount), "AUD", "")
    return Outgoing(key, "payment", part, payment)


def a_credit(amount: str = "22.00", key: int = 1, number: str = "BCR-5", **changes: Any) -> Outgoing:
    line = a_line(unit_amount=D(amount), amount=D(amount))
    note = CreditNote(number, f"BC-{key}", "", date(2026, 7, 2), "AUD", "Inclusive", (line,), D(amount), D("2.00"))
    return Outgoing(key, "credit_note", "5", replace(note, **changes))


def a_payout(account: str = "090") -> Outgoing:
    payout = RefundPayment("5-1", "BCR-5", "card", account, date(2026, 7, 2), D("22.00"), "AUD", "")
    return Outgoing(1, "refund_payment", "5-1", payout)


def sent(*documents: Outgoing, liability_line: bool = False) -> Verdict:
    return check_outgoing(documents, REFERENCE, tolerance_minor_units=5, liability_line=liability_line)


GOOD = (an_invoice(2), a_payment(key=2), a_credit(key=2, number="BCR-2"))
BAD_DOCUMENTS: dict[str, tuple[str, tuple[Outgoing, ...]]] = {
    "total_is_of_lines": ("total_differs", (an_invoice(lines=(a_line(unit_amount=D("21.99")),)),)),
    "tax_is_of_lines": ("total_differs", (an_invoice(lines=(a_line(tax=D("1.99")),)),)),
    "total_is_the_shops": ("total_differs", (an_invoice(shop=("22.01", "2.00")),)),
    "tax_is_the_shops": ("total_differs", (an_invoice(shop=("22.00", "2.01")),)),
    "tax_is_where_it_belongs": ("total_differs", (an_invoice(line_amount_types="NoTax"),)),
    "rounding_is_small": ("total_differs", (an_invoice(lines=(a_line(unit_amount=D("21.94")), ROUNDED)),)),
    "credit_within_invoice": ("overpaid", (an_invoice(), a_credit("12.00"), a_credit("10.01", number="BCR-6"))),
    "number_is_free": ("number_taken", (an_invoice(), an_invoice(3, number="BC-1"))),
    "line_account_is_alive": ("account_dead", (an_invoice(lines=(a_line(account="299"),)),)),
    "tax_type_is_alive": ("tax_type_dead", (an_invoice(lines=(a_line(tax_type="OLD"),)),)),
    "payment_account_is_alive": ("account_dead", (an_invoice(), a_payment(account="200"))),
    "paid_within_invoice": ("overpaid", (an_invoice(), a_payment("12.00"), a_payment("10.01", part="t2"))),
}
RECORD_SUITES = ("suite_of_documents", "suite_of_lines", "suite_of_money")


def test_documents_that_agree_go_out() -> None:
    verdict = sent(an_invoice(), a_payment("12.00"), a_payment("10.00", part="t2"), a_credit(), a_payout())

    assert (verdict.findings, verdict.broken) == ((), ())
    assert set(BAD_DOCUMENTS) <= set(verdict.rules)
    assert set(BAD_DOCUMENTS) == set(outgoing.WORDS)


@pytest.mark.parametrize("rule", BAD_DOCUMENTS)
def test_great_expectations_decides_what_must_not_be_sent(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reason, documents = BAD_DOCUMENTS[rule]

    verdict = sent(*GOOD, *documents)

    assert (1, rule) in found(verdict)
    assert 2 not in {key for key, _ in found(verdict)}
    holds = [finding.hold for finding in verdict.findings if finding.rule == rule]
    assert {hold.reason for hold in holds} == {reason} <= set(REASONS)
    assert all("BC" in hold.sentence for hold in holds)
    assert verdict.broken == ()

    for name in RECORD_SUITES:
        monkeypatch.setattr(outgoing, name, without(getattr(outgoing, name), rule))
    assert (1, rule) not in found(sent(*GOOD, *documents)), "somebody else than Great Expectations found it"


def test_sales_tax_as_a_line_of_its_own_leaves_the_document_without_tax() -> None:
    us: dict[str, Any] = {"line_amount_types": "Exclusive", "lines": (US_ITEM, US_TAX)}

    assert sent(an_invoice(tax=D(0), **us), liability_line=True).findings == ()
    assert (1, "tax_is_where_it_belongs") in found(sent(an_invoice(**us), liability_line=True))
    assert (1, "tax_is_the_shops") in found(sent(an_invoice(tax=D(0), shop=("22", "2.01"), **us), liability_line=True))


def test_prices_without_tax_are_added_up_with_their_tax() -> None:
    net = a_line(unit_amount=D("6.6667"), quantity=D(3), amount=D("20.00"))

    assert sent(an_invoice(line_amount_types="Exclusive", lines=(net,))).findings == ()


def test_money_goes_back_only_from_an_account_that_takes_payments() -> None:
    assert found(sent(an_invoice(), a_credit(), a_payout("820"))) == {(1, "payment_account_is_alive")}


def test_payments_of_an_invoice_that_is_in_the_books_already_are_measured_by_the_shops_total() -> None:
    late = replace(a_payment("22.01"), order_total=D("22.0000"))

    assert found(sent(late)) == {(1, "paid_within_invoice")}
    assert sent(a_payment("22.01")).findings == ()


def test_an_organisation_without_any_account_lets_nothing_out() -> None:
    verdict = check_outgoing(
        [an_invoice()], replace(REFERENCE, accounts={}), tolerance_minor_units=5, liability_line=False
    )

    assert found(verdict) == {(1, "line_account_is_alive")}


def test_an_outgoing_column_that_is_missing_is_a_broken_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    shorter = tuple(name for name in outgoing.DOCUMENT_COLUMNS if name != "lines_total")
    monkeypatch.setattr(outgoing, "DOCUMENT_COLUMNS", shorter)

    assert "total_is_of_lines" in dict(sent(an_invoice()).broken)
