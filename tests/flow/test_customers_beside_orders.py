"""What customers leave behind, and that nothing else takes them for orders.

Who is hurt: the customer whose address stands in a log for years, and the bookkeeper who is shown customer 5 as order 5.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import unquote

import pytest
from contact_desk import MAIL, sale
from customer_desk import ABN, CustomerDesk, desk
from post_office import later

from bridge.notifiers import customers as notifier
from bridge.notifiers.posting import deliver
from include.commands.held import told_of_others
from include.database.connection import connect
from include.stages.orders.shadow import report
from include.stages.reference import refresh

__all__ = ["desk"]

PERSONAL = ("Jane", "Doe", MAIL, "5550100", "Quay", "824 753", "Janet", "roe@example.com", "5550199")
MAY_HOLD_IT = {"raw_customer", "raw_part", "planned_contact", "planned_document", "chunk"}


@pytest.fixture
def loud(caplog):
    """All that anybody logs is kept, from the first call on."""
    caplog.set_level(logging.DEBUG)


@pytest.fixture
def troubled(desk):
    """One of each: made, changed, edited on both sides, ambiguous, refused, unreadable, and with an order."""
    desk.books.add_contact({"Name": "Jane Doe", "EmailAddress": "other@example.com"})
    for name in ("J. Roe", "Roe J."):
        desk.books.add_contact({"Name": name, "EmailAddress": "roe@example.com"})
    desk.joins(1042, form_fields=ABN)
    desk.flow()
    desk.edited(desk.contact(1042)["ContactID"], TaxNumber="CORRECTED")
    desk.joins(1042, form_fields=[{"name": "ABN", "value": "11"}], phone="5550199", first_name="Janet")
    desk.joins(7, email="roe@example.com")
    desk.joins(8, email="8@example.com", form_fields=[{"name": "ABN", "value": ["824 753"]}])
    desk.town.stories.refuse_some_next("xero")
    desk.checks = True
    desk.flow()
    desk.checks = False
    desk.sell(sale(5, "Jane Doe", customer=1042, email=MAIL))
    return desk


def test_names_addresses_and_e_mails_are_in_the_shops_words_and_in_what_is_sent_and_nowhere_else(
    loud, troubled, post_office, caplog
):
    notifier.tell(troubled.bridge.db, troubled.bridge.store)
    tables = troubled.said("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")

    holding = {}
    for (table,) in tables:
        for (row,) in troubled.said(f"SELECT t::TEXT FROM {table} AS t"):
            found = [word for word in PERSONAL if word in row or word.encode().hex() in row]
            if found:
                holding[table] = found
    assert {"raw_customer", "planned_contact", "chunk"} <= holding.keys() <= MAY_HOLD_IT

    assert post_office.letters
    assert "bridge.notifiers" not in caplog.text  # nothing went wrong
    told = "\n".join([*(letter.text + letter.html for letter in post_office.letters), caplog.text])
    assert [word for word in PERSONAL if word in unquote(told)] == []


def test_a_reader_of_the_ledger_cannot_read_them(desk):
    may = "SELECT has_table_privilege('bridge_reader', %(table)s, 'SELECT')"

    assert [desk.said(may, table=each) for each in ("raw_customer", "batch_customer")] == [[(False,)], [(True,)]]


def test_finance_is_told_once_of_who_is_held_and_what_is_worth_a_look(troubled, post_office):
    bridge = troubled.bridge

    assert notifier.tell(bridge.db, bridge.store) == len(troubled.said("SELECT 1 FROM contact_review")) + 2
    [letter] = post_office.letters
    assert letter.subject.startswith("2 customers need a decision and 1 contact is worth a look")
    assert "Customer 7" in letter.text
    assert "tax number" in letter.text

    assert notifier.tell(bridge.db, bridge.store) == 0
    troubled.bridge.a_while_later()
    troubled.flow()
    assert notifier.tell(bridge.db, bridge.store) == 0  # held for the same reason again


def test_a_mail_server_that_is_down_is_asked_again(troubled, post_office):
    db = troubled.bridge.db
    post_office.down = True
    assert notifier.tell(db, troubled.bridge.store) == 3
    assert post_office.letters == []

    post_office.down = False
    later(db)
    assert deliver(db).sent == 1
    assert post_office.subjects[0].startswith("2 customers need a decision")


def test_a_held_customer_is_no_order_that_waits(troubled):
    db, store = troubled.bridge.db, troubled.bridge.store
    shelves = (
        "INSERT INTO posting (batch_id, store, subject_kind, subject_key, kind, part, outcome, reason, happened_at) "
        "SELECT max(batch_id), 'demo', 'sku', 'MUG', 'stock_level', '1', 'held', 'unknown_shape', now() FROM batch "
        "RETURNING 1"
    )
    troubled.said(shelves)

    assert db.rows("held.waiting", store=store.key, reason=None, limit=None) == []
    assert db.rows("held.totals", store=store.key, reason=None)[0]["documents"] == 0
    customers = db.rows("held.others", store=store.key, kind="contact", reason=None, limit=None)
    assert [(row["named"], row["reason"]) for row in customers] == [
        ("7", "contact_ambiguous"),
        ("8", "unknown_shape"),
    ]
    assert told_of_others(customers).startswith("customer 7  contact_ambiguous\n    2 active contacts")
    assert db.rows("decisions.held_orders", store=store.key) == []
    assert db.rows("stock.pending_orders", store=store.key) == []
    assert (report(db, store).held, report(db, store).held_first) == ({}, [])
    assert troubled.outcome(5) == ("posted", None)


def test_a_held_customer_who_is_deleted_in_the_shop_waits_no_longer(troubled, post_office):
    troubled.accounts.remove(7)
    troubled.bridge.a_while_later()

    troubled.flow()

    assert troubled.outcome_of(7)[:2] == ("skipped", "customer_deleted")


def test_both_flows_at_once_make_one_contact(desk, dsn):
    desk.joins(1042)
    desk.town.shop.put(sale(2001, "J. Doe", customer=0, email=MAIL).build())
    desk.town.shop.touch(2001)
    desk.town.stories.answer_slowly("xero", 0.2)  # so that they meet

    def run(flow):
        with connect(dsn) as db:
            once = replace(desk.bridge, db=db)
            return CustomerDesk(once).flow() if flow == "customers" else once.run()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(run, flow) for flow in ("customers", "orders")]:
            done.result()

    assert len(desk.names) == 1
    assert desk.billed(2001) == [desk.books.contacts()[0]["ContactID"]]
    assert desk.outcomes_of(1042) != ["failed"]


def test_a_customer_whose_currency_the_organisation_lacks_is_looked_at_again_once_it_is_enabled(desk):
    desk.serves(currencies_by_group={3: "NZD"})
    known(desk)
    desk.joins(1042, customer_group_id=3)
    desk.flow()
    assert desk.outcome_of(1042)[1] == "currency_unknown"

    desk.books.currencies = [*desk.books.currencies, {"Code": "NZD", "Description": "New Zealand Dollar"}]
    known(desk)
    desk.bridge.a_while_later()
    desk.flow()

    assert desk.contact(1042)["DefaultCurrency"] == "NZD"


def known(desk):
    """The organisation is asked what it is today, as `refresh_reference` does every hour."""
    with desk.bridge.books() as books:
        refresh(books, desk.bridge.db, desk.bridge.store)
