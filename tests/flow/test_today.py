"""Business risk: something is red and nobody sees it, or a figure of the day is wrong."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bridge.notifiers.alerts import tell
from include.domain.alert import Alert
from include.stages.alerts.keeping import raise_alert
from include.stages.console.today import today_of
from include.stages.switches import turn


@pytest.fixture
def ran(bridge):
    bridge.run()
    return bridge


def today(bridge, **later):
    return today_of(bridge.db, bridge.store, datetime.now(UTC) + timedelta(**later))


def test_each_day_has_the_orders_that_were_placed_and_what_of_them_waits(ran):
    of = today(ran)
    zone = ZoneInfo(of.zone)
    placed = [
        row["placed_at"].astimezone(zone).date() for row in ran.outcomes().values() if row["reason"] != "incomplete"
    ]
    held = [key for key, row in ran.outcomes().items() if row["outcome"] == "held"]

    assert len(of.days) == 30
    assert of.days[-1].day == datetime.now(zone).date()
    for each in of.days:
        assert each.came == placed.count(each.day)
    assert sum(each.held for each in of.days) <= len(held) == of.waiting_orders
    assert sum(each.booked for each in of.days) > 20


def test_what_is_stopped_red_dead_or_silent_is_trouble_with_a_remedy(ran):
    assert not [each for each in today(ran).troubles if "stopped" in each.sentence]
    turn(ran.db, "demo", "stop", by="ann", why="the auditor is here")
    with ran.db.transaction(), ran.db._connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO batch (store, flow, run_id, red_stage, red_reason, state) VALUES"
            " ('demo', 'orders_to_books', 'r', 'check', 'held_share: 9 of 10', 'extracted')"
        )
    told = {each.sentence: each.remedy for each in today(ran, days=3).troubles}

    assert told["Writes to Xero are stopped, by ann: the auditor is here."] == "`make go STORE=demo` lets them go on."
    assert any("is red in check: held_share" in sentence for sentence in told)
    assert any("No run of orders_to_books has read the shop" in sentence for sentence in told)
    assert all(told.values())


def test_what_people_were_told_of_stands_there_with_how_often_and_leads_to_its_page(ran, post_office):
    now = datetime.now(UTC)
    alert = Alert("red", "refresh_reference__demo/refresh", "refresh is red.", "Mend it.", now, page="dags/x/runs/y")
    with ran.db.transaction():
        raise_alert(ran.db, "demo", alert, now, again=True, run_id="y")
    tell(ran.db, ran.store, now)

    [red] = [each for each in today(ran).troubles if each.sentence.startswith("refresh is red.")]

    assert (red.sentence, red.remedy, red.url) == ("refresh is red. (told 1 time)", "Mend it.", "../dags/x/runs/y")


def test_lanes_and_calls_say_how_far_and_how_many(ran):
    with ran.db.transaction(), ran.db._connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO lane_state (store, state, gathers_s, why) VALUES ('demo', 'batch', NULL, '3 calls are left today')"
        )
        cursor.execute(
            "INSERT INTO pace (vendor, tenant, allowance) VALUES ('xero', 'demo', jsonb_build_object('left_day', 3,"
            " 'day_ends_at', extract(EPOCH FROM now()) + 3600))"
        )
    of = today(ran)

    assert "orders by the clock" in {name for name, _, _ in of.lanes}
    xero = next(each for each in of.calls if each.vendor == "Xero")
    assert (xero.left, xero.circuit) == (3, "answers")
    assert any("3 of Xero's calls are left today" in each.sentence for each in of.troubles)


def test_a_store_that_never_ran_has_a_page_too(bridge):
    of = today(bridge)

    assert (of.came, of.report, of.waiting_orders, of.lanes) == (0, None, 0, ())
    assert [each.circuit for each in of.calls] == ["not asked yet", "not asked yet"]
