"""A machine of workers loses its power while it posts. If this breaks, orders are posted twice, or never.

The short form of `make bench-workers`. Airflow's wait for a sign of life is 15 s here instead of 300 s, and the flow's wait
before a retry 5 s instead of five minutes; all else is as in production: Celery, a Redis that keeps what was taken and not
finished, two workers.
"""

import pytest
from redis_server import needs_celery_and_redis

from include.commands.bench.workers_rig import Shape, rig
from include.commands.bench.workers_run import run

pytestmark = [pytest.mark.airflow, pytest.mark.slow, needs_celery_and_redis]


def test_the_other_worker_takes_up_what_a_killed_one_had_begun_and_every_order_is_posted_once(tmp_path):
    # A second a call, so that there is a moment in which one invoice is there and 49 are on their way.
    shape = Shape(stores=2, orders=50, workers=2, slots=2, latency_s=1.0, patience_s=15)
    with rig(shape, tmp_path / "stack") as running:
        result = run(running, kill_at=0.0, limit_s=600)

    assert result.killed is not None
    loads = [task for task in result.killed.tasks if task.endswith(" load")]
    assert loads
    assert 0 < result.killed.invoices < 100
    assert set(result.states.values()) == {"success"}
    assert all(result.tries[task] >= 2 for task in loads)  # the other worker's try
    assert result.differences == []
