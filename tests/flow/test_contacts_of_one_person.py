"""One person under several keys, and new contacts, through PostgreSQL and HTTP. A second contact splits what they owe."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from broken_line import Killed, breaking
from contact_desk import MAIL, sale

from include.clients.bigcommerce import Window
from include.database.connection import connect
from include.sandbox.xero import contacts as xero_contacts


class TestOneEMail:
    """Whoever has it is one contact, under both keys; nobody gets a second one."""

    @pytest.mark.parametrize(
        ("first", "later"), [(0, 5), (5, 0), (5, 6)], ids=["guest first", "guest later", "two ids"]
    )
    def test_one_e_mail_is_one_contact_although_the_bookkeeper_changed_it_in_xero(self, desk, first, later):
        desk.sell(sale(2001, customer=first, email=MAIL))
        [contact_id] = desk.billed(2001)
        kept = desk.books.contacts_by_id[contact_id] | {"Name": "Doe, J.", "EmailAddress": "accounts@example.com"}
        desk.books.put_contact(kept)

        desk.sell(sale(2002, customer=later, email=MAIL.upper()))

        assert desk.billed(2002) == [contact_id]
        assert desk.names == ["Doe, J."]

    def test_guest_and_customers_with_one_e_mail_in_one_batch(self, desk):
        desk.sell(
            sale(2001, customer=0, email="Jane.Doe@Example.com"),
            sale(2002, "J. Doe", customer=12, email=MAIL),
            sale(2003, customer=5, email=f" {MAIL}"),
            sale(2004, "Jane M. Doe", customer=0, email=MAIL),
        )

        assert len(set(desk.billed(2001, 2002, 2003, 2004))) == 1
        assert [each["ContactNumber"] for each in desk.books.contacts()] == ["bc:demo1:5"]
        assert len(desk.asked("Contacts", "PUT")) == 1

    def test_two_runs_at_once_make_one_contact(self, desk, dsn):
        moments = {2001: "2026-05-13T02:00:00Z", 2002: "2026-05-14T02:00:00Z"}
        for (order, placed), customer in zip(moments.items(), (0, 5), strict=True):
            desk.town.shop.put(sale(order, customer=customer, email=MAIL).placed(placed).build())

        desk.town.stories.answer_slowly("xero", 0.3)  # so that they meet

        def run_the_day_of(placed):
            day = datetime.fromisoformat(placed)
            with connect(dsn) as db:
                once = replace(desk.bridge, db=db, runs=0)
                once.run(Window(day, day + timedelta(hours=1)), run_id=f"at-once-{uuid4()}")

        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(run_the_day_of, placed) for placed in moments.values()]:
                done.result()

        assert desk.names == ["Jane Doe"]
        assert len(set(desk.billed(2001, 2002))) == 1

    def test_a_contact_that_is_still_on_its_way_to_xero_is_nobody_elses_second_one(self, desk):
        """A customer's creation left and has no outcome; minutes later a guest with their e-mail comes in another run."""
        moments = {2001: "2026-05-13T02:00:00Z", 2002: "2026-05-14T02:00:00Z"}
        for (order, placed), person in zip(moments.items(), (("Jane Doe", 5), ("J. M. Doe", 0)), strict=True):
            desk.town.shop.put(sale(order, *person, email=MAIL).placed(placed).build())
        days = [datetime.fromisoformat(placed) for placed in moments.values()]
        first, second = (Window(day, day + timedelta(hours=1)) for day in days)
        with pytest.raises(Killed):
            breaking(desk.bridge, "PUT .*/Contacts$", "killed before it is sent").run(first, run_id="killed")
        with desk.bridge.db.transaction(), desk.bridge.db._connection.cursor() as cursor:
            cursor.execute("SELECT body, idempotency_key FROM chunk WHERE target = 'Contacts'")
            [(body, key)] = cursor.fetchall()

        desk.bridge.run(second, run_id="the guest's")
        with desk.bridge.books() as books:
            books.write("PUT", "Contacts", bytes(body), key=key)  # it arrives only now
        desk.bridge.a_while_later()
        desk.run()

        assert desk.names == ["Jane Doe"]
        assert len(set(desk.billed(2001, 2002))) == 1

    def test_two_customers_of_one_name_are_two_contacts(self, desk):
        desk.sell(sale(2001, customer=5, email="a@example.com"), sale(2002, customer=1042, email="b@example.com"))

        assert desk.names == ["Jane Doe", "Jane Doe (BC 1042)"]
        assert len(set(desk.billed(2001, 2002))) == 2


class TestNewContacts:
    """As complete as the shop knows them."""

    def test_a_company_with_its_person_and_both_addresses(self, desk):
        told = sale(2001, "Jo Park", company="Park & Co", email="Jo@Park.example.com")

        desk.sell(told.sent_to(name="Sam Ray", street_1="2 Quay St").line("MUG", price="22.00"))

        [contact] = desk.books.contacts()
        assert (contact["Name"], contact["FirstName"], contact["LastName"]) == ("Park & Co", "Jo", "Park")
        assert contact["EmailAddress"] == "jo@park.example.com"
        street, billing = contact["Addresses"]
        assert (street["AddressType"], street["AddressLine1"], street["AttentionTo"]) == (
            "STREET",
            "2 Quay St",
            "Sam Ray",
        )
        assert (billing["AddressType"], billing["AddressLine1"]) == ("POBOX", "1 Example Street")

    def test_an_e_mail_that_xero_refuses_costs_the_e_mail_and_not_the_sale(self, desk, monkeypatch):
        monkeypatch.setattr(xero_contacts, "_EMAIL", re.compile(r"[a-z.]+@[a-z.]+"))  # stricter than anybody has seen
        desk.books.add_contact({"Name": "Jane Doe"})

        desk.sell(sale(2001, email="jane+shop@example.com"))

        assert desk.outcome(2001) == ("posted", None)
        assert {each["Name"]: each["EmailAddress"] for each in desk.books.contacts()} == {
            "Jane Doe": "",
            "Jane Doe (BC 1042)": "",
        }

    def test_guests_without_an_e_mail_are_a_contact_each(self, desk):
        desk.sell(sale(2001, customer=0, email=""), sale(2002, customer=0, email="none"))

        assert desk.names == ["Jane Doe", "Jane Doe (BC order 2002)"]

    def test_one_contact_for_all_is_nobodys(self, desk):
        janes = desk.books.add_contact({"Name": "Jane D.", "EmailAddress": MAIL})
        desk.bridge.set(one_contact="Web shop")

        desk.sell(sale(2001), sale(2002, "Bob Ray", customer=7))

        assert len(set(desk.billed(2001, 2002)) | {janes}) == 2
        [shared] = [each for each in desk.books.contacts() if each["Name"] == "Web shop"]
        assert shared["EmailAddress"] == ""
