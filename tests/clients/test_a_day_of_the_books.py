"""All that is dated on a day, in few calls: what is left out of it would be called missing, and posted or signed wrongly."""

from __future__ import annotations

from datetime import date

import httpx
import pytest
from far_end import the_books

from include.clients.errors import NotUnderstood

DAY = date(2026, 11, 30)
KINDS = {"sales_dated": "Invoices", "credits_dated": "CreditNotes", "payments_dated": "Payments"}


SUMS = {"Total": 44, "TotalTax": 4, "Status": "PAID", "Amount": 44, "PaymentType": "ACCRECPAYMENT"}


def row(number: int, dated: str = "2026-11-30", kind: str = "Invoices") -> dict[str, object]:
    return {f"{kind[:-1]}ID": str(number), "DateString": f"{dated}T00:00:00", **SUMS}


@pytest.mark.parametrize("name", KINDS)
def test_a_day_is_asked_from_its_first_moment_to_the_next_ones_a_thousand_a_page(name):
    asked: list[httpx.QueryParams] = []

    def far(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params)
        return httpx.Response(200, json={KINDS[name]: [row(1, kind=KINDS[name])], "pagination": {"pageCount": 1}})

    found = getattr(the_books(far), name)(DAY)

    assert len(found) == 1
    [params] = asked
    assert "Date>=DateTime(2026,11,30) AND Date<DateTime(2026,12,01)" in params["where"]
    assert (params["page"], params["pageSize"]) == ("1", "1000")


@pytest.mark.parametrize("counts", [True, False], ids=["it counts its pages", "it does not"])
def test_an_organisation_that_caps_its_pages_at_a_hundred_is_read_to_the_end(counts):
    def far(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        rows = [row(page * 1000 + n) for n in range(100 if page < 3 else 7)]
        return httpx.Response(200, json={"Invoices": rows} | ({"pagination": {"pageCount": 3}} if counts else {}))

    assert len(the_books(far).sales_dated(DAY)) == 207


@pytest.mark.parametrize("dated", ["2026-11-29", "2026-12-01"])
def test_a_filter_that_is_ignored_is_noticed(dated):
    def far(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"Invoices": [row(1), row(2, dated)], "pagination": {"pageCount": 1}})

    with pytest.raises(NotUnderstood, match="ignores the filter"):
        the_books(far).sales_dated(DAY)


def test_a_date_that_nobody_can_read_is_no_date_of_the_day():
    def far(request: httpx.Request) -> httpx.Response:
        rows = [{"PaymentID": "1", "Date": "soon", **SUMS}]
        return httpx.Response(200, json={"Payments": rows, "pagination": {"pageCount": 1}})

    with pytest.raises(NotUnderstood):
        the_books(far).payments_dated(DAY)


def test_a_date_in_milliseconds_is_the_utc_day_whatever_its_offset_says():
    def far(request: httpx.Request) -> httpx.Response:
        dated = ("/Date(1796083199000+1300)/", "/Date(1795996800000)/")
        rows = [{"PaymentID": str(n), "Date": each, **SUMS} for n, each in enumerate(dated, start=1)]
        return httpx.Response(200, json={"Payments": rows, "pagination": {"pageCount": 1}})

    assert [each["PaymentID"] for each in the_books(far).payments_dated(DAY)] == ["1", "2"]


@pytest.mark.parametrize(("name", "field"), [("sales_dated", "TotalTax"), ("payments_dated", "Amount")])
def test_a_row_without_what_it_is_compared_by_is_not_taken_for_nothing(name, field):
    kept = {key: value for key, value in row(1, kind=KINDS[name]).items() if key != field}

    def far(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={KINDS[name]: [kept], "pagination": {"pageCount": 1}})

    with pytest.raises(NotUnderstood, match=f"without {field}"):
        getattr(the_books(far), name)(DAY)
