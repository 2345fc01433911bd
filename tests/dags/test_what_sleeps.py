"""A vendor that is closed for hours. If this breaks, a worker waits a day, or a run that only needs patience turns red."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from airflow.sdk.exceptions import AirflowRescheduleException

from bridge import sleeping
from bridge.sleeping import SENTENCE_MAX, sleep_after, sleeps
from include.clients.errors import DayLimitSpent, NotAllowed, OutcomeUnknown, Refused, Unavailable

NOW = datetime(2026, 11, 30, 13, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("error", "hours"),
    [
        (DayLimitSpent("spent", retry_after_s=66_975), 18.6),
        (DayLimitSpent("spent", retry_after_s=90), 0.025),  # the day ends soon: still no try that failed
        (DayLimitSpent("spent"), 1),  # nobody said when: look again in an hour
        (DayLimitSpent("spent", retry_after_s=10**9), 24),
        (Unavailable("down for maintenance", retry_after_s=7200), 2),
        (OutcomeUnknown("lost, and then the day was spent", retry_after_s=40_000), 11.1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_a_vendor_that_is_closed_for_hours_is_slept_through(error, hours):
    sleep = sleep_after(error, NOW)

    assert abs(sleep.until - NOW - timedelta(hours=hours)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "error",
    [
        Unavailable("down", retry_after_s=60),
        Unavailable("down"),
        OutcomeUnknown("lost"),
        Refused("no"),
        NotAllowed("401"),
        OSError("the disk"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_minutes_or_a_person_may_mend_is_not_slept_through(error):
    assert sleep_after(error, NOW) is None


def test_the_sentence_says_why_and_until_when_and_not_twice_how_long():
    error = DayLimitSpent("Xero has no calls left today; it asks for 13.2 h.", retry_after_s=47_700)
    error.call = "PUT /Invoices"

    assert sleep_after(error, NOW).sentence == "Xero has no calls left today; goes on 1 Dec 02:15 UTC"


def test_a_long_reason_is_cut_and_the_moment_is_not():
    sentence = sleep_after(DayLimitSpent("so " * 200, retry_after_s=47_700), NOW).sentence

    assert len(sentence) == SENTENCE_MAX
    assert sentence.endswith("; goes on 1 Dec 02:15 UTC")


def test_a_chapter_that_sleeps_tells_airflow_until_when_and_what_to_show(monkeypatch):
    context = {}
    monkeypatch.setattr(sleeping, "get_current_context", lambda: context)

    @sleeps
    def load(store_key: str) -> None:
        raise DayLimitSpent("{{ 7 * 6 }} Xero has no calls left today", retry_after_s=3600)

    with pytest.raises(AirflowRescheduleException) as asleep:
        load("demo")

    assert asleep.value.reschedule_date > datetime.now(UTC) + timedelta(minutes=59)
    assert context["asleep"].startswith("{{ 7 * 6 }} Xero has no calls left today; goes on ")
    assert "7" not in context["map_index_template"]  # it is a template: what the vendor said must not be in it


def test_airflow_finds_the_script_that_shows_it_and_a_stranger_does_not_get_it():

    from bridge.console import app
    from bridge_plugin import BridgePlugin

    [shown] = BridgePlugin.react_apps
    [served] = [route for route in app.routes if f"/bridge{route.path}" == shown["bundle_url"]]

    async def as_a_stranger() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://airflow.example") as http:
            return await http.get(served.path)

    assert asyncio.run(as_a_stranger()).status_code == 401
    assert served.endpoint().media_type == "text/javascript"  # or a browser would not run it
    assert "globalThis.AirflowPlugin = " in Path(served.endpoint().path).read_text()  # the name Airflow looks for
