"""Lost answers, killed runs, backfills and lists that cannot be read: every customer once, or somebody hears of it.

Who is hurt: the customer who becomes two contacts because a run died, and the one who is never looked at again.
"""

from contextlib import contextmanager
from dataclasses import fields, replace
from importlib import import_module

import httpx
import pytest
from broken_line import Killed, breaking, minutes_later
from contact_desk import MAIL, sale
from customer_desk import day, desk, phone_of
from test_every_write_is_once import MOMENTS

from include.clients.bigcommerce import BigCommerce
from include.clients.errors import ApiError
from include.stages.orders import StageRed
from include.stages.orders.locks import contact_lock, locked

__all__ = ["desk"]

# The package calls its functions by the same names.
EXTRACTING = import_module("include.stages.customers.extract")
LOADING = import_module("include.stages.customers.load")
LOST = [(how, minutes) for how, minutes, at_once in MOMENTS.values() if at_once == 1]


class TestBadDays:
    """A lost answer, a killed run, another run at work: every change once."""

    @pytest.mark.parametrize(("how", "minutes"), LOST)
    def test_a_creation_whose_answer_was_lost_is_one_contact(self, desk, how, minutes):
        desk.joins(1042)
        self.broken(desk, "PUT .*/Contacts$", how)
        minutes_later(desk.bridge, minutes)

        desk.flow()

        assert desk.names == ["Jane Doe"]
        assert desk.outcomes_of(1042).count("posted") == 1
        assert desk.said("SELECT count(*) FROM attempt WHERE outcome IS NULL") == [(0,)]

    @pytest.mark.parametrize(("how", "minutes"), LOST)
    def test_an_update_whose_answer_was_lost_arrives_once(self, desk, how, minutes):
        desk.joins(1042)
        desk.flow()
        desk.joins(1042, phone="5550199")
        self.broken(desk, "POST .*/Contacts$", how)
        minutes_later(desk.bridge, minutes)

        desk.flow()

        assert phone_of(desk.contact(1042)) == "5550199"
        assert desk.said("SELECT count(*) FROM attempt WHERE outcome IS NULL") == [(0,)]
        assert desk.flow(since=day("2026-01-01")) == {"customers": 1, "unchanged": 1}

    def test_an_update_that_never_arrived_does_not_overwrite_what_was_edited_meanwhile(self, desk):
        desk.joins(1042)
        desk.flow()
        desk.joins(1042, phone="5550199")
        self.broken(desk, "POST .*/Contacts$", "answer lost, nothing done")
        desk.edited(desk.contact(1042)["ContactID"], Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": "02 9999 0000"}])
        minutes_later(desk.bridge, 20)

        desk.flow()

        assert phone_of(desk.contact(1042)) == "02 9999 0000"

    def test_the_order_flow_learns_what_became_of_our_lost_creation(self, desk):
        desk.joins(1042)
        self.broken(desk, "PUT .*/Contacts$", "answer lost, work done")

        desk.sell(sale(2001, customer=1042, email=MAIL))
        desk.flow()

        assert desk.names == ["Jane Doe"]
        assert desk.billed(2001) == [desk.contact(1042)["ContactID"]]

    def test_an_update_of_which_nobody_knows_whether_it_arrived_holds_no_order_back(self, desk):
        desk.joins(1042)
        desk.flow()
        desk.joins(1042, phone="5550199")
        self.broken(desk, "POST .*/Contacts$", "answer lost, nothing done")
        desk.town.shop.put(sale(2001, customer=1042, email=MAIL).build())
        desk.town.shop.touch(2001)
        minutes_later(desk.bridge, 6)  # too late to send it again, too early to say that it is not there

        desk.run()

        assert desk.outcome(2001) == ("posted", None)
        assert desk.asked("Contacts") + desk.asked("Contacts", "POST") == []

    def test_orders_do_not_take_up_a_batch_of_customers(self, desk):
        desk.joins(1042)
        self.broken(desk, "PUT .*/Contacts$", "killed before it is sent")
        minutes_later(desk.bridge, 20)

        desk.run()

        assert desk.books.contacts() == []
        assert desk.said("SELECT state FROM batch WHERE flow = 'customers_to_contacts'") == [("transformed",)]

    def test_a_customer_whose_contact_another_run_works_on_is_tried_again_later(self, desk, monkeypatch):
        monkeypatch.setattr(LOADING, "WAITS_FOR_OTHERS_S", ())
        desk.joins(1042)
        with locked(desk.bridge.db, [contact_lock("demo", "1042")]):
            assert desk.flow() == {"customers": 1, "failed": 1}
        assert desk.outcome_of(1042)[1] == "busy_elsewhere"

        desk.bridge.a_while_later()
        desk.flow()
        assert "posted" in desk.outcomes_of(1042)

    def test_a_refused_update_is_tried_again_and_says_why_without_a_name(self, desk):
        desk.joins(1042)
        desk.flow()
        desk.joins(1042, phone="5550199")
        desk.town.stories.refuse_next_writes("xero")

        assert desk.flow() == {"customers": 1, "failed": 1}
        outcome, reason, sentence = desk.outcome_of(1042)
        assert (outcome, reason, "Jane" in sentence) == ("failed", "refused_by_vendor", False)

        desk.bridge.a_while_later()
        desk.flow()
        assert "posted" in desk.outcomes_of(1042)
        assert phone_of(desk.contact(1042)) == "5550199"

    def broken(self, desk, request, how):
        line = breaking(desk.bridge, request, how)
        with pytest.raises((ApiError, Killed)):
            desk.flow(line)
        assert line.line.broke
        desk.bridge.db.rollback()


class TestWindows:
    """Cursor, overlap and backfill."""

    def test_a_backfill_reads_again_and_twice_is_without_harm(self, desk):
        desk.joins(1042, date_modified="2025-03-01T00:00:00Z", date_created="2025-03-01T00:00:00Z")
        assert desk.flow() == {}  # from before the books begin

        assert desk.flow(since=day("2025-01-01")) == {"customers": 1, "posted": 1}
        assert desk.flow(since=day("2025-01-01")) == {"customers": 1, "unchanged": 1}
        assert desk.names == ["Jane Doe"]

    def test_a_backfill_from_a_later_day_leaves_no_gap_behind_it(self, desk):
        desk.joins(1042, date_modified="2026-02-01T00:00:00Z")

        assert desk.flow(since=day("2026-03-01")) == {}
        assert desk.flow() == {"customers": 1, "posted": 1}

    def test_a_killed_extraction_reads_its_window_again_and_nobody_twice(self, desk, monkeypatch):
        monkeypatch.setattr(EXTRACTING, "CUSTOMERS_A_BATCH_MAX", 250)
        for customer_id in range(1, 601):
            desk.joins(customer_id, first_name=f"No{customer_id}", email=f"c{customer_id}@example.com")
        broken = replaced(desk.bridge, BreaksAt(3))
        with pytest.raises(Killed):
            desk.flow(broken, run_id="the run")
        desk.bridge.db.rollback()
        assert desk.said("SELECT count(*) FROM watermark WHERE flow = 'customers_to_contacts'") == [(0,)]

        assert desk.flow(run_id="the run") == {"customers": 600, "posted": 600}
        assert len(desk.books.contacts()) == 600
        assert desk.said("SELECT count(*) FROM watermark WHERE flow = 'customers_to_contacts'") == [(1,)]

    def test_a_shadow_run_writes_nothing_and_the_live_run_after_it_begins_where_the_books_do(self, desk):
        desk.joins(1042)
        live = desk.bridge.store
        desk.bridge.store = shadowed(live)

        assert desk.flow() == {"customers": 1, "skipped": 1}
        assert (desk.books.contacts(), desk.writes()) == ([], [])
        assert desk.outcome_of(1042)[1] == "shadow"

        desk.bridge.store = live
        assert desk.flow() == {"customers": 1, "posted": 1}

    def test_one_who_cannot_be_read_is_held_by_field_and_the_others_go_on(self, desk):
        desk.checks = True
        desk.joins(7, first_name="Bo", email="bo@example.com")
        desk.joins(1042, form_fields=[{"name": "ABN", "value": ["1", "2"]}])

        assert desk.flow() == {"customers": 2, "posted": 1, "held": 1}
        assert desk.outcome_of(1042)[1] == "unknown_shape"
        assert desk.said("SELECT rule, order_key FROM check_result WHERE NOT passed") == [("customer_read", 1042)]

    def test_a_list_that_cannot_be_read_on_the_whole_is_red(self, desk):
        desk.checks = True
        for customer_id in range(1, 21):
            desk.joins(customer_id, form_fields=[{"name": "ABN", "value": ["1", "2"]}])

        with pytest.raises(StageRed, match="More than 50%"):
            desk.flow()
        assert desk.books.contacts() == []


def shadowed(store):
    return replace(store, file=store.file.model_copy(update={"mode": "shadow"}))


class BreaksAt(httpx.BaseTransport):
    """The process dies at this request to the shop."""

    def __init__(self, request):
        self.left, self.real = request, httpx.HTTPTransport()

    def handle_request(self, request):
        self.left -= 1
        if self.left == 0:
            raise Killed
        return self.real.handle_request(request)


def replaced(bridge, transport):
    """The bridge, whose line to the shop is this one."""

    class Broken(type(bridge)):
        @contextmanager
        def shop(self):
            terms = {"base_url": self.base, "store_hash": "demo1", "access_token": "sandbox-bc-token"}
            with BigCommerce.open(**terms, transport=transport) as client:
                yield client

    return Broken(**{each.name: getattr(bridge, each.name) for each in fields(bridge)})


def test_a_customer_of_whom_a_batch_says_nothing_turns_it_red(desk, monkeypatch):
    monkeypatch.setattr(LOADING, "_changed", lambda db, rows: [])  # a defect that loses them
    desk.joins(1042)

    with pytest.raises(StageRed, match="customer 1042 has no outcome"):
        desk.flow()
