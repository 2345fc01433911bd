"""Safe by default (design 4.17): what keeps a wrong setting from becoming a thousand wrong invoices."""

from dataclasses import replace
from datetime import timedelta

import pytest

from include.sandbox.demo import EXPECTED
from include.sandbox.order_builder import an_order
from include.settings.store_file import StoreFile
from include.stages.orders import StageRed
from include.stages.orders.correction import ask_for, preview
from include.stages.orders.shadow import report
from include.stages.switches import Stopped, turn


def shadowed(bridge, mode="shadow"):
    return replace(bridge, store=replace(bridge.store, file=bridge.store.file.model_copy(update={"mode": mode})))


class TestShadow:
    """Everything runs, plans are kept and shown, nothing is written."""

    def test_a_store_begins_in_shadow_unless_its_file_says_live(self):
        assert StoreFile.model_fields["mode"].default == "shadow"
        assert StoreFile.model_fields["start_from"].is_required()

    def test_nothing_is_written_and_every_order_has_its_outcome(self, bridge):
        counts = shadowed(bridge).run()

        assert counts["orders"] == len(EXPECTED)
        assert counts["posted"] == counts["failed"] == 0
        assert list(bridge.town.calls.writes("xero")) == []

    def test_the_report_says_what_would_be_posted(self, bridge):
        shadow = shadowed(bridge)
        shadow.run()

        told = report(bridge.db, shadow.store)
        bridge.run()
        books = bridge.town.books

        live = [each for each in books.invoices() if each["Status"] != "DELETED"]
        assert told.documents["invoice", "AUD"] == (len(live), sum(each["Total"] for each in live))
        assert sum(tax for _, tax in told.sums.values()) == sum(each["TotalTax"] for each in live)
        assert sum(net for net, _ in told.sums.values()) == sum(each["SubTotal"] for each in live)
        assert told.held
        assert told.held_first[0]["remedy"]

    def test_the_first_live_run_posts_what_the_shadow_only_showed(self, bridge):
        shadowed(bridge).run()

        counts = bridge.run()

        assert counts["orders"] == len(EXPECTED)
        assert counts["posted"] > 20


class TestStopAndGo:
    """Read before each chunk; what was open is taken up by the next run."""

    def test_a_stopped_store_writes_nothing_and_says_who_stopped_it(self, bridge):
        turn(bridge.db, "demo", "stop", by="ops", why="the tax rules look wrong")

        with pytest.raises(Stopped, match=r"stopped by ops .* the tax rules look wrong"):
            bridge.run()

        assert list(bridge.town.calls.writes("xero")) == []

    def test_after_go_the_next_run_takes_it_up(self, bridge):
        turn(bridge.db, "demo", "stop", by="ops", why="a look")
        with pytest.raises(Stopped):
            bridge.run()

        turn(bridge.db, "demo", "go", by="ops", why="looked")
        bridge.run()

        assert len(bridge.town.books.invoices()) > 20


class TestTheFirstDocumentAfterAChange:
    """It goes alone, and Xero's answer must match before the rest follow."""

    def test_one_invoice_goes_first_and_once_proved_no_more(self, bridge):
        bridge.run()
        first = [body for method, target, body in chunks(bridge) if target == "Invoices"]
        assert len(first[0]) == 1 < len(first[1])

        bridge.town.shop.put(an_order(2101).line("MUG", price="22.00", tax="10").paid("card").build())
        bridge.town.shop.put(an_order(2102).line("MUG", price="22.00", tax="10").paid("card").build())
        for order_id in (2101, 2102):
            bridge.town.shop.touch(order_id)
        bridge.run()

        assert len([body for method, target, body in chunks(bridge) if target == "Invoices"][-1]) == 2

    def test_an_answer_that_differs_stops_the_run_after_one_document(self, bridge, monkeypatch):
        from include.stages.orders import invoicing

        monkeypatch.setattr(invoicing, "differs", lambda row, found: True)

        with pytest.raises(StageRed, match="went first after a change"):
            bridge.run()

        assert len(bridge.town.books.invoices()) == 1


def chunks(bridge):
    """Every write so far: method, target, elements."""
    import json

    with bridge.db._connection.cursor() as cursor:
        cursor.execute("SELECT method, target, body FROM chunk ORDER BY chunk_id")
        rows = cursor.fetchall()
    bridge.db.rollback()
    return [(method, target, next(iter(json.loads(bytes(body)).values()))) for method, target, body in rows]


class TestACorrection:
    """A change of settings is reported, and written only when a person asks for it (T7)."""

    @pytest.fixture
    def changed(self, bridge):
        """A store whose shipping account was changed after one unpaid and one paid order were posted."""
        unpaid = an_order(2201).line("MUG", price="22.00").shipping("11.00").unpaid("Bank Deposit").status(11)
        paid = an_order(2202).line("MUG", price="22.00").shipping("11.00").paid("card")
        now = bridge.town.clock.now()
        for order in (unpaid.placed(now), paid.placed(now)):
            bridge.town.shop.put(order.build())
        bridge.run()
        accounts = bridge.store.file.accounts.model_copy(update={"shipping": "200"})
        file = bridge.store.file.model_copy(update={"accounts": accounts})
        return replace(bridge, store=replace(bridge.store, file=file))

    def days(self, bridge):
        today = bridge.town.clock.now().date()
        return today - timedelta(days=1), today + timedelta(days=2)

    def test_the_preview_names_each_invoice_and_what_would_change(self, changed):
        found = {each.order_key: each for each in preview(changed.db, changed.store, *self.days(changed))}

        assert {2201, 2202} <= set(found)
        assert found[2201].changes == (("LineItems[2].AccountCode", "260", "200"),)

    def test_without_being_asked_nothing_is_written(self, changed):
        changed.town.calls.clear()
        changed.town.shop.touch(2201)

        changed.run()

        assert list(changed.town.calls.writes("xero")) == []
        assert changed.outcomes()[2201]["outcome"] == "unchanged"

    def test_asked_for_the_unpaid_is_written_and_the_paid_stays(self, changed):
        ask_for(changed.db, changed.store, [2201, 2202])

        changed.run()

        shipping = {
            number: changed.town.books.invoice(number)["LineItems"][1]["AccountCode"]
            for number in ("BC-2201", "BC-2202")
        }
        assert shipping == {"BC-2201": "200", "BC-2202": "260"}


class TestWhatAnotherConnectorPosted:
    """Found by number, reference, contact and total; adopted with a report, never posted again."""

    @pytest.fixture
    def before(self, bridge):
        bridge.set(adopt_before=bridge.town.clock.now() + timedelta(days=1))
        now = bridge.town.clock.now()
        bridge.town.shop.put(an_order(2301).placed(now).bought_by("Ada Byron", customer=77).build())
        self.ada = bridge.town.books.add_contact({"Name": "Ada Byron", "EmailAddress": "ada.byron@example.com"})
        return bridge

    def theirs(self, bridge, **changed):
        invoice = {
            "InvoiceNumber": "INV-0042",
            "Reference": "Order #2301",
            "Status": "PAID",
            "Total": "22.00",
            "Contact": {"ContactID": self.ada},
            **changed,
        }
        bridge.town.books.add_invoice(invoice)

    def test_it_is_adopted_with_its_payment_and_nothing_is_posted(self, before):
        self.theirs(before)
        paid = len(before.town.books.payments())

        before.run()

        outcome = before.outcomes()[2301]
        assert (outcome["outcome"], outcome["invoice_number"]) == ("posted", "INV-0042")
        assert "another connector posted it as INV-0042" in outcome["sentence"]
        assert "BC-2301" not in {each["InvoiceNumber"] for each in before.town.books.invoices()}
        assert not any(each["Reference"].startswith("BC-2301") for each in before.town.books.payments()[paid:])

    @pytest.mark.parametrize("changed", [{"Total": "23.00"}, {"Contact": {"Name": "Somebody else"}}])
    def test_one_that_bears_the_name_and_differs_is_held(self, before, changed):
        self.theirs(before, **changed)

        before.run()

        outcome = before.outcomes()[2301]
        assert (outcome["outcome"], outcome["reason"]) == ("held", "number_taken")
        assert "INV-0042" in outcome["sentence"]

    def test_a_shadow_run_says_what_a_live_run_would_adopt(self, before):
        self.theirs(before)

        shadowed(before).run()

        with before.db._connection.cursor() as cursor:
            cursor.execute("SELECT sentence FROM posting WHERE subject_key = '2301' AND kind = 'invoice'")
            assert cursor.fetchone()[0] == "It would be adopted: another connector posted it as INV-0042."
        before.db.rollback()
        assert [row["subject_key"] for row in report(before.db, before.store).adopted] == ["2301"]

    def test_an_order_of_ours_is_not_looked_up_where_nobody_said_so(self, bridge):
        bridge.run()

        assert not any("Reference" in str(call.query) for call in bridge.town.calls)
