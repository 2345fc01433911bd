"""Business risk covered: a password that everybody knows, or the demo reaching another Airflow's database."""

import stat

import psycopg2
import pytest

from include.commands.stack.airflow_settings import AirflowPlan, environment
from include.commands.stack.keys import Keys
from include.commands.stack.places import FreePorts
from include.commands.up import own_settings


def test_secrets_are_made_once_and_are_for_their_owner_alone(tmp_path):
    keys = Keys.of(tmp_path)

    assert Keys.of(tmp_path) == keys
    assert Keys.of(tmp_path / "another") != keys
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    assert keys.jwt_secret not in repr(keys)


def test_settings_of_another_airflow_are_not_inherited(tmp_path):
    plan = AirflowPlan(tmp_path, tmp_path, tmp_path, 8080, "postgresql://here/airflow", 1.0, {})
    shell = {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "theirs",
        "AIRFLOW_CONN_X": "theirs",
        "PYTHONDONTWRITEBYTECODE": "1",
    }

    told = environment(plan, Keys.of(tmp_path), shell)

    assert told["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == "postgresql+psycopg2://here/airflow"
    assert "AIRFLOW_CONN_X" not in told
    assert "PYTHONDONTWRITEBYTECODE" not in told


def test_two_stacks_that_start_together_get_different_ports(tmp_path):
    one, other = FreePorts(tmp_path), FreePorts(tmp_path)
    try:
        assert one.take("airflow") != other.take("airflow")
    finally:
        one.release()
        other.release()


def test_own_connections_come_from_the_file_and_the_shell_but_the_database_is_the_stacks(tmp_path):
    file = tmp_path / ".env"
    file.write_text(
        "# ours\nAIRFLOW_CONN_XERO_AU='{\"a\": 1}'\nBRIDGE_KEY=k # why\nBRIDGE_DSN=production\nOTHER=x\nBRIDGE_STORES=\n"
    )

    assert own_settings({"AIRFLOW_CONN_B": "b", "HOME": "/"}, file) == {
        "AIRFLOW_CONN_XERO_AU": '{"a": 1}',
        "BRIDGE_KEY": "k",
        "AIRFLOW_CONN_B": "b",
    }


def test_the_reader_reads_and_cannot_write(postgres):
    with psycopg2.connect(postgres.reader_dsn) as db, db.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM order_outcome")
        assert cursor.fetchone() == (0,)
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("DELETE FROM raw_part")
