"""Whom an order is billed to, through PostgreSQL and HTTP. A wrong contact shows one customer's invoices to another.

In every test the bookkeeper's contacts stay as they are: nothing is ever posted to one that is there.
"""

from decimal import Decimal

import pytest
from contact_desk import MAIL, sale

from include.sandbox.order_builder import an_order
from include.stages.orders import invoicing


class TestMergedOrArchivedSince:
    """The link is used without a look; Xero's refusal tells, and the refused go out again in the same run."""

    def test_an_invoice_for_a_merged_contact_goes_to_the_winner_in_the_same_run(self, desk):
        desk.sell(sale(2001))
        [loser] = desk.billed(2001)
        winner = desk.books.add_contact({"Name": "Jane A. Doe"})
        desk.books.merge_contact(loser, winner)

        desk.sell(sale(2002), sale(2003, "Bob Ray", 7))

        assert desk.billed(2001, 2002) == [winner, winner]
        assert desk.outcome(2002) == ("posted", None)
        assert desk.books.invoice("BC-2002")["Status"] == "PAID"
        assert [call.query["IDs"] for call in desk.asked("Contacts") if "IDs" in call.query] == [loser, winner]

        desk.sell(sale(2004))

        assert desk.billed(2004) == [winner]
        assert desk.asked("Contacts") == []
        assert len(desk.asked("Invoices", "PUT")) == 1

    def test_all_merged_contacts_of_a_batch_are_looked_up_in_one_call(self, desk):
        customers = {2001: "Jane Doe", 2002: "Bob Ray", 2003: "Ann Lee"}
        desk.sell(*(sale(order, name, order) for order, name in customers.items()))
        losers = desk.billed(2001, 2002)
        winner = desk.books.add_contact({"Name": "Doe and Ray"})
        for loser in losers:
            desk.books.merge_contact(loser, winner)

        desk.sell(*(sale(order + 10, name, order) for order, name in customers.items()))

        assert desk.billed(2011, 2012) == [winner, winner]
        assert len(desk.asked("Contacts")) == 2  # the losers, then their winner
        assert [len(call.query["IDs"].split(",")) for call in desk.asked("Contacts")] == [2, 1]

    def test_a_merge_into_what_was_merged_itself_is_followed_to_its_end(self, desk):
        desk.sell(sale(2001))
        one, two, three = *desk.billed(2001), *(desk.books.add_contact({"Name": name}) for name in ("Two", "Three"))
        desk.books.merge_contact(one, two)
        desk.books.merge_contact(two, three)

        desk.sell(sale(2002))

        assert desk.billed(2001, 2002) == [three, three]

    def test_an_archived_contact_holds_the_invoice_with_the_remedy_until_it_is_restored(self, desk):
        desk.sell(sale(2001))
        [contact_id] = desk.billed(2001)
        desk.books.archive_contact(contact_id)

        desk.sell(sale(2002))

        assert desk.outcome(2002) == ("held", "contact_archived")
        [row] = [
            row
            for row in desk.bridge.db.rows("held.waiting", store="demo", reason=None, limit=9)
            if row["kind"] == "invoice"
        ]
        desk.bridge.db.rollback()
        assert row["sentence"] == "Contact bc:demo1:1042 is archived in Xero."
        assert "Restore the contact in Xero" in row["remedy"]

        desk.restore(contact_id)
        desk.look_again()

        assert desk.billed(2002) == [contact_id]
        assert desk.outcome(2002)[0] in ("posted", "unchanged")

    def test_a_contact_that_was_restored_meanwhile_is_billed_at_once(self, desk, monkeypatch):
        desk.sell(sale(2001))
        [contact_id] = desk.billed(2001)
        desk.books.archive_contact(contact_id)
        follow = invoicing.follow_merges

        def restored_first(*given):
            desk.restore(contact_id)
            follow(*given)

        monkeypatch.setattr(invoicing, "follow_merges", restored_first)
        desk.sell(sale(2002))

        assert desk.billed(2002) == [contact_id]

    def test_a_refund_is_credited_to_the_winner_of_a_merge(self, desk):
        mugs = sale(2001).line("MUG", price="22.00", quantity=2, tax="10")
        desk.sell(mugs)
        [loser] = desk.billed(2001)
        winner = desk.books.add_contact({"Name": "Jane A. Doe"})
        desk.books.merge_contact(loser, winner)

        desk.sell(mugs.refunded({"MUG": 1}, at=desk.town.clock.now()))

        [note] = desk.books.credit_notes()
        assert (note["Contact"]["ContactID"], note["RemainingCredit"]) == (winner, Decimal(0))
        assert desk.outcome(2001) == ("posted", None)

    def test_a_refund_of_an_archived_contact_is_held_and_its_invoice_stays(self, desk):
        desk.sell(sale(2001))
        desk.books.archive_contact(*desk.billed(2001))
        before = desk.books.invoice("BC-2001")

        desk.sell(sale(2001).refunded({"MUG": 1}, at=desk.town.clock.now()))

        assert desk.outcome(2001) == ("held", "contact_archived")
        assert desk.books.credit_notes() == []
        assert desk.books.invoice("BC-2001") == before

        desk.restore(*desk.billed(2001))
        desk.look_again()

        assert [str(note["Total"]) for note in desk.books.credit_notes()] == ["22.00"]

    def test_money_for_an_invoice_that_stands_asks_nothing_of_its_contact(self, desk):
        owed = an_order(2001).bought_by("Jane Doe", customer=1042).unpaid().status(11)
        desk.sell(owed)
        desk.books.archive_contact(*desk.billed(2001))

        desk.sell(owed.paid("card"))

        assert desk.books.invoice("BC-2001")["Status"] == "PAID"
        assert desk.asked("Contacts") == []

    def test_after_the_ledger_lost_an_invoice_the_one_that_a_merge_moved_is_adopted(self, desk):
        desk.sell(sale(2001))
        [loser] = desk.billed(2001)
        winner = desk.books.add_contact({"Name": "Jane A. Doe"})
        desk.books.merge_contact(loser, winner)
        with desk.bridge.db.transaction(), desk.bridge.db._connection.cursor() as cursor:
            cursor.execute("DELETE FROM document_link WHERE subject_kind = 'order'")
            cursor.execute("TRUNCATE attempt, chunk CASCADE")

        desk.sell(sale(2001))

        assert desk.outcome(2001)[0] in ("posted", "unchanged")
        assert len(desk.books.invoices()) == 1


class TestAnOrderThatChangesHands:
    """The shop gives an order to a customer's account, or to another one."""

    def test_a_guests_order_that_is_a_customers_later(self, desk):
        desk.sell(sale(2001, customer=0))
        desk.sell(sale(2001, customer=5).status(2))

        desk.sell(sale(2002, customer=5, email="jane@work.example.com"))

        assert desk.billed(2001) == desk.billed(2002)
        assert desk.names == ["Jane Doe"]

    def test_an_order_that_was_moved_from_one_customer_to_another_joins_nobody(self, desk):
        desk.sell(sale(2001, customer=5))
        desk.sell(sale(2001, customer=6).status(2))

        desk.sell(sale(2002, "Bob Ray", customer=6))

        assert desk.billed(2001) != desk.billed(2002)

    def test_a_refund_goes_to_the_contact_of_its_invoice_although_the_order_was_moved(self, desk):
        desk.sell(sale(2001, customer=5), sale(2002, "Bob Ray", customer=6))

        desk.sell(sale(2001, customer=6).refunded({"MUG": 1}, at=desk.town.clock.now()))

        [note] = desk.books.credit_notes()
        assert [note["Contact"]["ContactID"]] == desk.billed(2001)


class TestWhatIsInXeroAlready:
    """The bookkeeper's contact is used and never written to."""

    @pytest.mark.parametrize("found_by", [{"ContactNumber": "bc:demo1:1042"}, {"EmailAddress": "JANE.DOE@example.com"}])
    def test_a_contact_that_is_there_is_billed_and_stays_as_it_is(self, desk, found_by):
        address = {"AddressType": "POBOX", "AddressLine1": "The Bookkeeper's Line"}
        contact_id = desk.books.add_contact({"Name": "Doe, J.", "Addresses": [address], **found_by})
        before = desk.books.contacts()[0]

        desk.sell(sale(2001))
        desk.sell(sale(2001).status(2), sale(2002, "Jane Doe-Ray"))

        assert desk.billed(2001, 2002) == [contact_id, contact_id]
        after = desk.books.contacts()[0]
        same = {"IsCustomer", "Balances", "UpdatedDateUTC"}
        assert {name: after[name] for name in after if name not in same} == {
            name: before[name] for name in before if name not in same
        }
        assert desk.asked("Contacts", "PUT") == []

    def test_two_with_the_e_mail_hold_the_order_until_a_person_merges_them(self, desk):
        one = desk.books.add_contact({"Name": "Doe, J.", "EmailAddress": MAIL, "ContactNumber": "old-17"})
        two = desk.books.add_contact({"Name": "Jane D.", "EmailAddress": MAIL})

        desk.sell(sale(2001))

        assert desk.outcome(2001) == ("held", "contact_ambiguous")
        row = desk.bridge.outcomes()[2001]
        assert (
            row["sentence"]
            == f"2 active contacts have the e-mail of bc:demo1:1042: {', '.join(sorted(['old-17', two]))}."
        )

        desk.books.merge_contact(one, two)
        desk.look_again()

        assert desk.billed(2001) == [two]

    def test_a_contact_that_was_merged_before_we_knew_it_is_followed(self, desk):
        winner = desk.books.add_contact({"Name": "Jane A. Doe"})
        loser = desk.books.add_contact({"Name": "Jane Doe", "ContactNumber": "bc:demo1:1042"})
        desk.books.merge_contact(loser, winner)

        desk.sell(sale(2001))

        assert desk.billed(2001) == [winner]
        assert desk.asked("Contacts", "PUT") == []

    def test_a_name_is_taken_with_the_number_behind_it_too(self, desk):
        desk.books.add_contact({"Name": "Jane Doe"})
        other = desk.books.add_contact({"Name": "Jane Doe (BC 1042)"})

        desk.sell(sale(2001))

        assert desk.outcome(2001) == ("held", "contact_ambiguous")

        desk.books.put_contact(desk.books.contacts_by_id[other] | {"Name": "Somebody else"})
        desk.look_again()

        assert "Jane Doe (BC 1042)" in desk.names
