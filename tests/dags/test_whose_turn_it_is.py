"""Business risk: a vendor that asks for an hour is called at once, or a night goes by retrying what only a person mends."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from airflow.sdk import RetryAction
from airflow.sdk.exceptions import AirflowSkipException

from bridge.retrying import DELAY_MAX, ByWhoseTurnItIs
from bridge.wiring import batches_of, day_of, flow_of
from include.clients.errors import (
    DayLimitSpent,
    NotAllowed,
    NotUnderstood,
    OutcomeUnknown,
    Refused,
    Unavailable,
)
from include.stages.orders.run import StageRed


@pytest.mark.parametrize(
    ("error", "action", "delay"),
    [
        (Unavailable("down", retry_after_s=90), RetryAction.RETRY, timedelta(seconds=90)),
        (Unavailable("down"), RetryAction.RETRY, None),
        (Unavailable("down", retry_after_s=0), RetryAction.RETRY, timedelta(seconds=1)),
        (DayLimitSpent("spent", retry_after_s=7200), RetryAction.RETRY, timedelta(hours=2)),
        (DayLimitSpent("spent", retry_after_s=10**9), RetryAction.RETRY, DELAY_MAX),
        (OutcomeUnknown("lost"), RetryAction.RETRY, None),
        (Refused("no"), RetryAction.FAIL, None),
        (NotAllowed("401"), RetryAction.FAIL, None),
        (NotUnderstood("a page of a proxy"), RetryAction.FAIL, None),
        (StageRed("batch 7"), RetryAction.FAIL, None),
        (OSError("the disk"), RetryAction.DEFAULT, None),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_time_may_cure_is_tried_again_and_what_a_person_must_mend_is_red_at_once(error, action, delay):
    decision = ByWhoseTurnItIs().evaluate(error, 1, 5)

    assert (decision.action, decision.retry_delay) == (action, delay)


def a_run(start=None, end=None, after=datetime(2026, 11, 3, 9, 30, tzinfo=UTC)):
    return SimpleNamespace(data_interval_start=start, data_interval_end=end, run_after=after)


def test_the_day_of_a_scheduled_run_is_its_interval():
    start, end = datetime(2026, 11, 1, 2, tzinfo=UTC), datetime(2026, 11, 2, 2, tzinfo=UTC)

    window = day_of(a_run(start, end))

    assert (window.start, window.end) == (start, end)


def test_a_run_by_hand_without_an_interval_takes_yesterday():
    window = day_of(a_run())

    assert (window.start, window.end) == (datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC))


def test_a_flow_is_named_by_its_dag_without_the_store():
    assert flow_of("orders_of_the_day__demo_au") == "orders_of_the_day"


def test_a_chapter_without_batches_because_extract_is_red_is_skipped_and_not_green():
    with pytest.raises(AirflowSkipException, match="extract is red"):
        batches_of(None)
    assert batches_of([]) == []
