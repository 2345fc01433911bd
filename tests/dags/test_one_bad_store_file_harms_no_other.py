"""Business risk: a typing mistake for a new store in one country stops the books of all others."""

import pytest
from store_desk import STORE

from include.settings.store import SettingsError

FLOWS = 4 * 3 + 2 + 2  # four flows of each of three stores, two that a store asks for, two of the house


def broken(bag, flow="orders_to_books"):
    return bag.dags[f"{flow}__broken"].get_task("read_settings")


def test_a_store_file_with_a_mistake_gives_its_own_red_dags_and_leaves_the_others(stores, dags):
    (stores / "broken.yaml").write_text(STORE.format(key="broken") + "colour: blue\n")

    bag = dags()

    assert bag.import_errors == {}
    assert len(bag.dags) == FLOWS
    assert "extract" in bag.dags["orders_to_books__au"].task_ids
    assert [task.task_id for task in bag.dags["orders_to_books__broken"].tasks] == ["read_settings"]


def test_the_red_task_names_file_line_and_setting(stores, dags):
    (stores / "broken.yaml").write_text(STORE.format(key="broken") + "colour: blue\n")

    with pytest.raises(SettingsError, match=r"broken\.yaml, line 12: colour: is not a setting"):
        broken(dags()).python_callable(*broken(dags()).op_args)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("store: [", r"broken\.yaml, line \d+: this is not YAML"),
        ("", r"broken\.yaml, line 1: a store file is a mapping"),
        (STORE.format(key="other"), r"broken\.yaml, line 1: `store` is 'other'"),
        (STORE.format(key="broken").replace("*/15 * * * *", "often"), r"broken\.yaml, line 6: schedule: 'often' is not a cron"),
        (STORE.format(key="broken") + "products: {schedule: often}\n", r"broken\.yaml, line 12: products\.schedule: 'often'"),
        (
            STORE.format(key="broken") + "customers:\n  enabled: true\n  schedule: often\n",
            r"broken\.yaml, line 14: customers\.schedule: 'often' is not a cron",
        ),
        (
            STORE.format(key="broken") + "stock: {enabled: true, schedule: often}\n",
            r"broken\.yaml, line 12: stock\.schedule: 'often' is not a cron",
        ),
    ],
    ids=["not YAML", "empty", "another name", "no cron", "no cron of products", "no cron of customers", "no cron of stock"],
)  # fmt: skip
def test_whatever_the_mistake_is_the_other_stores_keep_their_dags(stores, dags, text, says):
    (stores / "broken.yaml").write_text(text)

    bag = dags()

    assert bag.import_errors == {}
    assert len(bag.dags) == FLOWS
    with pytest.raises(SettingsError, match=says):
        broken(bag).python_callable(*broken(bag).op_args)


def test_a_stand_in_runs_by_itself_so_that_somebody_sees_it_and_has_a_runbook(stores, dags):
    (stores / "broken.yaml").write_text("")

    dag = dags().dags["orders_of_the_day__broken"]

    assert dag.timetable.expression == "@hourly" or dag.timetable.expression == "0 * * * *"
    assert "correct it" in dag.doc_md
    assert dag.get_task("read_settings").retries == 0
    assert dag.get_task("read_settings").on_failure_callback


def test_a_worker_builds_the_dags_of_its_own_task_s_store_alone(stores, dags, monkeypatch):
    (stores / "broken.yaml").write_text("")
    for dag_id in ("orders_to_books__au", "orders_to_books__broken"):
        monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_DAG_ID", dag_id)

        assert [each for each in dags().dags if "__" in each] == [dag_id]
