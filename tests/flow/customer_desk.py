"""A shop with accounts, and books, as far as customers are concerned."""

from dataclasses import replace
from datetime import date

import pytest
from contact_desk import MAIL, Contacts

from include.settings.flow_settings import Customers
from include.stages import customers
from include.stages.orders import Run

HOME = {
    "first_name": "Jane",
    "last_name": "Doe",
    "address1": "1 Quay St",
    "city": "Sydney",
    "state_or_province": "NSW",
    "postal_code": "2000",
    "country": "Australia",
    "country_code": "AU",
}
JANE = {"first_name": "Jane", "last_name": "Doe", "email": MAIL, "phone": "5550100", "addresses": [HOME]}
ABN = [{"name": "ABN", "value": "51 824 753 556"}]


class CustomerDesk(Contacts):
    """What customer tests do, and what they look at."""

    def __init__(self, bridge):
        super().__init__(bridge)
        self.accounts = self.town.shop.customers
        self.counts = {}
        self.checks = False  # Great Expectations takes longer than all else: it runs in the tests that are about it
        self.serves(tax_number_field="ABN")

    def serves(self, **settings):
        """The store's settings about customers."""
        about = Customers(enabled=True, **settings)
        self.bridge.store = replace(
            self.bridge.store, file=self.bridge.store.file.model_copy(update={"customers": about})
        )

    def joins(self, customer_id, **changes):
        """A customer opens an account, or edits it."""
        self.accounts.put(customer_id, **{**JANE, **changes})

    def flow(self, bridge=None, since=None, run_id=None):
        """The flow of customers runs, as its DAG runs it; its counts."""
        bridge = bridge or self.bridge
        bridge.runs += 1
        self.calls_before = len(self.town.calls)
        run = Run(customers.FLOW, run_id or f"customers-{bridge.runs}")
        with bridge.shop() as shop:
            batches = customers.extract(shop, bridge.db, bridge.store, run, since)
        self.rest_of(bridge, batches)
        return self.counts

    def rest_of(self, bridge, batches):
        if self.checks:
            customers.check(bridge.db, bridge.store, batches)
        else:
            passed(bridge.db, batches)
        customers.transform(bridge.db, bridge.store, batches)
        with bridge.books() as books:
            customers.load(books, bridge.db, bridge.store, batches)
        self.counts = {
            name: count for name, count in customers.audit(bridge.db, bridge.store, batches).items() if count
        }

    def contact(self, customer_id):
        """The contact that bears the customer's number."""
        [found] = [each for each in self.books.contacts() if each.get("ContactNumber") == f"bc:demo1:{customer_id}"]
        return found

    def edited(self, contact_id, **fields):
        """The bookkeeper edits a contact in Xero."""
        self.books.put_contact(self.books.contacts_by_id[contact_id] | fields)

    def writes(self):
        """What was written to contacts in the last run."""
        return [(call.method, call.status) for call in self.asked("Contacts", "PUT") + self.asked("Contacts", "POST")]

    def calls_to_xero(self):
        """Those of the last run."""
        return [call for call in list(self.town.calls)[self.calls_before :] if call.vendor == "xero"]

    def outcomes_of(self, customer_id):
        """Every outcome of a customer, the oldest first."""
        query = (
            "SELECT outcome FROM posting WHERE subject_kind = 'contact' AND subject_key = %(key)s ORDER BY posting_id"
        )
        return [outcome for (outcome,) in self.said(query, key=str(customer_id))]

    def said(self, query, **values):
        """Rows of the database."""
        with self.bridge.db.transaction(), self.bridge.db._connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()

    def outcome_of(self, customer_id):
        """The newest outcome of a customer: outcome, reason, sentence."""
        return self.said(
            "SELECT outcome, reason, sentence FROM document_outcome WHERE subject_kind = 'contact' AND subject_key = %(key)s",
            key=str(customer_id),
        )[0]


@pytest.fixture
def desk(bridge):
    """The demo shop and books without an order, an account and a contact."""
    for kept in list(bridge.town.shop):
        bridge.town.shop.remove(kept.order["id"])
    return CustomerDesk(bridge)


def passed(db, batches):
    """Batches that are extracted count as checked."""
    with db.transaction():
        for batch_id in batches:
            if db.row("batches.batch", batch_id=batch_id)["state"] == "extracted":
                db.run("batches.move_batch", batch_id=batch_id, state="checked")


def phone_of(contact):
    """The main telephone number."""
    return next(each["PhoneNumber"] for each in contact["Phones"] if each["PhoneType"] == "DEFAULT")


def address_of(contact, kind):
    """The first line of an address, empty where there is none."""
    return next(each.get("AddressLine1", "") for each in contact["Addresses"] if each["AddressType"] == kind)


def day(text):
    """A day, as the DAG's form gives it."""
    return date.fromisoformat(text)
