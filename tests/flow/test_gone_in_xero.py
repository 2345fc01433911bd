"""What a person deleted or voided in Xero is noticed when its order is looked at again, and posted anew by decision alone."""

import httpx
import pytest
from broken_line import breaking, minutes_later
from complaint_desk import MUG, UNPAID, bridge, changed, fate, invoices, paid, put, waiting, writes

from include.clients.errors import ApiError
from include.sandbox.order_builder import an_order
from include.stages.orders.deciding import NotDecidable, decide, waiting_of

__all__ = ("bridge",)  # a fixture


def decided(bridge, choice, **more):
    return decide(bridge.db, bridge.store, 1042, choice, by="finance", why="looked at it", **more)


def look_again(bridge, status=2):
    """The shop changed the order's status, and nothing that its documents are made from."""
    changed(bridge, MUG.status(status))
    bridge.run()


def asked(bridge):
    """The questions to Xero about invoices and payments."""
    paths = ("/Invoices", "/Payments", "/CreditNotes")
    return [call.path for call in bridge.town.calls if call.method == "GET" and call.path.endswith(paths)]


def delete_payments(bridge):
    for payment in bridge.town.books.payments():
        if payment["Status"] != "DELETED":
            bridge.town.books.delete_payment(payment["PaymentID"])


@pytest.fixture
def deleted(bridge):
    """A paid order whose payment a bookkeeper deleted, and that was looked at since."""
    put(bridge, MUG)
    bridge.run()
    delete_payments(bridge)
    look_again(bridge)
    return bridge


class TestADeletedPayment:
    """Held with the payment's name and amount, and never posted again by itself."""

    def test_a_bookkeeper_reads_which_payment_of_how_much_on_which_invoice_and_what_may_be_decided(self, deleted):
        [row] = waiting(deleted)
        assert (row["kind"], row["reason"], f"{row['amount']:.2f}") == ("payment", "edited_in_xero", "22.00")
        assert "The payment BC-1042/1" in row["sentence"]
        assert "of 22.00 AUD was deleted in Xero; BC-1042 owes it again" in row["sentence"]
        assert "`post`" in row["remedy"]
        assert "`accept`" in row["remedy"]

        [each] = waiting_of(deleted.db, deleted.store, 1042)
        assert each.choices == ("post", "accept", "skip")
        assert [str(planned.decision.amount) for planned in each.proposal] == ["22.00"]

        # The ledger says that it is due again.
        row = deleted.outcomes()[1042]
        assert (f"{row['paid']:.2f}", row["invoice_status"]) == ("0.00", "AUTHORISED")
        assert unsettled(deleted) == ["1042"]

    def test_it_stays_held_however_often_the_order_is_looked_at_and_nothing_is_written(self, deleted):
        before = len(writes(deleted))

        look_again(deleted, status=10)

        assert (fate(deleted), len(writes(deleted)), paid(deleted)) == (("held", "edited_in_xero"), before, [])

    def test_what_would_be_posted_is_shown_and_what_may_be_decided(self, deleted):
        [each] = waiting_of(deleted.db, deleted.store, 1042)

        assert each.choices == ("post", "accept", "skip")
        assert [str(planned.decision.amount) for planned in each.proposal] == ["22.00"]

    def test_post_enters_it_once_and_deleted_a_second_time_it_is_asked_about_a_second_time(self, deleted):
        decided(deleted, "post")
        decided(deleted, "post")
        deleted.run()
        assert (invoices(deleted), paid(deleted)) == ([("BC-1042", "PAID", "22.00")], ["22.00"])
        assert (waiting(deleted), unsettled(deleted)) == ([], [])

        before = len(writes(deleted))
        look_again(deleted, status=10)
        assert (fate(deleted)[0], len(writes(deleted)), paid(deleted)) == ("unchanged", before, ["22.00"])

        delete_payments(deleted)
        look_again(deleted, status=2)
        assert (fate(deleted), paid(deleted)) == (("held", "edited_in_xero"), [])

    @pytest.mark.parametrize(("how", "minutes"), [("answer lost, work done", 1), ("answer lost, nothing done", 10)])
    def test_a_lost_answer_doubles_nothing(self, deleted, how, minutes):
        decided(deleted, "post")
        with pytest.raises(ApiError):
            breaking(deleted, "PUT .*/Payments$", how).run()
        deleted.db.rollback()

        minutes_later(deleted, minutes)
        deleted.run()

        assert (invoices(deleted), paid(deleted)) == ([("BC-1042", "PAID", "22.00")], ["22.00"])
        assert waiting(deleted) == []

    def test_accept_leaves_it_deleted_and_due(self, deleted):
        decided(deleted, "accept")
        deleted.run()
        look_again(deleted, status=10)

        assert (fate(deleted)[0], paid(deleted), waiting(deleted)) == ("unchanged", [], [])
        assert unsettled(deleted) == ["1042"]

    def test_skip_keeps_it_out(self, deleted):
        decided(deleted, "skip")
        deleted.run()

        assert (paid(deleted), waiting(deleted)) == ([], [])

    @pytest.mark.parametrize("choice", ["again", "post"])
    def test_entered_again_by_hand_it_is_taken_for_the_orders(self, deleted, choice):
        deleted.town.books.add_payment({"Invoice": {"InvoiceNumber": "BC-1042"}, "Amount": 22, "Date": "2026-06-05"})
        before = len(writes(deleted))

        decided(deleted, choice)
        deleted.run()

        assert (fate(deleted)[0], paid(deleted), len(writes(deleted))) == ("unchanged", ["22.00"], before)
        assert unsettled(deleted) == []


class TestAVoidedInvoice:
    """Its number is spent: held, and posted under the next one by decision."""

    @pytest.fixture
    def voided(self, bridge):
        put(bridge, MUG)
        bridge.run()
        delete_payments(bridge)
        bridge.town.books.edit_invoice("BC-1042", {"Status": "VOIDED"})
        look_again(bridge)
        return bridge

    def test_a_paid_one_is_held_with_its_payment_and_post_enters_both_under_the_next_number(self, voided):
        assert fate(voided) == ("held", "edited_in_xero")
        assert "BC-1042 was voided in Xero; the shop still has the order" in voided.outcomes()[1042]["sentence"]
        assert [row["kind"] for row in waiting(voided)] == ["invoice"]
        with pytest.raises(NotDecidable, match="it can be decided by post, draft, skip, again"):
            decided(voided, "accept")

        decided(voided, "post")
        voided.run()
        look_again(voided, status=10)

        assert invoices(voided) == [("BC-1042", "VOIDED", "22.00"), ("BC-1042-2", "PAID", "22.00")]
        assert (paid(voided), fate(voided)[0]) == (["22.00"], "unchanged")

    def test_an_unpaid_one_of_which_only_the_status_changed_is_held_too(self, bridge):
        put(bridge, UNPAID)
        bridge.run()
        bridge.town.books.edit_invoice("BC-1042", {"Status": "VOIDED"})

        changed(bridge, UNPAID.status(8))
        bridge.run()
        changed(bridge, UNPAID.status(11))
        bridge.run()

        assert (fate(bridge), len(invoices(bridge))) == (("held", "edited_in_xero"), 1)


def test_a_refunds_payment_that_was_deleted_is_held_when_the_order_changes(bridge):
    refunded = MUG.refunded({"MUG": 1})
    put(bridge, refunded)
    bridge.run()
    [out] = [each for each in bridge.town.books.payments() if each["PaymentType"] == "ARCREDITPAYMENT"]
    bridge.town.books.delete_payment(out["PaymentID"])
    before = len(writes(bridge))

    changed(bridge, refunded)
    bridge.run()

    [row] = waiting(bridge)
    assert (row["kind"], row["reason"], len(writes(bridge))) == ("refund_payment", "edited_in_xero", before)
    assert "The payment of the refund was deleted in Xero" in row["sentence"]


class TestWhatItCosts:
    """Asked of Xero: what was deleted since, whatever the number of orders; nothing for orders that are as they were."""

    def test_sixty_paid_orders_cost_none_while_they_are_as_they_were_and_one_question_when_their_status_changed(
        self, bridge
    ):
        many = [an_order(2000 + at).line("MUG", price="22.00").bought_by("Ada Byron", customer=77) for at in range(60)]
        put(bridge, *many)
        bridge.run()
        before = len(asked(bridge))
        bridge.run()  # the same orders once more, since windows overlap
        assert len(asked(bridge)) == before

        for each in many:
            changed(bridge, each.status(2))
        bridge.run()

        assert asked(bridge)[before:] == ["/api.xro/2.0/Payments"]
        assert {row["outcome"] for row in bridge.outcomes().values()} == {"unchanged"}


class RefusingLine(httpx.BaseTransport):
    """Xero refuses questions about everything that changed, as it does of very large organisations (xero.md 3.4)."""

    def __init__(self):
        self.real = httpx.HTTPTransport()

    def handle_request(self, request):
        if "If-Modified-Since" not in request.headers:
            return self.real.handle_request(request)
        words = "Your request is not filtering efficiently, given the extremely high volume for this organisation"
        return httpx.Response(400, json={"ErrorNumber": 10, "Type": "ValidationException", "Message": words})

    def close(self):
        self.real.close()


def test_a_large_organisation_that_refuses_the_question_is_asked_by_id(bridge):
    unpaid = an_order(1043).line("MUG", price="22.00").unpaid("Bank Deposit").status(11)
    put(bridge, MUG, unpaid)
    bridge.run()
    delete_payments(bridge)
    bridge.town.books.edit_invoice("BC-1043", {"Status": "VOIDED"})
    changed(bridge, MUG.status(2))
    changed(bridge, unpaid.status(8))

    large = breaking(bridge, "nothing", "answer lost, nothing done")
    large.line = RefusingLine()
    large.run()

    assert (fate(bridge), fate(bridge, 1043)) == (("held", "edited_in_xero"), ("held", "edited_in_xero"))


def unsettled(bridge):
    with bridge.db._connection.cursor() as cursor:
        cursor.execute("SELECT subject_key FROM unsettled_invoice WHERE store = %s", (bridge.store.key,))
        found = [key for (key,) in cursor.fetchall()]
    bridge.db.rollback()
    return found
