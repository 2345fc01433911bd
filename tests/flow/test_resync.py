"""A resync of one order or one day repairs what can be repaired without harm, and says what it did."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from importlib import import_module

import pytest
from broken_line import Killed, breaking, minutes_later
from complaint_desk import MUG, UNPAID, bridge, changed, fate, invoices, paid, put, waiting, writes
from flow_bridge import Bridge

from include.clients.errors import ApiError
from include.commands import resync as command
from include.database.connection import connect
from include.sandbox.order_builder import an_order
from include.stages.orders.deciding import decide
from include.stages.orders.locks import locked
from include.stages.orders.resync import NotResynced, resync
from include.stages.reference import refresh
from include.stages.switches import turn

__all__ = ("bridge",)  # a fixture

LOADING = import_module("include.stages.orders.load")  # the package calls its function by the same name


def resynced(bridge, wanted=1042, **terms):
    with bridge.shop() as shop, bridge.books() as books:
        return resync(shop, books, bridge.db, bridge.store, wanted, by="finance", why="it looked odd", **terms)


def one(bridge, **terms):
    """What was found about the order, in the closed words, and what was done."""
    told = resynced(bridge, **terms)
    [line] = told.lines
    return [each.cause for each in line.found], " | ".join(line.done)


def audited(bridge):
    rows = bridge.db.rows("audit.entries", store=bridge.store.key)
    bridge.db.rollback()
    return [row["content"] for row in rows if row["event"] == "resync"]


def decided(bridge, choice):
    decide(bridge.db, bridge.store, 1042, choice, by="finance", why="looked at it")


def delete_payments(bridge):
    for payment in bridge.town.books.payments():
        if payment["Status"] != "DELETED":
            bridge.town.books.delete_payment(payment["PaymentID"])


def posted(bridge, order=MUG):
    put(bridge, order)
    bridge.run()


class TestMissing:
    """What no run ever saw is posted."""

    def test_an_order_that_was_never_extracted_is_posted_with_its_payment(self, bridge):
        put(bridge, MUG.modified("2026-06-01T00:00:00Z"))

        found, done = one(bridge)

        assert (found, invoices(bridge), paid(bridge)) == (["missing"], [("BC-1042", "PAID", "22.00")], ["22.00"])
        assert "posted BC-1042" in done
        assert "posted payment" in done

    def test_a_second_resync_and_the_next_run_write_nothing(self, bridge):
        put(bridge, MUG)
        resynced(bridge)
        before = len(writes(bridge))

        assert one(bridge) == ([], "nothing")
        bridge.run()
        assert (fate(bridge)[0], len(writes(bridge))) == ("unchanged", before)

    def test_a_refund_that_nobody_told_us_of_is_credited(self, bridge):
        posted(bridge)
        bundle = MUG.refunded({"MUG": 1}).build()
        for name in ("status_id", "status", "refunded_amount"):
            bundle["order"][name] = MUG.build()["order"][name]
        bridge.town.shop.put(bundle)

        found, done = one(bridge)

        assert "refund_missing" in found
        assert "posted BCR-1042" in done
        assert len(bridge.town.books.credit_notes()) == 1

    def test_our_own_document_of_which_the_ledger_lost_the_link_is_linked(self, bridge):
        posted(bridge)
        with bridge.db.transaction(), bridge.db._connection.cursor() as cursor:
            cursor.execute("DELETE FROM attempt WHERE store = %s", (bridge.store.key,))
            cursor.execute("DELETE FROM document_link WHERE store = %s AND kind <> 'contact'", (bridge.store.key,))

        found, _ = one(bridge)

        assert (found, invoices(bridge), paid(bridge)) == (["not_ours"], [("BC-1042", "PAID", "22.00")], ["22.00"])


class TestWhatAPersonDidInXero:
    """Held with its proposal; nothing is written until somebody decides."""

    def test_a_voided_invoice_is_held_and_posted_under_the_next_number_by_decision(self, bridge):
        posted(bridge, UNPAID)
        bridge.town.books.edit_invoice("BC-1042", {"Status": "VOIDED"})
        before = len(writes(bridge))

        found, done = one(bridge)
        assert (found, len(writes(bridge))) == (["missing_in_xero"], before)
        assert "held: edited_in_xero" in done

        decided(bridge, "post")
        assert "posted BC-1042-2" in one(bridge)[1]
        assert invoices(bridge) == [("BC-1042", "VOIDED", "22.00"), ("BC-1042-2", "AUTHORISED", "22.00")]

    def test_a_deleted_payment_is_held_and_posted_once_more_by_decision_though_the_answer_is_lost(self, bridge):
        posted(bridge)
        delete_payments(bridge)

        found, done = one(bridge)
        assert (found, paid(bridge)) == (["payment_missing"], [])
        assert "held: edited_in_xero (payment): The payment BC-1042/1" in done

        decided(bridge, "post")
        told = resynced(breaking(bridge, "PUT .*/Payments$", "answer lost, work done"))
        assert told.broke
        minutes_later(bridge, 10)
        bridge.run()

        assert (invoices(bridge), paid(bridge)) == ([("BC-1042", "PAID", "22.00")], ["22.00"])
        assert one(bridge) == ([], "nothing")

    def test_another_amount_is_held_and_stays_so_until_it_is_accepted(self, bridge):
        posted(bridge, UNPAID)
        line = bridge.town.books.invoice("BC-1042")["LineItems"][0]
        bridge.town.books.edit_invoice("BC-1042", {"LineItems": [{**line, "UnitAmount": 20, "LineAmount": 20}]})
        before = len(writes(bridge))

        found, done = one(bridge)
        assert found == ["edited_in_xero"]
        assert "We wrote 22.00; BC-1042 now says 20.00 in Xero" in done

        changed(bridge, UNPAID.status(9))
        bridge.run()
        assert fate(bridge) == ("held", "edited_in_xero")

        decided(bridge, "accept")
        found, done = one(bridge)
        assert (found, fate(bridge)[0], len(writes(bridge))) == (["still_held"], "unchanged", before)
        assert "A person took what stands in Xero as right" in done

    def test_an_account_that_was_changed_on_a_paid_invoice_is_held_and_goes_by_itself_once_it_is_undone(self, bridge):
        posted(bridge)
        account(bridge, "260")
        found, done = one(bridge)
        assert found == ["edited_in_xero"]
        assert "AccountCode was 200 and is 260" in done

        changed(bridge, MUG.status(2))
        bridge.run()
        assert fate(bridge) == ("held", "edited_in_xero")

        account(bridge, "200")
        changed(bridge, MUG.status(10))
        bridge.run()
        assert fate(bridge)[0] == "unchanged"

    def test_a_credit_note_that_was_voided_is_held_and_not_written_again(self, bridge):
        posted(bridge, MUG.refunded({"MUG": 1}))
        books = bridge.town.books
        [note] = books.credit_notes()
        delete_payments(bridge)
        books.put(replace(books.document(note["CreditNoteID"]), status="VOIDED"))
        before = len(writes(bridge))

        found, done = one(bridge)

        assert found == ["payment_missing", "payment_missing", "refund_missing"]  # what came, and what went back
        assert f"{note['CreditNoteNumber']} was voided in Xero" in done
        assert (fate(bridge), len(writes(bridge))) == (("held", "edited_in_xero"), before)

        decided(bridge, "skip")
        bridge.run()
        assert (waiting(bridge), len(writes(bridge))) == ([], before)

    def test_a_payment_that_is_not_ours_is_told_and_left(self, bridge):
        posted(bridge, UNPAID)
        bridge.town.books.add_payment({"Invoice": {"InvoiceNumber": "BC-1042"}, "Amount": 5, "Date": "2026-06-05"})
        before = len(writes(bridge))

        assert one(bridge) == (["payment_not_ours"], "nothing")
        assert (paid(bridge), len(writes(bridge))) == (["5.00"], before)


def account(bridge, code):
    """A bookkeeper moves the invoice's line to another account; a paid invoice allows that."""
    books = bridge.town.books
    document = books.document(books.invoice("BC-1042")["InvoiceID"])
    books.put(replace(document, lines=tuple(replace(each, account_code=code) for each in document.lines)))


def by_hand(bridge, **more):
    lines = [{"Description": "Mug", "Quantity": 1, "UnitAmount": 22, "AccountCode": "200", "TaxType": "OUTPUT"}]
    made = {"InvoiceNumber": "INV-7", "Reference": "1042", "Contact": {"Name": "Ada Byron"}, "LineItems": lines}
    return bridge.town.books.add_invoice({**made, "LineAmountTypes": "Inclusive", "Status": "AUTHORISED", **more})


class TestADuplicateByHand:
    """Told, and nothing is written."""

    def test_beside_ours_it_is_told(self, bridge):
        posted(bridge)
        by_hand(bridge)
        before = len(writes(bridge))

        assert one(bridge) == (["doubled"], "nothing")
        assert len(writes(bridge)) == before

    def test_where_ours_was_never_written_it_keeps_ours_out_until_a_person_voids_it(self, bridge):
        by_hand(bridge)
        put(bridge, MUG)

        found, done = one(bridge)
        assert found == ["not_ours"]
        assert "held: number_taken" in done

        changed(bridge, MUG.status(2))
        bridge.run()
        assert (fate(bridge), [number for number, _, _ in invoices(bridge)]) == (("held", "number_taken"), ["INV-7"])

        bridge.town.books.edit_invoice("INV-7", {"Status": "VOIDED"})
        decided(bridge, "again")
        bridge.run()
        assert ("BC-1042", "PAID", "22.00") in invoices(bridge)


class TestTheShopsSide:
    """What changed there is taken up; what is deleted there is told."""

    def test_a_change_that_no_run_saw_is_taken_up(self, bridge):
        posted(bridge, UNPAID)
        put(bridge, UNPAID.line("CUP", price="11.00").modified("2026-06-01T00:00:00Z"))
        bridge.town.shop.touch(1042)

        found, done = one(bridge)

        assert (found, invoices(bridge)) == (["changed_in_shop"], [("BC-1042", "AUTHORISED", "33.00")])
        assert "posted BC-1042" in done

    def test_an_order_that_the_shop_deleted_is_told_with_what_stands_and_nothing_is_voided(self, bridge):
        posted(bridge)
        bridge.town.shop.remove(1042)
        before = len(writes(bridge))

        told = resynced(bridge)

        [line] = told.lines
        assert ([each.cause for each in line.found], line.done) == (["deleted_in_shop"], ("nothing",))
        assert "BC-1042 of 22.00 AUD is PAID in Xero, 22.00 AUD paid by us" in line.found[0].sentence
        assert len(writes(bridge)) == before

    def test_what_waits_for_a_person_is_told_with_its_reason(self, bridge):
        posted(bridge, MUG.without("MUG").line("MUG", price="22.00", tax=("Odd tax", "7")))

        found, done = one(bridge)

        assert found == ["still_held"]
        assert "held: tax_rate_unmapped" in done


class TestNothingIsDone:
    """Where it may not write, it says what it would."""

    @pytest.fixture
    def missing(self, bridge):
        with bridge.books() as books:
            refresh(books, bridge.db, bridge.store)
        put(bridge, MUG)
        return bridge

    def test_dry_says_what_would_be_posted_and_leaves_no_trace(self, missing):
        before = trace(missing)

        found, done = one(missing, dry=True)

        assert (found, done, invoices(missing)) == (["missing"], "would post BC-1042", [])
        assert trace(missing) == before

    def test_a_stopped_store_says_who_stopped_it(self, missing):
        turn(missing.db, missing.store.key, "stop", by="ops", why="a look")

        told = resynced(missing)

        assert ("stopped by ops" in told.only_told, told.lines[0].done) == (True, ("would post BC-1042",))
        assert (invoices(missing), audited(missing)) == ([], [])

    def test_in_shadow_nothing_is_written(self, missing):
        file = missing.store.file.model_copy(update={"mode": "shadow"})
        missing.store = replace(missing.store, file=file)

        _, done = one(missing)

        assert ("shadow" in done, writes(missing)) == (True, [])

    def test_before_the_first_run_a_dry_one_says_that_nothing_is_known(self, bridge):
        with pytest.raises(NotResynced, match="Nothing is known of the organisation yet"):
            resynced(bridge, dry=True)


def trace(bridge):
    with bridge.db._connection.cursor() as cursor:
        counts = []
        for table in ("batch", "raw_part", "due", "audit_entry", "posting", "document_link", "reference_snapshot"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts.append(cursor.fetchone()[0])
    bridge.db.rollback()
    return counts


class TestWhoElseIsThere:
    """Other runs, and an end in the middle."""

    def test_an_order_that_another_run_works_on_is_told_and_left_to_the_next_run(self, bridge, monkeypatch):
        monkeypatch.setattr(LOADING, "WAITS_FOR_OTHERS_S", ())
        put(bridge, MUG)
        with locked(bridge.db, [f"{bridge.store.key}/order/1042"]):
            _, done = one(bridge)
        assert ("failed: busy_elsewhere" in done, invoices(bridge)) == (True, [])

        bridge.a_while_later()
        bridge.run()
        assert invoices(bridge) == [("BC-1042", "PAID", "22.00")]

    def test_two_at_once_post_a_decided_payment_once(self, bridge):
        posted(bridge)
        delete_payments(bridge)
        resynced(bridge)
        decided(bridge, "post")

        def beside(_):
            with connect(bridge.db._dsn) as db:
                return resynced(replace(bridge, db=db)).broke

        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(beside, range(2))) == ["", ""]

        assert (invoices(bridge), paid(bridge)) == ([("BC-1042", "PAID", "22.00")], ["22.00"])

    @pytest.mark.parametrize(
        ("how", "then"),
        [("killed before it is sent", resynced), ("killed after the answer", Bridge.run)],
        ids=["the same command", "the next run"],
    )
    def test_killed_in_the_middle_it_is_finished_once(self, bridge, how, then):
        put(bridge, MUG)
        with pytest.raises(Killed):
            resynced(breaking(bridge, "PUT .*/Invoices$", how))
        bridge.db.rollback()

        minutes_later(bridge, 10)
        then(bridge)

        assert (invoices(bridge), paid(bridge)) == ([("BC-1042", "PAID", "22.00")], ["22.00"])
        assert one(bridge) == ([], "nothing")

    def test_where_the_books_are_down_nothing_is_lost(self, bridge):
        put(bridge, MUG)
        bridge.town.stories.be_down_for("xero", calls=20)
        with pytest.raises(ApiError):
            resynced(breaking(bridge, "nothing", "answer lost, nothing done"))
        bridge.town.stories.clear()

        assert one(bridge)[0] == ["missing"]


class TestWhoAsked:
    """Kept in the audit; nobody's name or address is printed."""

    def test_who_asked_and_why_is_kept_and_no_personal_data_is_told(self, bridge):
        posted(bridge)
        delete_payments(bridge)
        by_hand(bridge)

        text = "\n".join(command.lines_of(resynced(bridge)))
        [entry] = audited(bridge)
        assert (entry["orders"], entry["by"], entry["why"]) == ([1042], "finance", "it looked odd")

        assert "payment_missing" in text
        assert not [word for word in ("Ada", "Byron", "example.com") if word in text + json.dumps(audited(bridge))]

    def test_a_change_of_settings_is_left_to_the_runs_by_the_clock(self, bridge):
        posted(bridge)
        before = bridge.db.value("decisions.last_version", store=bridge.store.key)

        bridge.store.path.write_text(f"{bridge.store.text}\npolicies: {{locked_period: first_open_day}}\n", "utf-8")
        bridge.store = replace(bridge.store, text=bridge.store.path.read_text("utf-8"))
        bridge.store.__dict__.pop("version", None)
        resynced(bridge)

        assert bridge.db.value("decisions.last_version", store=bridge.store.key) == before


DAY = date(2026, 6, 1)


def sixty():
    for at in range(60):
        placed = f"2026-06-01T{at % 12:02}:10:00Z"
        yield an_order(3000 + at).line("MUG", price="22.00").bought_by("Ada Byron", customer=77).placed(placed)


class TestADay:
    """All orders that were placed on it, by the organisation's zone."""

    def test_a_day_of_sixty_is_mended_and_a_second_time_writes_nothing(self, bridge):
        put(bridge, *list(sixty())[:50], MUG.placed("2026-05-20T00:00:00Z"))
        bridge.run()
        put(bridge, *sixty())
        for payment in bridge.town.books.payments()[:2]:
            bridge.town.books.delete_payment(payment["PaymentID"])

        first = resynced(bridge, DAY)
        causes = [each.cause for line in first.lines for each in line.found]
        assert (len(first.lines), causes.count("missing")) == (60, 10)
        assert causes.count("payment_missing") in (1, 2)  # the order beside the day may be among the two
        before = len(writes(bridge))

        second = resynced(bridge, DAY)
        assert (len(writes(bridge)), second.broke) == (before, "")
        assert {each.cause for line in second.lines for each in line.found} == {"payment_missing", "still_held"}
        assert second.shop_calls == 2 + 60  # the list, and the payments of each, which its method asks for
        assert second.books_calls <= 16  # of all sixty, none of them a write

    def test_an_order_of_the_day_that_the_shop_deleted_is_among_them(self, bridge):
        put(bridge, *list(sixty())[:3])
        bridge.run()
        bridge.town.shop.remove(3001)

        told = resynced(bridge, DAY)

        assert [line.order_key for line in told.lines if line.found] == [3001]
        assert [each.cause for line in told.lines for each in line.found] == ["deleted_in_shop"]


def test_the_command_prints_what_was_found_what_was_done_and_what_it_cost(bridge, monkeypatch, capsys):
    """By the Connections of the shell, as `make resync` has them."""
    told = bridge.store.file
    of_shop = {"store_hash": "demo1", "access_token": "sandbox-bc-token"}
    of_books = {
        "client_id": "sandbox-client",
        "client_secret": "sandbox-secret",
        "tenant_id": bridge.town.books.tenant_id,
        "identity_url": bridge.base,
    }
    for connection, extra in ((told.bigcommerce.connection, of_shop), (told.xero.connection, of_books)):
        said = {"conn_type": "http", "host": bridge.base, "extra": extra}
        monkeypatch.setenv(f"AIRFLOW_CONN_{connection.upper()}", json.dumps(said))
    monkeypatch.setenv("BRIDGE_DSN", bridge.db._dsn)
    monkeypatch.setattr(command, "store", lambda key: bridge.store)
    monkeypatch.setattr(sys, "argv", ["resync", "--store", bridge.store.key, "--order", "1042"])
    put(bridge, MUG)

    assert command.main() == 0
    printed = capsys.readouterr().out
    assert "order 1042\n    found    missing: Order 1042 was sold" in printed
    assert "    done     posted BC-1042\n" in printed
    assert "1 order; " in printed

    assert command.main() == 0
    assert "1 order agrees on both sides: nothing to do." in capsys.readouterr().out
    assert waiting(bridge) == []
