"""What was signed stays as it was signed; what is found later is an addendum. Finance stakes its name on this."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import psycopg2
import pytest
from airflow.sdk.api.datamodels._generated import DagRunType
from reckoned_day import SYDNEY, Street, columns

from bridge import reconciling
from include.domain.reconciliation import CAUSES, DayReport, Difference
from include.sandbox.order_builder import an_order
from include.stages.orders.audit import link_digest
from include.stages.reconciliation import NotSignable, days_of_run, days_to_reconcile, paper, reconcile, sign
from include.stages.reconciliation.kept import keep


@pytest.fixture(scope="module")
def street(cases):
    cases.town.reset("demo")
    cases.town.limits.enforced = False
    object.__setattr__(cases.store.file.window, "lag_seconds", 0)
    return Street(cases, days=30)


@pytest.fixture
def day(street):
    return street.next_day()


def signed(day, by="Nora Quist", note=""):
    return sign(day.bridge.db, day.bridge.store, day.day, by, note)


def test_a_day_that_is_asked_again_and_says_the_same_keeps_its_version(day):
    assert [day.version(), day.version()] == [1, 1]

    day.books.delete_payment(day.payment(1))

    assert [day.version(), day.version()] == [2, 2]


def test_a_signature_names_who_when_and_which_version(day):
    day.version()

    signature = signed(day)

    assert (signature.by, signature.version) == ("Nora Quist", 1)
    assert datetime.now(UTC) - signature.at < timedelta(minutes=1)
    assert day.paper().signature == signature


def test_what_changes_after_the_signature_is_an_addendum_and_the_signed_report_stays(day):
    day.version()
    signed(day)
    before = day.paper().report

    day.edit(2, UnitAmount="100.00")
    day.version()

    found = day.paper()
    assert (found.version, found.report) == (1, before)
    [(version, addendum)] = found.addenda
    assert (version, [each.cause for each in addendum.differences]) == (2, ["edited_in_xero"])


def test_before_a_signature_the_newest_report_is_shown_and_there_are_no_addenda(day):
    day.version()
    day.books.delete_payment(day.payment(1))
    day.version()

    found = day.paper()

    assert (found.version, found.signature, found.addenda) == (2, None, ())
    assert [each.cause for each in found.report.differences] == ["payment_missing"]


def test_open_differences_are_signed_with_a_word_or_not_at_all(day):
    day.books.delete_payment(day.payment(1))
    day.version()

    with pytest.raises(NotSignable, match=r"1 differences of .* are open: say in a note"):
        signed(day)

    assert signed(day, note="The bank returned it.").note == "The bank returned it."


@pytest.mark.parametrize(
    ("asked", "by", "says"),
    [
        (False, "Nora", "There is no report of"),
        (True, "  ", "a signature needs a name"),
        (True, "Nora", "was signed by Nora"),
    ],
)
def test_what_cannot_be_signed_says_why(day, asked, by, says):
    if asked:
        day.version()
    if by == "Nora" and asked:
        signed(day, by)

    with pytest.raises(NotSignable, match=f"(?i){says}"):
        signed(day, by)


def test_a_shadow_report_cannot_be_signed(day):
    in_shadow = day.bridge.store.file.model_copy(update={"mode": "shadow"})
    day.bridge = replace(day.bridge, store=replace(day.bridge.store, file=in_shadow))
    day.version()

    with pytest.raises(NotSignable, match="in shadow"):
        signed(day)


def test_a_signature_is_in_the_audits_chain(day):
    day.version()
    signed(day, note="as agreed")

    entry = day.bridge.db.rows("audit.entries", store=day.bridge.store.key)[-1]

    assert entry["event"] == "day_signed"
    told = entry["content"]
    assert (told["day"], told["by"], told["version"], told["note"]) == (str(day.day), "Nora Quist", 1, "as agreed")
    assert entry["digest"] == link_digest(entry["previous_digest"], told)


@pytest.mark.parametrize("table", ["reconciliation", "reconciliation_difference", "reconciliation_signature"])
@pytest.mark.parametrize("how", ["UPDATE {} SET store = 'x'", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_nobody_can_change_what_was_reported_or_signed(street, table, how):
    with pytest.raises(psycopg2.Error, match="append-only"), street.bridge.db._connection.cursor() as cursor:
        cursor.execute(how.format(table))
    street.bridge.db.rollback()


def test_every_cause_of_the_closed_list_can_be_kept_and_asked_for_by_order(street):
    db, store = street.bridge.db, street.bridge.store
    differences = tuple(
        Difference(
            "77", cause, "sales", "AUD", Decimal("1.00"), None, None, sentence=meaning.sentence, remedy=meaning.remedy
        )
        for cause, meaning in CAUSES.items()
    )
    long_ago = datetime(2020, 5, 1, tzinfo=UTC)
    report = DayReport(store.key, long_ago.date(), "UTC", "UTC", long_ago, (), differences)

    keep(db, store, report)

    rows = db.rows("reconciliation.differences_of_order", store=store.key, order_key="77")
    assert {row["cause"]: row["explained"] for row in rows} == {
        cause: meaning.is_explained for cause, meaning in CAUSES.items()
    }
    assert paper(db, store, report.day).report == report


def test_the_trend_shows_thirty_days_and_which_of_them_somebody_signed(day):
    day.version()
    day.version(day.day - timedelta(days=1))
    signed(day)

    trend = {each.day: each for each in day.paper().trend}

    assert (trend[day.day].orders, trend[day.day].differences, trend[day.day].is_signed) == (3, 0, True)
    assert (trend[day.day - timedelta(days=1)].orders, trend[day.day - timedelta(days=1)].is_signed) == (0, False)
    assert min(trend) > day.day - timedelta(days=30)
    assert list(trend) == sorted(trend)


def test_yesterday_is_asked_and_what_of_the_week_is_open_or_signed(day):
    db, store = day.bridge.db, day.bridge.store
    now = datetime.combine(day.day, datetime.min.time(), SYDNEY) + timedelta(days=4)
    yesterday = day.day + timedelta(days=3)

    def asked(later=0):
        days = days_to_reconcile(db, store, now + timedelta(days=later))
        return day.day in days, yesterday + timedelta(days=later) in days

    day.version()
    assert asked() == (False, True)

    day.books.delete_payment(day.payment(1))
    day.version()
    assert asked() == (True, True)

    signed(day, note="known")
    assert asked(later=4) == (True, True)
    assert asked(later=5) == (False, True)


def test_a_backfills_run_asks_about_its_own_day_in_the_organisations_zone(day):
    db, store = day.bridge.db, day.bridge.store
    start = datetime(2026, 7, 1, 19, tzinfo=UTC)  # the 2nd of July in Sydney
    with day.bridge.books() as books:
        alone = days_of_run(books, db, store, interval_start=start, alone=True, now=datetime.now(UTC))
        usual = days_of_run(books, db, store, interval_start=start, alone=False, now=datetime.now(UTC))
        unsaid = days_of_run(books, db, store, interval_start=None, alone=False, now=datetime.now(UTC))
        ahead = days_of_run(books, db, store, interval_start=datetime.now(UTC), alone=True, now=datetime.now(UTC))

    assert [str(each) for each in alone] == ["2026-07-02"]
    assert usual == sorted([*alone, *unsaid])
    assert ahead == []  # a day that is not over has no report


def test_the_dags_step_asks_about_the_days_of_its_run(day, monkeypatch):
    run = SimpleNamespace(run_type=DagRunType.BACKFILL, data_interval_start=day.noon)
    monkeypatch.setattr(reconciling, "get_current_context", lambda: {"dag_run": run})
    monkeypatch.setattr(reconciling, "shop", lambda key: day.bridge.shop())
    monkeypatch.setattr(reconciling, "books", lambda key: day.bridge.books())
    monkeypatch.setattr(reconciling, "database", lambda: nullcontext(day.bridge.db))
    monkeypatch.setattr("include.settings.store.store_named", lambda key: day.bridge.store)

    assert reconciling.reconcile.function(day.bridge.store.key) == {day.day.isoformat(): 1}
    assert day.paper().report.agrees


def test_five_hundred_orders_cost_eight_calls(bridge):
    for kept in list(bridge.town.shop):
        bridge.town.shop.remove(kept.order["id"])
    midnight = datetime.combine(datetime.now(SYDNEY).date() - timedelta(days=40), datetime.min.time(), SYDNEY)
    for order_id in range(5001, 5501):
        order = an_order(order_id).placed(midnight + timedelta(hours=12)).bought_by_guest("Mika Stone")
        bridge.town.shop.put(order.line("PEN", price="22.00").unpaid().status(11).build())
    bridge.run()

    with bridge.shop() as shop, bridge.books() as books:
        reconcile(shop, books, bridge.db, bridge.store, midnight.date())
        # Three pages of orders, a page of refunds, the shop's zone; the day's invoices, credit notes and payments.
        assert (shop.calls, books.calls) == (5, 3)

    report = paper(bridge.db, bridge.store, midnight.date()).report
    assert columns(report) == [(500, "11000.00")] * 3
    assert (report.differences, dict(report.calls)) == ((), {"shop": 5, "books": 3})
