"""accounting.md 10: what comes after a day was summed up, and what dies in between."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from summed_days import (
    DAY_NUMBER,
    THE_DAY,
    D,
    a_sale,
    close_the_day,
    numbers,
    planned,
    put,
    received,
    sell,
    the_day,
    thirty_orders,
)

from include.database.connection import connect
from include.database.letters import newly_told
from include.settings.store_file import PaymentRow
from include.stages import orders
from include.stages.orders.deciding import decide
from include.stages.switches import Stopped, turn


class TestWhatComesAfter:
    """A posted day is never rewritten: what is new is a supplement, what became less is a person's decision."""

    def test_a_late_order_is_a_supplement_of_its_day(self, summed):
        sell(summed, a_sale(3301))
        close_the_day(summed)

        sell(summed, a_sale(3302), a_sale(3303))
        close_the_day(summed, 2)

        assert numbers(summed) == [DAY_NUMBER, f"{DAY_NUMBER}-S2"]
        supplement = summed.town.books.invoice(f"{DAY_NUMBER}-S2")
        assert (supplement["Total"], supplement["AmountDue"]) == (D("44.00"), 0)
        assert supplement["DateString"][:10] == "2026-10-06"
        assert summed.outcomes()[3303]["invoice_number"] == f"{DAY_NUMBER}-S2"

    def test_an_order_edited_while_it_waits_enters_as_it_is_now(self, summed):
        sell(summed, a_sale(3304))
        sell(summed, a_sale(3304, "33.00").modified(THE_DAY + timedelta(hours=3)))

        close_the_day(summed)

        assert summed.town.books.invoice(DAY_NUMBER)["Total"] == D("33.00")

    def test_an_order_that_grew_and_was_paid_is_a_supplement_of_the_difference(self, summed):
        sell(summed, a_sale(3305))
        close_the_day(summed)
        grown = a_sale(3305).settled().line("BOOK", price="18.40", tax=("GST Free", "0")).paid("paypal")

        sell(summed, grown.modified(THE_DAY + timedelta(days=1)))
        close_the_day(summed, 2)

        supplement = summed.town.books.invoice(f"{DAY_NUMBER}-S2")
        assert (supplement["Total"], supplement["TotalTax"], supplement["AmountDue"]) == (D("18.40"), 0, 0)
        assert received(summed) == {"615-CARD": D("22.00"), "616-PP": D("18.40")}
        assert summed.outcomes()[3305]["paid"] == D("40.40")
        assert close_the_day(summed, 3)["documents"] == 0

    def test_an_order_that_grew_and_was_not_paid_is_held_with_both_figures(self, summed):
        sell(summed, a_sale(3306))
        close_the_day(summed)
        grown = a_sale(3306).settled().line("BOOK", price="18.40", tax=("GST Free", "0"))

        sell(summed, grown.modified(THE_DAY + timedelta(days=1)))
        close_the_day(summed, 2)

        row = summed.outcomes()[3306]
        assert (row["outcome"], row["reason"]) == ("held", "edited_after_payment")
        assert row["sentence"] == f"Posted at 22.00 within {DAY_NUMBER} and paid 22.00; the order is now worth 40.40."
        assert numbers(summed) == [DAY_NUMBER]

    def test_an_order_that_became_less_is_held_until_a_person_takes_the_books_as_right(self, summed):
        order = a_sale(3307).line("BOOK", price="18.40")
        sell(summed, order)
        close_the_day(summed)

        sell(summed, order.settled().without("BOOK").modified(THE_DAY + timedelta(days=1)))
        assert summed.outcomes()[3307]["reason"] == "edited_after_payment"

        decide(
            summed.db, summed.store, 3307, "accept", by="ada", why="given back in cash", reason="edited_after_payment"
        )
        summed.run()

        assert summed.outcomes()[3307]["reason"] != "edited_after_payment"
        assert DAY_NUMBER in numbers(summed)
        assert f"{DAY_NUMBER}-S2" not in numbers(summed)

    def test_an_order_cancelled_while_it_waits_leaves_its_day(self, summed):
        sell(summed, a_sale(3308), a_sale(3309))
        sell(summed, a_sale(3308).status(5).modified(THE_DAY + timedelta(hours=1)))

        close_the_day(summed)

        assert summed.outcomes()[3308]["reason"] == "cancelled_with_money"
        assert summed.town.books.invoice(DAY_NUMBER)["Total"] == D("22.00")


class TestMoneyThatClearsLater:
    """A clearing delay moves when a payment is posted, never its date."""

    def test_the_day_is_posted_at_once_and_its_payment_once_it_cleared(self, summed):
        in_days = (datetime.now(UTC) - THE_DAY).days + 3
        card = PaymentRow(tender="card", account="615-CARD", method="credit_card", clears_after_days=in_days)
        file = summed.store.file.model_copy(update={"payments": (card,)})
        slow = replace(summed, store=replace(summed.store, file=file))
        sell(slow, a_sale(3351), a_sale(3352).store_credit("2.00"))

        close_the_day(slow)
        invoice = slow.town.books.invoice(DAY_NUMBER)
        assert (invoice["Status"], invoice["AmountDue"]) == ("AUTHORISED", D("42.00"))
        slow.run(the_day(slow))
        assert slow.outcomes()[3351]["invoice_number"] == DAY_NUMBER
        close_the_day(slow, 6)

        invoice = slow.town.books.invoice(DAY_NUMBER)
        assert (invoice["Status"], invoice["AmountDue"]) == ("PAID", 0)
        assert numbers(slow) == [DAY_NUMBER]
        [paid] = [each for each in slow.town.books.payments() if each["Reference"] == f"{DAY_NUMBER}/card"]
        assert (paid["Amount"], paid["DateString"][:10] if "DateString" in paid else "2026-10-06") == (
            D("42.00"),
            "2026-10-06",
        )


class TestTrouble:
    """Whatever dies in between, a day is posted once."""

    def test_killed_between_the_write_and_the_link_the_next_run_doubles_nothing(self, summed, monkeypatch):
        from include.stages.orders import invoicing

        sell(summed, *thirty_orders())
        with monkeypatch.context() as broken:
            broken.setattr(invoicing, "entered", lambda *_, **__: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                close_the_day(summed)
        assert numbers(summed) == [DAY_NUMBER]

        close_the_day(summed)

        assert numbers(summed) == [DAY_NUMBER]
        assert summed.town.books.invoice(DAY_NUMBER)["Status"] == "PAID"
        assert {row["outcome"] for row in summed.outcomes().values()} == {"posted"}

    def test_an_answer_lost_after_the_write_makes_no_second_invoice(self, summed):
        sell(summed, a_sale(3401))
        summed.town.stories.lose_the_next_answer("xero", writes_only=True)

        for _ in range(2):
            with suppress(Exception):  # whichever way the run ended, the next one goes on
                close_the_day(summed)

        assert numbers(summed) == [DAY_NUMBER]
        assert summed.town.books.invoice(DAY_NUMBER)["Status"] == "PAID"

    def test_killed_between_the_payment_and_its_link_the_money_is_not_taken_twice(self, summed, monkeypatch):
        from include.stages.orders import hanging

        sell(summed, *thirty_orders())
        with monkeypatch.context() as broken:
            broken.setattr(hanging, "link_to", lambda *_, **__: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                close_the_day(summed)
        came = received(summed)

        close_the_day(summed)

        assert summed.town.books.invoice(DAY_NUMBER)["Status"] == "PAID"
        assert received(summed)["615-CARD"] == came["615-CARD"]

    def test_orders_and_the_night_at_once_leave_each_order_in_one_place(self, summed, dsn):
        put(summed, *thirty_orders())
        summed.run(the_day(summed))
        put(summed, *(a_sale(order_id) for order_id in range(3430, 3450)))

        def at_once(work):
            with connect(dsn) as db:
                work(replace(summed, db=db, runs=int(uuid4()) % 10**9))

        works = [lambda each: each.run(the_day(each)), close_the_day] * 2
        with ThreadPoolExecutor(len(works)) as pool:
            for done in [pool.submit(at_once, work) for work in works]:
                done.result()
        close_the_day(summed, 2)

        posted = [summed.town.books.invoice(number) for number in numbers(summed)]
        assert sum(each["Total"] for each in posted) == sum(row["paid"] for row in summed.outcomes().values())
        assert {each["Status"] for each in posted} == {"PAID"}
        assert numbers(summed) == [DAY_NUMBER, f"{DAY_NUMBER}-S2"]

    def test_killed_before_anything_was_sent_the_orders_flow_itself_takes_up_the_day(self, summed):
        sell(summed, a_sale(3402))
        planned(summed)
        summed.a_while_later()

        summed.run(the_day(summed))

        assert numbers(summed) == [DAY_NUMBER]
        assert summed.outcomes()[3402]["invoice_number"] == DAY_NUMBER

    def test_a_day_that_is_kept_out_and_whose_orders_are_planned_anew_is_held_with_them_not_beside_them(self, summed):
        sell(summed, a_sale(3407))
        batches = planned(summed)
        summed.town.books.organisation["PeriodLockDate"] = date(2026, 10, 31)
        with summed.books() as books:
            orders.load(books, summed.db, summed.store, batches)
        orders.audit(summed.db, summed.store, batches)

        summed.a_while_later()
        summed.run()

        waiting = summed.db.rows("held.waiting", store="demo", reason="locked_period", limit=None)
        ours = [(each["order_key"], each["kind"]) for each in waiting if each["order_key"] in ("3407", DAY_NUMBER)]
        assert ours == [("3407", "invoice")]
        close_the_day(summed, 3)
        assert DAY_NUMBER not in numbers(summed)

    def test_an_order_seen_while_its_day_is_on_its_way_hears_of_it_afterwards(self, summed):
        sell(summed, a_sale(3403))
        batches = planned(summed)
        summed.run(the_day(summed))

        with summed.books() as books:
            orders.load(books, summed.db, summed.store, batches)
        orders.audit(summed.db, summed.store, batches)
        summed.a_while_later()
        summed.run()

        assert (summed.outcomes()[3403]["outcome"], numbers(summed)) == ("unchanged", [DAY_NUMBER])

    def test_a_day_that_xero_refuses_is_held_its_orders_with_it_and_posts_once_that_is_mended(self, summed):
        sell(summed, a_sale(3404))
        batches = planned(summed)
        lock = summed.town.books.organisation
        lock["PeriodLockDate"] = date(2026, 10, 31)
        with summed.books() as books:
            orders.load(books, summed.db, summed.store, batches)
        counts = orders.audit(summed.db, summed.store, batches)
        assert counts["held"] == counts["documents"] == 4
        row = summed.outcomes()[3404]
        assert (row["outcome"], row["reason"]) == ("held", "invoice_held")
        assert row["sentence"].startswith(f"{DAY_NUMBER} is not in the books yet: Xero refused it")
        told = newly_told(summed.db, "demo"), summed.db.rows("held.waiting", store="demo", reason=None, limit=None)
        assert [(each["day_number"], each["kind"], each["reason"]) for each in told[0]] == [
            (DAY_NUMBER, "invoice", "locked_period")
        ]
        assert [(each["order_key"], each["kind"], each["reason"]) for each in told[1]] == [
            (DAY_NUMBER, "invoice", "locked_period")
        ]

        lock["PeriodLockDate"] = None
        close_the_day(summed, 2)

        assert numbers(summed) == [DAY_NUMBER]
        assert summed.outcomes()[3404]["outcome"] == "posted"
        assert summed.db.rows("held.waiting", store="demo", reason=None, limit=None) == []

    def test_a_stopped_store_posts_its_day_after_go(self, summed):
        sell(summed, a_sale(3405))
        turn(summed.db, "demo", "stop", by="ops", why="a look")
        with pytest.raises(Stopped):
            close_the_day(summed)
        assert numbers(summed) == []

        turn(summed.db, "demo", "go", by="ops", why="looked")
        close_the_day(summed)

        assert numbers(summed) == [DAY_NUMBER]

    def test_in_shadow_nothing_is_recorded_and_the_report_says_how_it_would_be_posted(self, summed):
        file = summed.store.file.model_copy(update={"mode": "shadow"})
        shadow = replace(summed, store=replace(summed.store, file=file))

        sell(shadow, a_sale(3406))

        assert planned(shadow) == []
        row = shadow.outcomes()[3406]
        assert (row["reason"], row["sentence"]) == ("shadow", "It would be posted within the summary of its day.")
        assert numbers(shadow) == []

    def test_in_shadow_what_a_day_holds_already_is_told_as_unchanged(self, summed):
        sell(summed, a_sale(3408))
        close_the_day(summed)
        file = summed.store.file.model_copy(update={"mode": "shadow"})
        shadow = replace(summed, store=replace(summed.store, file=file))

        shadow.run(the_day(shadow))

        assert (shadow.outcomes()[3408]["outcome"], planned(shadow, 2)) == ("unchanged", [])
