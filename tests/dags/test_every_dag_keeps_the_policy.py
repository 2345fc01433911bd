"""Business risk: a DAG that runs twice at once, never runs, tells nobody, or leaves the night shift without a runbook."""

import os
import subprocess
import sys
import time
from datetime import date
from itertools import pairwise

import pytest
import yaml
from store_desk import ROOT

from bridge.notifiers.operations import NO_ROW, runbook_row
from bridge.retrying import ByWhoseTurnItIs

FLOWS = ("orders_of_the_day", "orders_to_books", "reconcile_daily", "refresh_reference")
OF_THE_HOUSE = ("keep_house", "tell_people")  # one of each, for all stores
ASKED_FOR = (
    "customers_to_contacts",
    "orders_within_seconds",
    "products_to_items",
    "stock_to_store",
    "summary_of_the_day",
)
CHAPTERS = ["extract", "check", "transform", "load", "audit", "tell_finance"]
OWNERS = {"finance", "operations"}
ASK_A_VENDOR = ("enter", "extract", "load", "reconcile", "refresh", "refresh_shop", "look_after_webhooks")
HEAVY = ("pandas", "great_expectations", "httpx", "psycopg2", "include.clients", "include.stages")


@pytest.fixture
def stores(stores):
    """The two stores, of which `nz` sums up its days and makes contacts of its customers."""
    summing(stores, posting="daily_summary")
    return stores


def summing(stores, posting):
    path = stores / "nz.yaml"
    content = yaml.safe_load(path.read_text())
    own = {"prefix": "NZ-", "credit_prefix": "NZR-", "posting": posting, "summary_from": date(2026, 11, 24)}
    content |= {
        "policies": {**content.get("policies", {}), **own},
        "customers": {"enabled": True},
        "within_seconds": {"enabled": True},
        "webhooks": {"url": "https://bridge.example.com/bridge"},
    }
    path.write_text(yaml.safe_dump(content, sort_keys=False))


def test_every_store_has_every_flow_and_no_file_fails_to_import(dags):
    bag = dags()

    assert bag.import_errors == {}
    everywhere = [f"{flow}__{store}" for flow in FLOWS for store in ("au", "nz")]
    asked_for = [
        "customers_to_contacts__nz",
        "orders_within_seconds__nz",
        "products_to_items__au",
        "stock_to_store__au",
        "summary_of_the_day__nz",
    ]  # only where the store asks for it
    assert sorted(bag.dags) == sorted([*everywhere, *asked_for, *OF_THE_HOUSE])


def test_every_dag_can_be_stored_as_airflows_processor_stores_it(dags):
    from airflow.serialization.serialized_objects import DagSerialization

    for dag in dags().dags.values():
        assert DagSerialization.to_dict(dag)["dag"]["dag_id"] == dag.dag_id


def test_every_dag_has_an_owner_a_runbook_and_runs_alone_from_now_on(dags):
    bag = dags()

    assert bag.dags
    for dag in bag.dags.values():
        assert dag.doc_md, f"{dag.dag_id}: pass doc_md=__doc__, it is the runbook"
        assert dag.catchup is False, f"{dag.dag_id}: catchup=False, past days are backfilled on purpose"
        assert dag.max_active_runs == 1, f"{dag.dag_id}: max_active_runs=1"
        store = dag.dag_id.partition("__")[2] or "house"
        assert store in dag.tags, f"{dag.dag_id}: tag it with its store, or `house`"
        for task in dag.tasks:
            assert task.owner in OWNERS, f"{dag.dag_id}.{task.task_id}: an owner of the alert settings, {OWNERS}"


def test_every_step_has_a_row_in_its_runbook(dags):
    for dag in dags().dags.values():
        for task in dag.tasks:
            assert runbook_row(dag.doc_md, task.task_id) != NO_ROW, f"{dag.dag_id}: no row for {task.task_id}"


def test_every_step_that_works_has_a_limit_a_retry_policy_and_tells_operations(dags):
    for dag in dags().dags.values():
        for task in (each for each in dag.tasks if each.task_id != "all_green"):
            assert isinstance(task.retry_policy, ByWhoseTurnItIs), f"{dag.dag_id}.{task.task_id}: retry_policy"
            assert task.execution_timeout is not None, f"{dag.dag_id}.{task.task_id}: execution_timeout"
            assert task.on_failure_callback, f"{dag.dag_id}.{task.task_id}: on_failure_callback"
            expected = 5 if task.task_id in ASK_A_VENDOR else 2
            assert task.retries == expected, f"{dag.dag_id}.{task.task_id}: retries"


@pytest.mark.parametrize("dag_id", ["orders_to_books__au", "orders_of_the_day__au", "customers_to_contacts__nz"])
def test_the_chapters_run_in_their_order_and_calls_to_a_vendor_share_its_pool(dags, dag_id):
    dag = dags().dags[dag_id]

    steps = dag.task_dict
    for before, after in pairwise(CHAPTERS):
        assert after in steps[before].downstream_task_ids
    assert steps["extract"].pool == f"shop_{dag_id[-2:]}"
    assert steps["load"].pool == "books_one_company"


@pytest.mark.parametrize("dag_id", ["orders_to_books__au", "orders_of_the_day__au", "customers_to_contacts__nz"])
def test_a_red_chapter_lets_the_others_run_and_still_turns_the_run_red(dags, dag_id):
    steps = dags().dags[dag_id].task_dict

    assert {steps[name].trigger_rule.value for name in CHAPTERS[1:]} == {"all_done"}
    assert steps["all_green"].trigger_rule.value == "all_success"
    assert steps["all_green"].upstream_task_ids == set(CHAPTERS)
    assert not steps["all_green"].downstream_task_ids


def test_products_go_by_the_same_chapters_and_a_backfill_is_asked_for_by_a_day(dags):
    dag = dags().dags["products_to_items__au"]

    steps = ["extract", "check", "transform", "load", "audit", "tell_items"]
    for before, after in pairwise(steps):
        assert after in dag.task_dict[before].downstream_task_ids
    assert (dag.task_dict["extract"].pool, dag.task_dict["load"].pool) == ("shop_au", "books_one_company")
    assert {dag.task_dict[name].trigger_rule.value for name in steps[1:]} == {"all_done"}
    assert dag.task_dict["all_green"].upstream_task_ids == set(steps)
    assert dag.params.dump() == {"since": None, "as_settings": False}
    assert dag.params.get_param("since").resolve("2026-11-01") == "2026-11-01"
    with pytest.raises(ValueError, match="last week"):
        dag.params.get_param("since").resolve("last week")


def test_dead_mappings_are_told_though_a_vendor_could_not_be_asked_and_the_run_is_red_then(dags):
    steps = dags().dags["refresh_reference__au"].task_dict

    assert steps["tell_dead_mappings"].upstream_task_ids == {"refresh", "refresh_shop"}
    assert steps["tell_dead_mappings"].trigger_rule.value == "all_done"
    assert {steps["refresh"].pool, steps["refresh_shop"].pool} == {"books_one_company", "shop_au"}
    assert steps["all_green"].upstream_task_ids == {"refresh", "refresh_shop", "tell_dead_mappings"}


def test_the_days_that_are_over_are_gathered_then_loaded_and_proved_like_orders(dags):
    steps = dags().dags["summary_of_the_day__nz"].task_dict

    for before, after in pairwise(["gather", "load", "audit", "tell_finance"]):
        assert after in steps[before].downstream_task_ids
    assert {steps[name].pool for name in ("gather", "load")} == {"books_one_company"}
    assert steps["all_green"].upstream_task_ids == {"gather", "load", "audit", "tell_finance"}


def test_summaries_go_on_for_a_store_that_went_back_to_single_posting(dags, stores):
    summing(stores, posting="order")

    assert "summary_of_the_day__nz" in dags().dags


def test_the_day_has_an_interval_and_the_cursor_flow_has_the_stores_schedule(dags):
    bag = dags()

    assert type(bag.dags["orders_of_the_day__au"].timetable).__name__ == "CronDataIntervalTimetable"
    assert bag.dags["orders_to_books__au"].timetable.expression == "*/15 * * * *"


def test_a_day_is_reconciled_in_its_own_interval_at_the_hour_that_the_store_says(dags, stores):
    path = stores / "nz.yaml"
    content = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump({**content, "reconciliation": {"schedule": "0 19 * * *"}}, sort_keys=False))

    bag = dags()

    for store, hour in (("au", "30 6 * * *"), ("nz", "0 19 * * *")):
        dag = bag.dags[f"reconcile_daily__{store}"]
        assert (type(dag.timetable).__name__, dag.timetable.expression) == ("CronDataIntervalTimetable", hour)
    steps = bag.dags["reconcile_daily__au"].task_dict
    assert steps["reconcile"].pool == "shop_au"
    assert steps["tell_finance"].trigger_rule.value == "all_done"
    assert steps["all_green"].upstream_task_ids == {"reconcile", "tell_finance"}


def test_a_run_of_orders_has_airflows_deadline_where_the_store_says_how_long_it_may_take(dags, stores):
    path = stores / "nz.yaml"
    content = yaml.safe_load(path.read_text())
    content["alerts"] = {**content["alerts"], "run_longer_than_minutes": 45}
    path.write_text(yaml.safe_dump(content, sort_keys=False))

    bag = dags()

    [deadline] = bag.dags["orders_to_books__nz"].deadline
    assert deadline.interval.total_seconds() == 45 * 60
    assert deadline.callback.path == "bridge.deadlines.run_is_slow"
    assert deadline.callback.kwargs == {"store_key": "nz", "minutes": 45}
    assert not bag.dags["orders_to_books__au"].deadline


def test_a_store_that_wants_no_report_has_no_such_dag(dags, stores):
    path = stores / "nz.yaml"
    content = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump({**content, "reconciliation": {"enabled": False}}, sort_keys=False))

    assert "reconcile_daily__nz" not in dags().dags


def test_parsing_all_dag_files_takes_less_than_a_second_once_airflow_is_loaded(dags):
    dags()

    started = time.monotonic()
    dags()
    took_s = time.monotonic() - started

    print(f"twelve files, two stores: {took_s:.2f} s")  # noqa: T201 - a figure for whoever watches it
    assert took_s < 1


def test_parsing_a_dag_file_imports_no_client_no_stage_and_nothing_heavy(stores):
    script = """
import sys
import airflow.sdk, airflow.providers.standard.operators.empty
airflows_own = set(sys.modules)
import customers_to_contacts, keep_house, orders_to_books, orders_of_the_day, orders_within_seconds, products_to_items
import reconcile_daily
import refresh_reference, stock_to_store
import summary_of_the_day, tell_people
print("\\n".join(set(sys.modules) - airflows_own))
"""
    path = os.pathsep.join(str(ROOT / folder) for folder in ("", "plugins", "dags"))
    environment = {**os.environ, "PYTHONPATH": path, "BRIDGE_STORES": str(stores)}

    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=60)

    loaded = done.stdout.split()
    assert "bridge.store_dags" in loaded, done.stderr
    assert [name for name in loaded if name.startswith(HEAVY)] == []


def test_every_task_that_speaks_to_a_vendor_sleeps_where_the_vendor_is_closed_for_hours(dags):
    asks = (*ASK_A_VENDOR, "gather")

    bag = dags()

    tasks = [(dag.dag_id, task) for dag in bag.dags.values() for task in dag.tasks if hasattr(task, "python_callable")]
    asking = {flow.partition("__")[0] for flow, task in tasks if task.task_id in asks}
    assert asking == {*FLOWS, *ASKED_FOR}
    for flow, task in tasks:
        assert hasattr(task.python_callable, "__wrapped__") == (task.task_id in asks), (flow, task.task_id)
