"""Business risk: finance cannot do its work without an engineer, or not without a mouse.

The pictures lie in `BRIDGE_PICTURES` (`.local/pictures`), for whoever looks at a build.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from console_browser import BROWSER, window
from day_papers import DIFFERS
from test_backfill_from_the_console import backfills

from include.stages.reconciliation.kept import keep

__all__ = ("backfills",)  # a fixture

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no browser on this machine")


@pytest.fixture
def desk(console, ran):
    console.decides("demo", "finance")
    return console


def test_a_newcomer_finds_a_held_order_understands_it_releases_it_and_sees_the_invoice(desk, ran, tmp_path):
    with window(desk, tmp_path, "finance") as seen:
        seen.open("review?store=demo")
        seen.reads("what waits for a person")
        seen.picture("review-list-light")
        seen.press("tax_rate_unmapped")
        seen.press("1029")
        told = seen.reads("Order 1029")
        assert "City levy" in told
        assert "Add a tax rule for" in told
        assert "Invoice BC-1029 of" in told
        seen.picture("review-order-light")
        seen.type("why", "the levy is right")
        seen.press("Post it as shown")
        seen.reads("Decided: post. The next run carries it out")
        seen.picture("review-decided-light")

        ran.a_while_later()
        ran.run()

        seen.press("See it")
        told = seen.reads("In the books as BC-1029")
        assert "decided: post the invoice held as tax_rate_unmapped" in told
        assert "the levy is right" in told
        seen.picture("order-released-light")
        seen.theme("dark")
        seen.open("order?store=demo&order=1029")
        seen.picture("order-released-dark")
        seen.open("review?store=demo")
        seen.picture("review-list-dark")
        seen.narrow()
        seen.open("order?store=demo&order=1029")
        seen.picture("order-released-narrow")
        assert seen.run("document.documentElement.scrollWidth") <= 400
        seen.open("review?store=demo")
        assert seen.run("document.documentElement.scrollWidth") <= 400
        seen.picture("review-list-narrow")


def test_an_order_is_found_by_number_invoice_and_email_and_no_address_holds_the_email(desk, ran, tmp_path):
    from include.stages.console.life import life_of

    email = life_of(ran.db, ran.store, 1004, with_person=True).person.email
    with window(desk, tmp_path, "finance") as seen:
        addresses = []
        for asked in ("1004", "BC-1004", email):
            seen.open("review?store=demo")
            seen.type("q", asked)
            seen.keys("Enter")
            seen.reads("Order 1004" if asked != email else "1004")
            addresses.append(seen.address())
        seen.picture("order-found-by-email-light")
    assert addresses[0] == addresses[1]
    assert not [each for each in addresses if "@" in each or "%40" in each]


def test_the_desk_is_worked_by_keys_alone(desk, ran, tmp_path):
    with window(desk, tmp_path, "finance") as seen:
        seen.open("review?store=demo&reason=cancelled_with_money")
        seen.keys("j", "x")
        assert seen.run("document.querySelectorAll('#waits input:checked').length") == 1
        seen.keys("Enter")
        seen.reads("is held: cancelled with money")
        seen.type("why", "looked at")
        seen.picture("review-keys-light")
        seen.keys("Enter")
        seen.reads("Decided:")


def test_a_viewer_reads_and_is_told_who_decides(desk, ran, tmp_path):
    with window(desk, tmp_path, "eve") as seen:
        seen.open("review?store=demo&order=1030")
        seen.reads("Order 1030")
        seen.open("review?store=demo")
        assert "eve may read, and not decide" in seen.words()
        seen.picture("review-viewer-light")


def test_today_shows_what_is_red_first_and_leads_to_what_waits(desk, ran, tmp_path):
    with window(desk, tmp_path, "finance") as seen:
        seen.open("today")
        told = seen.reads("wait for a person")
        assert "Demo shop" in told
        seen.picture("today-light")
        seen.theme("dark")
        seen.open("today?store=demo")
        seen.reads("placed on")
        seen.picture("today-dark")
        seen.narrow()
        seen.open("today?store=demo")
        assert seen.run("document.documentElement.scrollWidth") <= 400
        seen.narrow(0)
        seen.press("orders wait for a person")
        seen.reads("Review desk")


def test_the_same_decision_for_many_at_once(desk, ran, tmp_path):
    with window(desk, tmp_path, "finance") as seen:
        seen.open("review?store=demo&reason=cancelled_with_money")
        seen.run("document.getElementById('tick-all').click()")
        ticked = seen.run("document.querySelectorAll('#waits input[name=order]:checked').length")
        seen.press("Decide the ticked ones together")
        seen.reads("kept with your name, for each")
        seen.picture("review-many-light")
        seen.type("why", "given back by hand")
        seen.press("skip all that may be")
        told = seen.reads("2 orders decided: skip")
        seen.picture("review-many-decided-light")
    assert ticked >= 1
    decided = ran.db.rows("decisions.of_order", store="demo", subject_key="1046")
    ran.db.rollback()
    assert [(row["choice"], row["by"], row["why"]) for row in decided][-1] == (
        "skip",
        "finance",
        "given back by hand",
    ), told


def test_finance_reads_a_day_that_differs_and_signs_it(desk, ran, tmp_path):
    keep(ran.db, ran.store, replace(DIFFERS, store="demo"))
    with window(desk, tmp_path, "finance") as seen:
        seen.open("reconciliation?store=demo")
        seen.reads("24 November")
        seen.picture("reconciliation-list-light")
        seen.open(f"reconciliation?store=demo&day={DIFFERS.day}")
        seen.reads("Signing locks this report")
        seen.picture("reconciliation-day-light")
        seen.type("note", "all four are known")
        seen.press("Sign version 1 as finance")
        told = seen.reads("Signed by finance")
        assert "all four are known" in told
        seen.picture("reconciliation-signed-light")
        seen.theme("dark")
        seen.open(f"reconciliation?store=demo&day={DIFFERS.day}")
        seen.reads("Signed by finance")
        seen.picture("reconciliation-signed-dark")


def test_ops_counts_what_days_take_starts_them_and_sees_how_far_they_are(desk, ran, backfills, tmp_path, monkeypatch):
    """What Airflow does with it is in the slow test of the backfill page."""
    monkeypatch.setenv(
        "AIRFLOW_CONN_BIGCOMMERCE_DEMO",
        json.dumps(
            {
                "conn_type": "bigcommerce",
                "host": ran.base,
                "extra": {"store_hash": "demo1", "access_token": ran.town.shop.token},
            }
        ),
    )
    last = datetime.now(UTC).date() - timedelta(days=2)
    first = last - timedelta(days=6)
    with window(desk, tmp_path, "ops", role="op") as seen:
        seen.open("backfill?store=demo")
        seen.reads("3 of 6 days done, 1 running")
        for name, day in (("first", first), ("last", last)):
            seen.run(f"document.querySelector('[name={name}]').value = '{day}'")
        seen.press("Count what it takes")
        told = seen.reads("Start the backfill")
        assert "orders" in told
        seen.picture("backfill-counted-light")
        seen.press("Start the backfill")
        seen.reads("3 of 6 days done")
        seen.picture("backfill-started-light")
        seen.press("Resume")
        seen.reads("3 of 6 days done")
        seen.theme("dark")
        seen.open("backfill?store=demo")
        seen.reads("3 of 6 days done")
        seen.picture("backfill-dark")
    assert ("start", "orders_of_the_day__demo", first, last, "ops") in backfills
    assert [each[0] for each in backfills if each[0] == "turn"] == ["turn"]
