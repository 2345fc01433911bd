"""Business risk: the page says forty orders and the backfill brings four hundred."""

from datetime import date, timedelta

from include.stages.console.backfill import plan_of, window_of


def test_the_orders_are_counted_by_the_shop_in_one_call_and_are_those_that_the_runs_then_read(bridge):
    placed = sorted(kept.created.date() for kept in bridge.town.shop)
    first, last = placed[0] - timedelta(days=1), placed[-1]
    bridge.town.calls.clear()
    with bridge.shop() as shop:
        plan = plan_of(shop, bridge.db, bridge.store, first, last)

    assert [call.template for call in bridge.town.calls] == ["/stores/{store_hash}/v2/orders/count"]
    assert (plan.counted.in_books, plan.counted.days) == (0, (last - first).days + 1)
    counts = bridge.run(window_of(first, last))
    incomplete = sum(1 for kept in bridge.town.shop if kept.order["status_id"] == 0)
    assert counts["orders"] - incomplete == plan.counted.orders > 30

    with bridge.shop() as shop:
        again = plan_of(shop, bridge.db, bridge.store, first, last)
    assert again.counted.in_books > 30
    assert again.cost.books_calls <= plan.cost.books_calls


def test_a_days_interval_begins_at_the_hour_of_its_dag():
    import re
    from pathlib import Path

    dag = (Path(__file__).parents[2] / "dags" / "orders_of_the_day.py").read_text()
    [hour] = re.findall(r'CronDataIntervalTimetable\("0 (\d+) \* \* \*", timezone="UTC"\)', dag)
    window = window_of(date(2026, 11, 1), date(2026, 11, 7))

    assert f"{window.start:%d %H:%M} {window.end:%d %H:%M}" == f"01 {int(hour):02}:00 08 {int(hour):02}:00"
