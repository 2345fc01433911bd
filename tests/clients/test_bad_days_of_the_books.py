"""Each bad day of the books by its story, against the sandbox over a real socket.

Who is hurt: the shop's owner by an invoice posted twice or not at all, the accountant by a run that ends green and
should not, everybody by a worker that sleeps until tomorrow.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from far_end import an_invoice, body

from include.clients.errors import (
    DayLimitSpent,
    NotAllowed,
    NotUnderstood,
    OutcomeUnknown,
    Unavailable,
)
from include.clients.xero import Xero


def numbers(place) -> list[str]:
    return [invoice["InvoiceNumber"] for invoice in place.town.books.invoices()]


def test_good_and_bad_invoices_in_one_call_each_have_their_fate(place):
    bad = an_invoice(
        "BC-2", LineItems=[{"Description": "Mug", "Quantity": 1, "UnitAmount": 22.0, "AccountCode": "999"}]
    )
    first, second, third = place.books.write(
        "PUT", "Invoices", body(an_invoice("BC-1"), bad, an_invoice("BC-3")), key="k"
    )

    assert (first.ok, second.ok, third.ok) == (True, False, True)
    assert "999" in second.problems[0]
    assert first.content["Total"] == Decimal("22.0")
    assert [invoice["InvoiceID"] for invoice in place.books.invoices_numbered(["BC-1"])] == [first.xero_id]
    assert numbers(place) == ["BC-1", "BC-3"]
    assert place.books.calls == 2


def test_an_answer_lost_after_the_write_does_not_make_a_second_invoice(place):
    place.town.stories.lose_the_next_answer("xero")

    [element] = place.books.write("PUT", "Invoices", body(an_invoice("BC-1")), key="k")

    assert element.ok
    assert numbers(place) == ["BC-1"]
    assert place.town.calls.count(vendor="xero", method="PUT") == 2


def test_answers_lost_until_the_end_leave_the_outcome_unknown_and_one_invoice(place):
    place.town.stories.lose_the_next_answer("xero", calls=4)

    with pytest.raises(OutcomeUnknown):
        place.books.write("PUT", "Invoices", body(an_invoice("BC-1")), key="k")
    assert numbers(place) == ["BC-1"]

    # Younger than five minutes: the stored bytes go again under the same key, and tell what became of them.
    place.town.clock.advance(200)
    [element] = place.books.write(
        "PUT", "Invoices", body(an_invoice("BC-1")), key="k", sent_before=True, repeat_for_s=60
    )
    assert element.ok
    assert numbers(place) == ["BC-1"]


def test_the_same_key_with_other_bytes_settles_nothing(place):
    place.books.write("PUT", "Invoices", body(an_invoice("BC-1")), key="k")

    with pytest.raises(OutcomeUnknown, match="other bytes"):
        place.books.write("PUT", "Invoices", body(an_invoice("BC-2")), key="k")


def test_a_number_that_is_taken_is_told_in_xeros_words(place):
    place.books.write("PUT", "Invoices", body(an_invoice("BC-1")), key="k1")
    [element] = place.books.write("PUT", "Invoices", body(an_invoice("BC-1")), key="k2")

    assert not element.ok
    assert any("must be unique" in problem for problem in element.problems)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_vendor_that_is_down_for_three_calls_is_waited_for(place, status):
    place.books.organisation()
    place.town.stories.be_down_for("xero", calls=3, status=status)
    [element] = place.books.write("PUT", "Invoices", body(an_invoice("BC-1")), key="k")

    assert element.ok
    assert sum(place.time.slept) < 10


def test_a_vendor_that_is_down_longer_is_left_to_the_scheduler(place):
    place.books.organisation()
    place.town.stories.be_down_for("xero", calls=99, status=503)
    with pytest.raises(Unavailable) as raised:
        place.books.write("PUT", "Invoices", body(an_invoice("BC-1")), key="k")

    assert "503 4 times" in str(raised.value)
    assert raised.value.retry_after_s == 60.0
    assert place.town.calls.count(vendor="xero", method="PUT") == 4


def test_a_write_that_ended_in_500_may_have_been_carried_out(place):
    place.books.organisation()
    place.town.stories.be_down_for("xero", calls=99, status=500)

    with pytest.raises(OutcomeUnknown):
        place.books.write("PUT", "Invoices", body(an_invoice("BC-1")), key="k")


@pytest.mark.parametrize("with_headers", [True, False])
def test_a_throttled_call_waits_its_seconds_and_goes_on(place, with_headers):
    place.town.stories.throttle_next("xero", with_headers=with_headers)
    [element] = place.books.write("PUT", "Invoices", body(an_invoice("BC-1")), key="k")

    assert element.ok
    assert 0 < sum(place.time.slept) <= 2


def test_a_spent_minute_is_handed_to_the_scheduler_with_its_seconds(place):
    place.town.limits.enforced = True
    place.town.stories.spend_the_minute("xero")
    with pytest.raises(Unavailable) as raised:
        place.books.organisation()

    assert 50 < raised.value.retry_after_s <= 60
    assert place.time.slept == []
    with pytest.raises(Unavailable):
        place.books.organisation()
    assert place.town.calls.count(vendor="xero", method="GET") == 1  # the door is known to be closed


def test_a_spent_day_ends_at_once_and_asks_no_more(place):
    place.town.limits.enforced = True
    place.town.stories.spend_the_day("xero", retry_after_s=66975)
    with pytest.raises(DayLimitSpent) as raised:
        place.books.write("PUT", "Invoices", body(an_invoice("BC-1")), key="k")

    assert raised.value.retry_after_s == pytest.approx(66975, abs=2)
    assert place.time.slept == []
    assert place.books.calls_left_day == 0
    with pytest.raises(DayLimitSpent):
        place.books.organisation()
    assert len(place.town.calls.writes("xero")) == 1
    assert numbers(place) == []


def test_three_hundred_calls_in_a_row_meet_no_429(place):
    place.town.limits.enforced = True
    place.town.clock.set(datetime(2026, 5, 13, tzinfo=UTC))  # a clock that moves by our sleeping only
    for _ in range(300):
        place.books.organisation()

    assert place.town.calls.count(vendor="xero", status=429) == 0
    assert place.books.calls_left_day == 4700
    assert sum(place.time.slept) < 300 / 55 * 60


def test_a_proxys_page_passes(place):
    place.town.stories.answer_html_next("xero")
    assert place.books.organisation()["BaseCurrency"] == "AUD"

    place.town.stories.answer_html_next("xero")
    [element] = place.books.write("PUT", "Invoices", body(an_invoice("BC-1")), key="k")
    assert element.ok


def test_a_proxys_page_that_stays_is_not_understood_and_a_write_then_unknown(place):
    place.town.stories.answer_html_next("xero", calls=2)
    with pytest.raises(NotUnderstood, match="text/html"):
        place.books.organisation()

    place.town.stories.answer_html_next("xero", calls=2)
    with pytest.raises(OutcomeUnknown):
        place.books.write("PUT", "Invoices", body(an_invoice("BC-1")), key="k")
    assert numbers(place) == []


def test_an_answer_cut_in_the_middle_is_asked_for_again_under_the_same_key(place):
    place.town.stories.cut_the_next_answer("xero")
    [element] = place.books.write("PUT", "Invoices", body(an_invoice("BC-1")), key="k")

    assert element.ok
    assert numbers(place) == ["BC-1"]


def test_a_revoked_token_is_renewed_and_the_call_goes_on(place):
    place.books.organisation()
    place.town.stories.revoke_the_token("xero")
    [element] = place.books.write("PUT", "Invoices", body(an_invoice("BC-1")), key="k")

    assert element.ok
    assert place.town.calls.count(vendor="xero", is_token_call=True) == 2


def test_a_connection_removed_for_good_is_for_the_operator(place):
    place.books.organisation()
    place.town.stories.revoke_the_token("xero", for_good=True)

    with pytest.raises(NotAllowed):
        place.books.organisation()


def test_a_token_that_expires_while_a_run_goes_on_is_renewed(place):
    place.books.organisation()
    place.town.clock.advance(31 * 60)

    assert place.books.organisation()["BaseCurrency"] == "AUD"


def test_a_wrong_secret_is_told_as_such(place):
    town = place.town
    books = Xero.open(
        base_url=place.base,
        token_url=f"{place.base}/connect/token",
        client_id="sandbox-client",
        client_secret="wrong",
        tenant_id=town.books.tenant_id,
    )
    with books, pytest.raises(NotAllowed, match="invalid_client"):
        books.organisation()


def test_a_wrong_tenant_is_not_written_to(place):
    books = Xero.open(
        base_url=place.base,
        token_url=f"{place.base}/connect/token",
        client_id="sandbox-client",
        client_secret="sandbox-secret",
        tenant_id="59712f8f-45a3-4d45-a705-5d0c9748317e",
    )
    with books, pytest.raises(NotAllowed):
        books.write("PUT", "Invoices", body(an_invoice("BC-1")), key="k")


def test_a_refused_write_carries_xeros_reason(place):
    place.town.stories.refuse_next_writes("xero")
    [element] = place.books.write("PUT", "Invoices", body(an_invoice("BC-1")), key="k")

    assert not element.ok
    assert element.problems
    assert numbers(place) == []
