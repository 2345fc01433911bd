"""Only the records that were asked for, all of them, in few calls; and dates that do not slip.

If a filter that was ignored goes unnoticed, somebody else's invoice is taken for ours; if a page is left out, an
invoice that is there is posted again.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from far_end import in_turn, the_books

from include.clients.errors import NotUnderstood
from include.clients.xero_dates import date_in, moment_of
from include.clients.xero_questions import URL_CHARS_MAX

NO_ID = "00000000-0000-0000-0000-000000000000"
AN_ID = "60aa5d55-a47e-4665-a974-874bb50263b9"


class Asked:
    """Books that note each question and answer with the same rows."""

    def __init__(self, kind: str, rows: list[dict[str, Any]] | None = None, pages: int = 1) -> None:
        self.kind, self.rows, self.pages = kind, rows or [], pages
        self.questions: list[dict[str, str]] = []
        self.urls: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.questions.append(dict(request.url.params))
        self.urls.append(str(request.url))
        return httpx.Response(200, json={self.kind: self.rows, "pagination": {"pageCount": self.pages}})


def test_contacts_are_asked_for_by_number_and_email_in_one_question():
    asked = Asked("Contacts", [{"ContactID": AN_ID, "ContactNumber": "BC:1", "EmailAddress": ""}])
    found = the_books(asked).contacts_where(numbers=["bc:1", "bc:2"], emails=["Jane@Example.com"])

    assert [contact["ContactID"] for contact in found] == [AN_ID]
    [question] = asked.questions
    assert question["where"] == 'ContactNumber=="bc:1" OR ContactNumber=="bc:2" OR EmailAddress=="Jane@Example.com"'
    assert (question["includeArchived"], question["page"], question["pageSize"]) == ("true", "1", "100")


def test_a_contact_that_two_questions_match_comes_once():
    asked = Asked("Contacts", [{"ContactID": AN_ID, "ContactNumber": "bc:1", "EmailAddress": "jane@example.com"}])
    numbers, emails = [f"bc:{key}" for key in range(40)], ["jane@example.com"]

    assert len(the_books(asked).contacts_where(numbers=numbers, emails=emails)) == 1
    assert len(asked.questions) > 1


def test_a_quote_in_an_email_cannot_change_the_question():
    asked = Asked("Contacts")
    the_books(asked).contacts_where(numbers=["bc:1"], emails=['x" OR Name!="', "back\\slash@example.com"])

    assert asked.questions[0]["where"] == 'ContactNumber=="bc:1"'
    with pytest.raises(ValueError, match="ContactNumber"):
        the_books(in_turn()).contacts_where(numbers=['x" OR Name!="'], emails=[])
    assert the_books(in_turn()).contacts_where(numbers=[], emails=['"']) == []


def ids(count: int) -> list[str]:
    return [f"{key:08x}-a47e-4665-a974-874bb50263b9" for key in range(count)]


@pytest.mark.parametrize(
    "ask",
    [
        lambda books: books.invoices_numbered([f"BC-{key}" for key in range(500)]),
        lambda books: books.invoices_numbered([f"BC-{'ü' * 60}{key}" for key in range(500)]),
        lambda books: books.invoices_by_id(ids(500)),
        lambda books: books.contacts_by_id(ids(500)),
        lambda books: books.payments_of(ids(500)),
        lambda books: books.credit_notes_numbered([f"CN-{key}" for key in range(500)]),
        lambda books: books.contacts_where(
            numbers=[f"bc:{key}" for key in range(500)], emails=[f"{key}+ü@example.com" for key in range(99)]
        ),
    ],
)
def test_no_question_is_longer_than_a_url_may_be_and_none_is_left_out(ask):
    urls: list[str] = []
    asked: list[str] = []

    def far(request: httpx.Request) -> httpx.Response:
        urls.append(str(request.url))
        params = request.url.params
        asked.extend(
            (params.get("IDs") or params.get("InvoiceNumbers") or params["where"]).replace(" OR ", ",").split(",")
        )
        return httpx.Response(200, json={kind: [] for kind in ("Contacts", "Invoices", "Payments", "CreditNotes")})

    ask(the_books(far))

    assert max(map(len, urls)) < URL_CHARS_MAX
    assert len(asked) == len(set(asked)) >= 500


def test_forty_invoices_cost_one_call_and_nothing_costs_none():
    asked = Asked("Invoices")
    the_books(asked).invoices_numbered([f"BC-{key}" for key in range(40)])
    assert len(asked.questions) == 1
    assert asked.questions[0]["page"] == "1"  # without a page the lines are left out

    books = the_books(in_turn())
    assert books.invoices_numbered([]) == books.payments_of([]) == books.contacts_by_id([]) == []


def test_every_page_of_a_long_answer_is_read():
    def far(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        rows = [
            {"PaymentID": f"{page}-{key}", "Invoice": {"InvoiceID": AN_ID}} for key in range(100 if page < 3 else 7)
        ]
        return httpx.Response(200, json={"Payments": rows, "pagination": {"page": page, "pageCount": 3}})

    assert len(the_books(far).payments_of([AN_ID])) == 207


def test_pages_are_counted_by_xero_also_when_they_are_shorter_than_asked_for():
    def far(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        row = {"PaymentID": str(page), "Invoice": {"InvoiceID": AN_ID}}
        return httpx.Response(200, json={"Payments": [row], "pagination": {"page": page, "pageCount": 3}})

    assert len(the_books(far).payments_of([AN_ID])) == 3


def test_a_page_that_comes_again_is_noticed():
    rows = [{"PaymentID": str(key), "Invoice": {"InvoiceID": AN_ID}} for key in range(100)]

    with pytest.raises(NotUnderstood, match="page 1 again"):
        the_books(lambda request: httpx.Response(200, json={"Payments": rows})).payments_of([AN_ID])


@pytest.mark.parametrize(
    ("kind", "row", "ask"),
    [
        ("Invoices", {"InvoiceID": AN_ID, "InvoiceNumber": "INV-7"}, lambda books: books.invoices_numbered(["BC-1"])),
        ("Invoices", {"InvoiceID": NO_ID, "InvoiceNumber": "BC-1"}, lambda books: books.invoices_by_id([AN_ID])),
        ("Contacts", {"ContactID": NO_ID}, lambda books: books.contacts_by_id([AN_ID])),
        (
            "Contacts",
            {"ContactID": AN_ID, "Name": "Jane"},
            lambda books: books.contacts_where(numbers=["bc:1"], emails=[]),
        ),
        ("Payments", {"PaymentID": AN_ID, "CreditNote": {}}, lambda books: books.payments_of([AN_ID])),
        (
            "CreditNotes",
            {"CreditNoteID": AN_ID, "CreditNoteNumber": "X"},
            lambda books: books.credit_notes_numbered(["CN-1"]),
        ),
    ],
)
def test_records_that_were_not_asked_for_stop_the_run(kind, row, ask):
    with pytest.raises(NotUnderstood, match="not asked for"):
        ask(the_books(Asked(kind, [row])))


def test_a_suppliers_bill_with_our_number_is_not_our_invoice():
    rows = [
        {"InvoiceID": "1", "InvoiceNumber": "bc-1", "Type": "ACCPAY"},
        {"InvoiceID": "2", "InvoiceNumber": "BC-1", "Type": "ACCREC"},
    ]

    assert [invoice["InvoiceID"] for invoice in the_books(Asked("Invoices", rows)).invoices_numbered(["BC-1"])] == ["2"]


def test_a_number_with_a_comma_would_be_read_as_two_and_is_our_own_mistake():
    for numbers in (["BC-1,BC-2"], [""]):
        with pytest.raises(ValueError, match="comma"):
            the_books(in_turn()).invoices_numbered(numbers)


def test_reference_lists_are_read_in_one_call_each_with_decimals():
    kinds = {
        "Accounts": "accounts",
        "TaxRates": "tax_rates",
        "Currencies": "currencies",
        "Items": "items",
        "TrackingCategories": "tracking_categories",
        "Actions": "actions",
    }
    for kind, method in kinds.items():
        books = the_books(in_turn(httpx.Response(200, json={kind: [{"EffectiveRate": 12.5}]})))
        assert getattr(books, method)() == [{"EffectiveRate": Decimal("12.5")}]


def test_what_the_day_has_left_is_known_after_the_first_answer():
    books = the_books(
        in_turn(httpx.Response(200, json={"Organisations": [{}]}, headers={"X-DayLimit-Remaining": "344"}))
    )
    assert books.calls_left_day is None
    books.organisation()
    assert books.calls_left_day == 344


def test_two_organisations_are_one_too_many():
    with pytest.raises(NotUnderstood):
        the_books(in_turn(httpx.Response(200, json={"Organisations": [{}, {}]}))).organisation()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("/Date(1789344000000+0000)/", datetime(2026, 9, 14, tzinfo=UTC)),
        ("/Date(1789344000000+1300)/", datetime(2026, 9, 14, tzinfo=UTC)),
        ("/Date(1573755038314)/", datetime(2019, 11, 14, 18, 10, 38, 314000, UTC)),
        ("/Date(0+0000)/", datetime(1970, 1, 1, tzinfo=UTC)),
        ("/Date(-62135596800000+0000)/", datetime(1, 1, 1, tzinfo=UTC)),
        ("2026-09-14T00:00:00", datetime(2026, 9, 14, tzinfo=UTC)),
        ("2026-09-14T09:29:59Z", datetime(2026, 9, 14, 9, 29, 59, tzinfo=UTC)),
    ],
)
def test_a_date_of_xeros_is_utc_whatever_its_offset_says(text, moment):
    assert moment_of(text) == moment


@pytest.mark.parametrize("text", ["", "yesterday", "/Date()/", "/Date(99999999999999999)/", "/Date(999999999999999)/"])
def test_what_is_no_date_is_not_made_one(text):
    with pytest.raises(ValueError, match=r".+"):
        moment_of(text)


def test_a_documents_date_does_not_slip_by_a_day():
    both = {"Date": "/Date(1789344000000+1300)/", "DateString": "2026-09-14T00:00:00"}
    assert date_in(both, "Date") == date_in({"Date": both["Date"]}, "Date") == date(2026, 9, 14)
    assert date_in({}, "DueDate") is None


class Since:
    """Books in which nothing changed since, or these rows did; they note from when they were asked."""

    def __init__(self, kind: str, rows: list[dict[str, Any]] | None = None) -> None:
        self.kind, self.rows = kind, rows
        self.moments: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.moments.append(request.headers["If-Modified-Since"])
        return httpx.Response(304) if self.rows is None else httpx.Response(200, json={self.kind: self.rows})


MOMENT = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)


def test_what_was_deleted_since_a_moment_is_asked_to_the_second_in_utc():
    asked = Since("Payments", [{"PaymentID": AN_ID, "Status": "DELETED"}])

    found = the_books(asked).payments_deleted_since(MOMENT)

    assert ([payment["PaymentID"] for payment in found], asked.moments) == ([AN_ID], ["2026-06-01T08:30:00"])


def test_nothing_changed_since_is_an_empty_list():
    assert the_books(Since("Payments")).payments_deleted_since(MOMENT) == []
    assert the_books(Since("Invoices")).invoices_gone_since(MOMENT) == []


def test_a_304_to_a_question_that_named_no_moment_is_no_answer():
    with pytest.raises(NotUnderstood):
        the_books(lambda request: httpx.Response(304)).invoices_by_id([AN_ID])


def test_a_filter_that_is_ignored_does_not_make_a_live_payment_a_deleted_one():
    asked = Since("Payments", [{"PaymentID": AN_ID, "Status": "AUTHORISED"}])

    with pytest.raises(NotUnderstood, match="ignores the filter"):
        the_books(asked).payments_deleted_since(MOMENT)
