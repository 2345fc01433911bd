"""What people decide about held orders, and that the next run does just that: once, audited, and for nothing else."""

import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from complaint_desk import MUG, UNPAID, bridge, changed, fate, invoices, paid, put, store_of, waiting, writes

from include.commands import approve, from_now_on, held, release
from include.sandbox.order_builder import an_order
from include.stages.orders import StageRed
from include.stages.orders.deciding import NotDecidable, choose_contact, decide
from include.stages.orders.deciding import from_now_on as map_from_now_on

__all__ = ("bridge",)  # a fixture


def decided(bridge, choice, order_id=1042, **more):
    return decide(bridge.db, bridge.store, order_id, choice, by="finance", why="looked at it", **more)


def audited(bridge):
    rows = bridge.db.rows("audit.entries", store=bridge.store.key)
    bridge.db.rollback()
    return [(row["event"], row["content"]) for row in rows if row["event"] != "batch_sealed"]


def closed_period(bridge):
    bridge.town.books.organisation["PeriodLockDate"] = date(2026, 5, 31)
    put(bridge, MUG)
    bridge.run()
    assert fate(bridge) == ("held", "locked_period")


class TestPostAsProposed:
    """The document that was shown is the one that is posted."""

    def test_an_order_of_a_closed_period_goes_on_the_first_open_day(self, bridge):
        closed_period(bridge)

        decided(bridge, "post")
        bridge.run()

        [posted] = bridge.town.books.invoices()
        assert (f"{posted['Total']:.2f}", posted["DateString"][:10]) == ("22.00", "2026-06-01")
        assert fate(bridge)[0] == "posted"

    def test_it_is_posted_once_however_often_it_is_decided_or_run(self, bridge):
        closed_period(bridge)

        decided(bridge, "post")
        decided(bridge, "post")
        bridge.run()
        before = len(writes(bridge))
        bridge.town.shop.touch(1042)
        bridge.run()

        assert (len(invoices(bridge)), paid(bridge)) == (1, ["22.00"])
        assert len(writes(bridge)) == before
        assert fate(bridge)[0] == "unchanged"

    def test_a_tax_that_no_rule_explains_is_posted_as_it_was_charged(self, bridge):
        put(bridge, MUG.without("MUG").line("MUG", price="22.00", tax=("Odd tax", "7")))
        bridge.run()
        assert fate(bridge) == ("held", "tax_rate_unmapped")

        decided(bridge, "post")
        bridge.run()

        [posted] = bridge.town.books.invoices()
        assert (f"{posted['Total']:.2f}", f"{posted['TotalTax']:.2f}") == ("22.00", "1.44")

    def test_as_a_draft_its_payment_waits_until_it_is_approved(self, bridge):
        put(bridge, MUG.without("MUG").line("MUG", price="22.00", tax=("Odd tax", "7")))
        bridge.run()

        decided(bridge, "draft")
        bridge.run()
        assert (invoices(bridge), paid(bridge)) == ([("BC-1042", "DRAFT", "22.00")], [])

        bridge.town.books.edit_invoice("BC-1042", {"Status": "AUTHORISED"})
        bridge.a_while_later()
        bridge.run()
        assert paid(bridge) == ["22.00"]

    def test_a_free_amount_is_credited_by_the_orders_mix(self, bridge):
        put(bridge, MUG.paid("card").refunded(amount="11.00"))
        bridge.run()
        assert fate(bridge) == ("held", "refund_unexplained")

        decided(bridge, "post")
        bridge.run()

        [note] = bridge.town.books.credit_notes()
        assert (f"{note['Total']:.2f}", f"{note['TotalTax']:.2f}", f"{note['RemainingCredit']:.2f}") == (
            "11.00",
            "1.00",
            "0.00",
        )

    def test_of_a_refund_that_was_declined_in_part_what_passed_is_paid_out(self, bridge):
        bundle = MUG.paid("card").refunded({"MUG": 1}, to={"card": "12.00", "store_credit": "10.00"}).build()
        bundle["refunds"]["data"][0]["payments"][1]["is_declined"] = True
        bridge.town.shop.put(bundle)
        bridge.run()
        assert fate(bridge) == ("held", "refund_declined")

        decided(bridge, "post")
        bridge.run()

        [note] = bridge.town.books.credit_notes()
        assert (f"{note['Total']:.2f}", f"{note['RemainingCredit']:.2f}") == ("22.00", "10.00")

    def test_a_decision_holds_for_the_facts_that_were_seen(self, bridge):
        put(bridge, MUG.without("MUG").line("MUG", price="22.00", tax=("Odd tax", "7")))
        bridge.run()
        decided(bridge, "post")

        changed(bridge, MUG.without("MUG").line("MUG", price="222.00", tax=("Odd tax", "7")))
        bridge.run()

        assert (invoices(bridge), fate(bridge)) == ([], ("held", "tax_rate_unmapped"))


class TestAnewUnderTheNextNumber:
    """A number that Xero has seen is spent."""

    def test_an_invoice_that_was_voided_in_xero_is_posted_again_and_paid(self, bridge):
        put(bridge, UNPAID)
        bridge.run()
        bridge.town.books.edit_invoice("BC-1042", {"Status": "VOIDED"})
        changed(bridge, MUG.paid("card"))
        bridge.run()
        assert fate(bridge) == ("held", "edited_in_xero")

        decided(bridge, "post")
        bridge.run()

        assert invoices(bridge) == [("BC-1042", "VOIDED", "22.00"), ("BC-1042-2", "PAID", "22.00")]
        row = bridge.outcomes()[1042]
        assert (row["invoice_number"], row["invoice_status"]) == ("BC-1042-2", "PAID")
        assert row["outcome"] in ("posted", "unchanged")

        bridge.town.shop.touch(1042)
        bridge.run()
        assert len(invoices(bridge)) == 2

    def test_a_number_that_somebody_else_uses_is_passed_by(self, bridge):
        bridge.town.books.add_invoice(
            {"InvoiceNumber": "BC-1042", "Contact": {"Name": "Somebody"}, "LineItems": [], "Status": "DRAFT"}
        )
        put(bridge, MUG)
        bridge.run()
        assert fate(bridge) == ("held", "number_taken")

        decided(bridge, "post")
        bridge.run()

        assert ("BC-1042-2", "PAID", "22.00") in invoices(bridge)


class TestWhatStandsInXeroIsRight:
    """Nothing is written; the difference is settled."""

    def test_what_a_bookkeeper_changed_stays_and_waits_no_more(self, bridge):
        put(bridge, UNPAID)
        bridge.run()
        line = bridge.town.books.invoice("BC-1042")["LineItems"][0]
        bridge.town.books.edit_invoice("BC-1042", {"LineItems": [{**line, "Description": "Mug for hire"}]})
        changed(bridge, UNPAID.line("CUP", price="11.00"))
        bridge.run()
        assert fate(bridge) == ("held", "edited_in_xero")

        decided(bridge, "accept")
        bridge.run()

        assert fate(bridge)[0] == "unchanged"
        assert bridge.town.books.invoice("BC-1042")["LineItems"][0]["Description"] == "Mug for hire"
        assert waiting(bridge) == []


class TestSkippedForGood:
    """It stays out, also when the order changes."""

    def test_it_is_dropped_with_what_hangs_on_it(self, bridge):
        closed_period(bridge)

        decided(bridge, "skip")
        bridge.run()
        changed(bridge, MUG.line("CUP", price="11.00"))
        bridge.run()

        assert (invoices(bridge), fate(bridge)) == ([], ("skipped", "dropped"))
        assert "looked at it" in bridge.outcomes()[1042]["sentence"]

    def test_a_later_decision_takes_its_place(self, bridge):
        closed_period(bridge)
        decided(bridge, "skip")
        bridge.run()

        with pytest.raises(NotDecidable, match="Nothing of order 1042 waits"):
            decided(bridge, "post")


class TestFromNowOn:
    """A mapping that a person adds is a setting, and releases what it explains."""

    def test_a_way_of_paying_gets_its_account(self, bridge):
        put(bridge, MUG.paid("Barter"))
        bridge.run()
        assert fate(bridge) == ("held", "method_unmapped")

        count = map_from_now_on(
            bridge.db,
            bridge.store,
            "payments",
            {"tender": "barter", "account": "615-CARD", "payment_method": "Barter"},
            by="finance",
            why="the barter ring",
        )
        bridge.run()

        assert (count, invoices(bridge), paid(bridge)) == (1, [("BC-1042", "PAID", "22.00")], ["22.00"])

    def test_a_rate_gets_its_tax_type_for_every_order_that_bears_it(self, bridge):
        rates = {"OUTPUT": "10", "EXEMPTOUTPUT": "0", "EXEMPTEXPORT": "0", "BASEXCLUDED": "0", "TAX007": "7"}
        bridge.town.books.set_up(
            tax_rates=[{"TaxType": code, "EffectiveRate": Decimal(rate)} for code, rate in rates.items()]
        )
        for number in (1042, 1043):
            put(bridge, an_order(number).line("BAG", price="107.00", tax=("Cup levy", "7")))
        bridge.run()
        assert fate(bridge)[0] == "held"

        rule = {"rule": "cup-levy", "country": "AU", "tax_name": "Cup levy", "rate": 7, "tax_type": "TAX007"}
        count = map_from_now_on(bridge.db, bridge.store, "tax_rules", rule, by="finance", why="new levy")
        bridge.run()

        assert (count, len(invoices(bridge))) == (2, 2)

    def test_what_does_not_fit_the_settings_is_refused(self, bridge):
        with pytest.raises(NotDecidable, match="account"):
            map_from_now_on(bridge.db, bridge.store, "payments", {"tender": "x"}, by="finance", why="no account")
        with pytest.raises(NotDecidable, match="none of what can be decided"):
            map_from_now_on(bridge.db, bridge.store, "schedule", {}, by="finance", why="no such rule")

    def test_a_change_of_the_stores_file_releases_what_it_explains(self, bridge, tmp_path):
        closed_period(bridge)

        text = bridge.store.text + "policies: {locked_period: first_open_day}\n"
        bridge.store.path.write_text(text, "utf-8")
        from include.settings.store import read_store

        bridge.store = read_store(bridge.store.path)
        bridge.run()

        assert fate(bridge)[0] == "posted"
        assert ("released_by_settings", [1042]) in [(event, each.get("orders")) for event, each in audited(bridge)]


def test_the_contact_that_a_person_chooses_is_billed(bridge):
    ids = [
        bridge.town.books.add_contact({"Name": name, "EmailAddress": "ada.byron@example.com"})
        for name in ("Ada B.", "A. Byron")
    ]
    put(bridge, MUG)
    bridge.run()
    assert fate(bridge) == ("held", "contact_ambiguous")

    choose_contact(bridge.db, bridge.store, 1042, ids[1], by="finance", why="the younger one")
    bridge.run()

    assert bridge.town.books.invoice("BC-1042")["Contact"]["ContactID"] == ids[1]
    assert ("contact_chosen", ids[1]) in [(event, each.get("contact_id")) for event, each in audited(bridge)]


def test_every_decision_is_audited_with_who_when_and_why(bridge):
    closed_period(bridge)

    decided(bridge, "post")

    [(event, content)] = audited(bridge)
    assert event == "decided"
    assert (content["order"], content["choice"], content["by"], content["why"], content["reason"]) == (
        1042,
        "post",
        "finance",
        "looked at it",
        "locked_period",
    )


def test_what_cannot_be_decided_so_is_refused_with_what_can(bridge):
    put(bridge, MUG.stating(total_inc_tax="99.0000"))
    bridge.run()
    assert fate(bridge) == ("held", "total_differs")

    with pytest.raises(NotDecidable, match="it can be decided by skip, again, not by post"):
        decided(bridge, "post")


class TestMoneyThatClearsLater:
    """The delay moves when a payment is posted, never its date."""

    def test_it_waits_for_its_day_and_bears_the_day_of_the_money(self, bridge, tmp_path):
        rule = "{tender: card_clearing, account: 615-CARD, method: credit_card, clears_after_days: 3}"
        delayed = f"payments: # beside\n  - {rule}\n"
        bridge.store = store_of(
            tmp_path / "other", f"{bridge.store.key}_slow", **{"payments: # beside": delayed + "  #"}
        )
        today = datetime.now(UTC)
        put(bridge, MUG.placed(today - timedelta(hours=2)))
        bridge.run()
        assert (invoices(bridge), paid(bridge)) == ([("BC-1042", "AUTHORISED", "22.00")], [])
        assert fate(bridge)[0] == "posted"

        early = MUG.stating(id=1043).placed(today - timedelta(days=5))
        put(bridge, early)
        bridge.town.shop.touch(1043)
        bridge.run()
        [payment] = bridge.town.books.payments()
        [invoice] = [each for each in bridge.town.books.invoices() if each["InvoiceNumber"] == "BC-1043"]
        assert payment["Date"] == invoice["Date"]


class TestXeroKeepsItOtherwise:
    """What it takes silently and drops is seen."""

    def test_a_tracking_option_that_it_does_not_know_is_held(self, bridge, tmp_path):
        bridge.store = store_of(
            tmp_path / "other", f"{bridge.store.key}_tracked", **{"alerts:": "tracking: {Channel: Web shop}\nalerts:"}
        )
        put(bridge, MUG)
        bridge.run()

        assert fate(bridge) == ("held", "answer_differs")
        assert "Channel: Web shop" in bridge.outcomes()[1042]["sentence"]

    def test_a_plan_without_invoices_stops_the_run_once_and_sends_nothing(self, bridge):
        bridge.town.books.actions["CreateApprovedInvoice"] = "NOT-ALLOWED"
        put(bridge, MUG)
        put(bridge, an_order(1043))

        with pytest.raises(StageRed, match="plan allows no more approved invoices"):
            bridge.run()
        assert writes(bridge) == []

        bridge.town.books.actions["CreateApprovedInvoice"] = "ALLOWED"
        bridge.a_while_later()
        bridge.run()
        assert len(invoices(bridge)) == 2


class TestPeopleWorkInXeroToo:
    """Seen before we write: nothing is paid twice, nothing is written over."""

    def test_an_invoice_that_was_paid_by_hand_with_another_amount_is_asked_about(self, bridge):
        put(bridge, UNPAID)
        bridge.run()
        bridge.town.books.add_payment(
            {"Invoice": {"InvoiceNumber": "BC-1042"}, "Account": {"Code": "615-CARD"}, "Amount": 10}
        )

        changed(bridge, MUG.paid("card"))
        bridge.run()

        assert (paid(bridge), fate(bridge)) == (["10.00"], ("held", "edited_in_xero"))


class TestTheCommands:
    """What people type."""

    @pytest.fixture
    def typed(self, bridge, monkeypatch, capsys):
        monkeypatch.setenv("BRIDGE_DSN", bridge.db._dsn)
        monkeypatch.setenv("BRIDGE_STORES", str(bridge.store.path.parent))

        def run(command, *words):
            monkeypatch.setattr(sys, "argv", ["command", "--store", bridge.store.key, *words])
            code = command.main()
            said = capsys.readouterr()
            return code, said.out + said.err

        return run

    def test_a_held_order_is_shown_with_its_proposed_document_and_released(self, bridge, typed):
        closed_period(bridge)

        code, shown = typed(held, "--order", "1042")
        assert code == 0
        assert "proposed: BC-1042 of 2026-06-01, AUD 22.00 with 2.00 tax, Inclusive" in shown
        assert "DECISION=post|draft|skip|again" in shown

        code, said = typed(release, "--order", "1042", "--decision", "post", "--why", "closed by mistake")
        assert (code, "invoice (locked_period): post" in said) == (0, True)
        bridge.run()
        assert fate(bridge)[0] == "posted"
        assert typed(held, "--order", "1042")[1] == "Nothing of order 1042 waits for a person.\n"

    def test_what_cannot_be_decided_ends_with_1_and_says_why(self, bridge, typed):
        bridge.run()

        assert typed(release, "--order", "7", "--decision", "skip", "--why", "x") == (
            1,
            "Nothing of order 7 waits for a person.\n",
        )

    def test_mappings_are_kept_and_shown_as_yaml(self, bridge, typed):
        bridge.run()
        assert "Nothing was decided" in typed(from_now_on)[1]

        code, said = typed(from_now_on, "--rule", "fees", "--value", '{"Care": "263"}', "--why", "new fee")

        assert (code, "0 held orders are explained by it" in said) == (0, True)
        assert "accounts:\n  fees:\n    Care: '263'" in typed(from_now_on)[1]

    def test_the_drafts_of_the_first_days_are_approved_in_bulk(self, bridge, typed):
        bridge.set(first_run_status="DRAFT")
        put(bridge, MUG)
        put(bridge, an_order(1043))
        bridge.run()
        assert (len(invoices(bridge)), paid(bridge)) == (2, [])
        assert "2 drafts: AUD 44.00." in typed(approve)[1]

        bridge.set(first_run_status="AUTHORISED")
        assert typed(approve, "--write")[0] == 0
        bridge.run()

        assert [status for _, status, _ in invoices(bridge)] == ["PAID", "PAID"]
        assert paid(bridge) == ["22.00", "22.00"]
