"""Every kind of write, broken at every moment: the books end as they do without a fault, each document once (design 4.2)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace

import pytest
from broken_line import Killed, breaking, minutes_later
from complaint_desk import NUMBERS, changed, put, store_of

from include.clients.errors import ApiError
from include.database.connection import connect
from include.sandbox.order_builder import an_order
from include.stages.orders.natural_keys import WAYS
from include.stages.orders.settling import SURE_AFTER_S
from include.stages.orders.writing import RESEND_UNTIL_S

MUGS = an_order(1042).line("MUG", price="22.00", quantity=2).bought_by("Ada Byron", customer=77)
OPEN = MUGS.unpaid("Bank Deposit").status(11)
PENDING = MUGS.unpaid("Bank Deposit").status(1)
OTHER = an_order(1).bought_by("Ada Byron", customer=77).unpaid().status(11)
INVOICES, MONEY, NOTES = "PUT .*/Invoices$", "PUT .*/Payments$", "PUT .*/CreditNotes$"


@dataclass(frozen=True)
class Story:
    """An order of which one write is broken: what stood in the books before, the change, and the request it leads to."""

    kind: tuple[str, str]
    before: tuple
    change: object
    request: str


STORIES = {
    "contact": Story(("contact", "create"), (), MUGS.paid("card"), "PUT .*/Contacts$"),
    "invoice": Story(("invoice", "create"), (OTHER,), MUGS.paid("card"), INVOICES),
    "update": Story(("invoice", "update"), (OPEN,), OPEN.line("TEA", price="11.00"), "POST .*/Invoices$"),
    "approval": Story(("invoice", "update"), (PENDING,), MUGS.paid("card"), "POST .*/Invoices$"),
    "void": Story(("invoice", "void"), (OPEN,), MUGS.unpaid().status(5), "POST .*/Invoices$"),
    "deletion": Story(("invoice", "delete"), (PENDING,), MUGS.unpaid().status(5), "POST .*/Invoices$"),
    "payment": Story(("payment", "create"), (OTHER,), MUGS.paid("card"), MONEY),
    "credit note": Story(
        ("credit_note", "create"), (MUGS.paid("card"),), MUGS.paid("card").refunded({"MUG": 1}), NOTES
    ),
    "refund": Story(("refund_payment", "create"), (MUGS.paid("card"),), MUGS.paid("card").refunded({"MUG": 1}), MONEY),
    "allocation": Story(("allocation", "create"), (OPEN,), OPEN.refunded({"MUG": 1}, to={}), "PUT .*/Allocations$"),
}
OF_OTHER_FLOWS = ("item",)  # test_products_on_bad_days.py
EXPIRED = 10  # minutes, after which Xero has forgotten the key and the ledger no longer sends it
MOMENTS = {
    "the answer is lost and the next run comes soon": ("answer lost, work done", 1, 1),
    "nothing arrived and the next run comes soon": ("answer lost, nothing done", 1, 1),
    "killed before it was sent, and the key has expired": ("killed before it is sent", EXPIRED, 1),
    "killed after the answer, and the next run comes soon": ("killed after the answer", 1, 1),
    "the answer is lost and the key has expired": ("answer lost, work done", EXPIRED, 1),
    "the key has expired, and two runs come at once": ("killed after the answer", EXPIRED, 2),
}


def test_every_kind_of_write_has_its_story():
    # An account's change is broken where customers are: test_customers_on_bad_days.py.
    others = {("contact", "update"), *(way for way in WAYS if way[0] in OF_OTHER_FLOWS)}
    assert {story.kind for story in STORIES.values()} == set(WAYS) - others


def test_ten_minutes_are_past_every_limit_and_one_is_not():
    assert 60 < RESEND_UNTIL_S < SURE_AFTER_S < 60 * EXPIRED


def anew(cases, folder):
    cases.town.reset("empty")
    cases.town.limits.enforced = False
    return replace(cases, store=store_of(folder, f"once_{next(NUMBERS)}"), runs=0)


def told(bridge, story):
    """The books before the change, and then the change in the shop."""
    if story.before:
        put(bridge, *story.before)
        bridge.run()
    changed(bridge, story.change)
    return bridge


def run_again(bridge, dsn, at_once):
    def one(number):
        with connect(dsn) as db:
            replace(bridge, db=db, runs=0).run(run_id=f"again-{number}")

    with ThreadPoolExecutor(at_once) as pool:
        for done in [pool.submit(one, number) for number in range(at_once)]:
            done.result()


@pytest.fixture(scope="module")
def without_faults(cases, tmp_path_factory):
    """The books of each story where nothing breaks."""
    books = {}

    def of(name):
        if name not in books:
            quiet = told(anew(cases, tmp_path_factory.mktemp("quiet")), STORIES[name])
            quiet.run()
            quiet.run()
            books[name] = snapshot(quiet.town)
        return books[name]

    return of


def snapshot(town):
    """What a bookkeeper sees, without ids: every document, whatever its status."""
    books = town.books
    return {
        "contacts": Counter((each["ContactNumber"], each["Name"]) for each in books.contacts()),
        "invoices": Counter(
            (each["InvoiceNumber"], each["Status"], each["Total"], each["AmountDue"]) for each in books.invoices()
        ),
        "payments": Counter((each["Reference"], each["Status"], each["Amount"]) for each in books.payments()),
        "notes": Counter(
            (each["CreditNoteNumber"], each["Status"], each["Total"], each["RemainingCredit"], len(each["Allocations"]))
            for each in books.credit_notes()
        ),
    }


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
@pytest.mark.parametrize("name", STORIES)
def test_it_is_in_the_books_once(cases, tmp_path, without_faults, name, moment):
    how, minutes, at_once = moment
    expected = without_faults(name)
    bridge = told(anew(cases, tmp_path), STORIES[name])
    broken = breaking(bridge, STORIES[name].request, how)
    with suppress(ApiError, Killed):
        broken.run()
    assert broken.line.broke, "the request that should break was never made"
    bridge.db.rollback()
    minutes_later(bridge, minutes)

    run_again(bridge, bridge.db._dsn, at_once)
    bridge.a_while_later()
    bridge.run()

    assert snapshot(bridge.town) == expected
    assert open_attempts(bridge) == []
    assert {row["outcome"] for row in bridge.outcomes().values()} <= {"posted", "unchanged"}


def open_attempts(bridge):
    with bridge.db._connection.cursor() as cursor:
        cursor.execute("SELECT kind, verb FROM attempt WHERE store = %s AND outcome IS NULL", (bridge.store.key,))
        found = cursor.fetchall()
    bridge.db.rollback()
    return found
