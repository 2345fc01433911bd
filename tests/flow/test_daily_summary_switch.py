"""accounting.md 10: the day on which a store goes over to summaries, or back. Nothing is posted twice or left out."""

from datetime import timedelta

import pytest
from summed_days import DAY_NUMBER, THE_DAY, D, a_sale, booked, close_the_day, numbers, put, received, sell, the_day

from include.stages import orders
from include.stages.orders import StageRed


class TestTheSwitch:
    """On the day of the switch nothing is posted twice, in either direction."""

    def test_to_summaries_what_was_posted_alone_stays_alone(self, summed):
        summed.set(posting="order")
        sell(summed, a_sale(3501), a_sale(3502))
        summed.set(posting="daily_summary")

        sell(summed, a_sale(3503))
        close_the_day(summed)
        sell(summed, a_sale(3501).settled().refunded({"CUP": 1}, at=THE_DAY + timedelta(days=1)))
        close_the_day(summed, 2)

        assert numbers(summed) == ["BC-3501", "BC-3502", DAY_NUMBER, f"BCR-3501-{35011}"]
        assert summed.town.books.invoice(DAY_NUMBER)["Total"] == D("22.00")
        assert sum(total for total, _ in booked(summed).values()) == D("40.00")

    def test_and_back_what_was_summed_up_stays_summed_up_and_what_waits_follows(self, summed):
        sell(summed, a_sale(3504))
        close_the_day(summed)
        sell(summed, a_sale(3505))
        summed.set(posting="order")

        sell(summed, a_sale(3506))
        sell(summed, a_sale(3504).settled().refunded({"CUP": 1}, at=THE_DAY + timedelta(days=1)))
        close_the_day(summed, 2)
        summed.run(the_day(summed))
        close_the_day(summed, 3)

        assert numbers(summed) == ["BC-3506", DAY_NUMBER, f"{DAY_NUMBER}-S2", "BCR-D20261007-1"]
        assert received(summed) == {"615-CARD": D("44.00")}

    def test_there_and_back_and_there_again(self, summed):
        for count, posting in enumerate(("daily_summary", "order", "daily_summary", "order")):
            summed.set(posting=posting)
            sell(summed, a_sale(3510 + count))
            close_the_day(summed, count + 1)
        summed.run(the_day(summed))

        assert numbers(summed) == ["BC-3511", "BC-3513", DAY_NUMBER, f"{DAY_NUMBER}-S2"]
        assert sum(sum(each) for each in booked(summed).values()) == D("88.00")

    def test_without_the_first_day_what_waits_is_posted_alone(self, summed):
        sell(summed, a_sale(3507))
        summed.set(posting="order", summary_from=None)

        summed.run()
        close_the_day(summed, 2)

        assert numbers(summed) == ["BC-3507"]

    def test_a_plan_made_before_the_switch_posts_nothing_twice(self, summed):
        """The order was planned alone, became a member in another run, and only then the first plan was loaded."""
        put(summed, a_sale(3508))
        summed.set(posting="order")
        with summed.shop() as shop:
            run = orders.Run("orders_of_the_day", "before", the_day(summed))
            old = orders.extract(shop, summed.books, summed.db, summed.store, run)
        orders.check(summed.db, summed.store, old)
        orders.transform(summed.db, summed.store, old)
        summed.set(posting="daily_summary")
        summed.run(the_day(summed))
        close_the_day(summed)

        with summed.books() as books:
            orders.load(books, summed.db, summed.store, old)

        assert numbers(summed) == [DAY_NUMBER]
        summed.a_while_later()
        summed.run()
        assert summed.outcomes()[3508]["outcome"] == "unchanged"

    def test_where_nobody_makes_the_summaries_the_orders_run_is_red_and_names_the_dag(self, summed):
        sell(summed, a_sale(3509))
        with summed.db.transaction(), summed.db._connection.cursor() as cursor:
            cursor.execute("UPDATE document_member SET recorded_at = now() - INTERVAL '3 days'")

        with pytest.raises(StageRed, match="day: 1, the oldest of 2026-10-06; unpause summary_of_the_day__demo"):
            summed.run(the_day(summed))
        close_the_day(summed)
        summed.run(the_day(summed))

        assert numbers(summed) == [DAY_NUMBER]
