"""Business risk: a role that may rewrite the audit, a forgotten migration, a pool whose absence nobody sees."""

import psycopg2
import pytest

from include.commands.doctor.house import ask_about_mail, ask_about_the_key, ask_airflow, ask_the_database
from include.commands.surroundings import Surroundings, surroundings
from include.settings.store import store_named


def asked(findings):
    return {finding.check: finding for finding in findings}


def run(dsn, *statements):
    connection = psycopg2.connect(dsn)
    with connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()


@pytest.fixture
def store(monkeypatch):
    monkeypatch.delenv("BRIDGE_STORES", raising=False)
    return store_named("demo")


def test_a_migrated_database_and_its_writer_are_well(postgres):
    findings = asked(ask_the_database({"BRIDGE_DSN": postgres.writer_dsn}))

    assert {name: finding.state for name, finding in findings.items()} == {"migrations": "ok", "role that writes": "ok"}


def test_the_owner_may_not_be_the_writer(postgres):
    finding = asked(ask_the_database({"BRIDGE_DSN": postgres.owner_dsn}))["role that writes"]

    assert finding.state == "FAIL"
    assert "bridge_writer" in finding.remedy


def test_a_right_to_rewrite_postings_or_to_read_people_is_found(postgres):
    rights = ("UPDATE ON posting", "bridge_writer"), ("SELECT ON raw_part", "bridge_reader")
    run(postgres.owner_dsn, *(f"GRANT {right} TO {role}" for right, role in rights))
    try:
        findings = asked(ask_the_database({"BRIDGE_DSN": postgres.writer_dsn}))
    finally:
        run(postgres.owner_dsn, *(f"REVOKE {right} FROM {role}" for right, role in rights))

    assert findings["role that writes"].state == "FAIL"
    assert findings["role that reads"].state == "FAIL"


def test_a_migration_that_was_not_applied_is_named(postgres):
    run(postgres.owner_dsn, "UPDATE migration SET name = 'x' || name WHERE name = '0004_what_people_read'")
    try:
        finding = asked(ask_the_database({"BRIDGE_DSN": postgres.writer_dsn}))["migrations"]
    finally:
        run(postgres.owner_dsn, "UPDATE migration SET name = substr(name, 2) WHERE name LIKE 'x%'")

    assert finding.state == "FAIL"
    assert "0004_what_people_read" in finding.sentence
    assert "include.database.migrate" in finding.remedy


def test_a_database_without_tables_is_told_to_be_migrated(postgres_server):
    postgres_server.drop_database("empty_house")
    postgres_server.make_database("empty_house", "bridge_owner")

    findings = asked(ask_the_database({"BRIDGE_DSN": postgres_server.dsn("bridge_writer", "empty_house")}))

    assert findings["business database"].state == "FAIL"
    assert "migrate" in findings["business database"].remedy
    postgres_server.drop_database("empty_house")


def test_a_database_that_cannot_be_reached_is_told_without_its_password():
    finding = asked(ask_the_database({"BRIDGE_DSN": "postgresql://w:planted-pw@127.0.0.1:1/x"}))["business database"]

    assert finding.state == "FAIL"
    assert "planted-pw" not in finding.line()


def test_what_is_not_set_is_not_asked_and_says_so(store):
    around = Surroundings({})
    findings = [*ask_the_database({}), *ask_airflow(store, around), ask_about_the_key({})]

    assert [finding.check for finding in findings] == ["business database", "pool shop_demo", "pool books_demo", "key"]
    assert all(finding.sentence.startswith("not asked: ") and finding.state == "warn" for finding in findings)
    assert "BRIDGE_AIRFLOW_URL" in findings[1].remedy


@pytest.mark.parametrize(
    ("pools", "states"),
    [
        ({"shop_demo": 2, "books_demo": 1}, ("ok", "ok")),
        ({"shop_demo": 2}, ("ok", "FAIL")),
        ({"shop_demo": 0, "books_demo": 1}, ("FAIL", "ok")),
        ({"shop_demo": 9, "books_demo": -1}, ("warn", "warn")),
    ],
)
def test_pools_are_asked_of_airflows_own_database(postgres, store, pools, states):
    rows = ", ".join(f"('{name}', {slots})" for name, slots in {**pools, "default_pool": 128}.items())
    run(
        postgres.owner_dsn,
        "DROP TABLE IF EXISTS slot_pool",
        "CREATE TABLE slot_pool (pool TEXT, slots INTEGER)",
        f"INSERT INTO slot_pool VALUES {rows}",
        "GRANT SELECT ON slot_pool TO bridge_writer",
    )
    dsn = postgres.writer_dsn.replace("postgresql://", "postgresql+psycopg2://")

    findings = asked(ask_airflow(store, Surroundings({"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": dsn})))

    assert tuple(findings[f"pool {name}"].state for name in ("shop_demo", "books_demo")) == states
    if "books_demo" not in pools:
        assert findings["pool books_demo"].remedy == "Make it: airflow pools set books_demo 5 calls"


def test_an_airflow_that_does_not_answer_is_not_asked(store):
    findings = asked(ask_airflow(store, Surroundings({}, "http://127.0.0.1:1", "admin", "planted-pw")))

    assert {finding.state for finding in findings.values()} == {"warn"}
    assert all("planted-pw" not in finding.line() for finding in findings.values())


def test_a_key_that_is_the_examples_fails_and_none_is_shown():
    assert ask_about_the_key({"BRIDGE_KEY": "CHANGE"}).state == "FAIL"
    assert ask_about_the_key({"BRIDGE_KEY": "k" * 64}).state == "ok"
    assert "k" * 16 not in ask_about_the_key({"BRIDGE_KEY": "k" * 64}).line()


def test_a_mail_server_that_is_down_is_a_warning(store):
    down = '{"conn_type": "smtp", "host": "127.0.0.1", "port": 1, "extra": {"disable_ssl": true, "disable_tls": true}}'

    findings = asked(ask_about_mail(store, {"AIRFLOW_CONN_SMTP_DEFAULT": down}))

    assert findings["mail"].state == "warn"


def test_the_shell_wins_over_env_file_and_no_stack_runs(tmp_path):
    (tmp_path / ".env").write_text("BRIDGE_KEY=of-the-file\nBRIDGE_DSN=postgresql://file\nEMPTY=\n")

    around = surroundings({"BRIDGE_KEY": "of-the-shell"}, env_file=tmp_path / ".env", local=tmp_path)

    assert around.environment == {"BRIDGE_KEY": "of-the-shell", "BRIDGE_DSN": "postgresql://file"}
    assert not around.local_stack
    assert "of-the-shell" not in repr(around)
