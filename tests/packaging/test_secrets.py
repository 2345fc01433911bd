"""Secrets as files. If this breaks, a password is known, is shown, or opens less than it should."""

import os
import subprocess
import sys
from urllib.parse import unquote, urlsplit

import psycopg2.extensions
import pytest
from compose_file import ROOT
from cryptography.fernet import Fernet

from deploy import entrypoint, make_secrets

ODD = r"""a "b"/c:d@e#f?g %h 'i' \j"""


@pytest.fixture
def folder(tmp_path):
    make_secrets.make(tmp_path / "secrets")
    return tmp_path / "secrets"


def test_each_secret_is_made_by_chance_and_for_its_owner_alone(folder, tmp_path):
    make_secrets.make(tmp_path / "other")

    for name in make_secrets.SECRETS:
        assert (folder / name).stat().st_mode & 0o777 == 0o600
        assert len((folder / name).read_text()) >= 20
        assert (folder / name).read_text() != (tmp_path / "other" / name).read_text()
    Fernet((folder / "fernet_key").read_text())


def test_what_is_there_is_kept_and_what_is_empty_is_made_anew(folder):
    before = {path.name: path.read_text() for path in folder.iterdir()}
    (folder / "bridge_key").write_text("")

    assert make_secrets.make(folder) == ["bridge_key"]
    after = {path.name: path.read_text() for path in folder.iterdir()}
    assert {name for name in before if before[name] != after[name]} == {"bridge_key"}


def test_making_them_tells_names_and_no_value(tmp_path):
    done = subprocess.run(
        [sys.executable, ROOT / "deploy" / "make_secrets.py", tmp_path / "secrets"], capture_output=True, text=True
    )

    assert done.returncode == 0
    assert "bridge_key" in done.stdout
    assert not any(path.read_text() in done.stdout + done.stderr for path in (tmp_path / "secrets").iterdir())


def test_a_password_of_any_signs_arrives_whole(folder):
    for name in entrypoint.ADDRESSES:
        (folder / name).write_text(f"{ODD}\n")

    told = entrypoint.environment(folder, {"POSTGRES_ADDRESS": "db:6000", "REDIS_ADDRESS": "queue:7000"})

    for name, (variable, _) in entrypoint.ADDRESSES.items():
        address = urlsplit(told[variable])
        assert unquote(address.password) == ODD, name
        assert address.netloc.endswith("@queue:7000" if name == "redis_password" else "@db:6000")
    assert psycopg2.extensions.parse_dsn(told["BRIDGE_DSN"])["password"] == ODD


def test_a_service_that_was_given_no_secret_gets_none(tmp_path):
    assert entrypoint.environment(tmp_path, {"PATH": "/bin"}) == {"PATH": "/bin"}
    assert entrypoint.passwords(tmp_path) == {}


def test_what_is_set_from_outside_wins_over_a_file(folder):
    told = entrypoint.environment(folder, {"BRIDGE_DSN": "postgresql://elsewhere/bridge"})

    assert told["BRIDGE_DSN"] == "postgresql://elsewhere/bridge"


@pytest.mark.parametrize("content", ["", "\n", "one\ntwo"])
def test_an_empty_or_broken_secret_stops_the_start_and_names_the_file(folder, content):
    (folder / "jwt_secret").write_text(content)
    done = subprocess.run(
        [sys.executable, ROOT / "deploy" / "entrypoint.py", "true"],
        env={**os.environ, "SECRETS_FOLDER": str(folder)},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert "jwt_secret" in done.stderr
    assert "two" not in done.stderr


def test_the_command_becomes_the_process_with_people_let_in_by_a_private_file(folder, tmp_path):
    people = tmp_path / "passwords.json"
    program = "import os; print(os.environ['BRIDGE_KEY'], open(os.environ['WHERE']).read())"
    done = subprocess.run(
        [sys.executable, ROOT / "deploy" / "entrypoint.py", sys.executable, "-c", program],
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("BRIDGE_")},
            "SECRETS_FOLDER": str(folder),
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(people),
            "WHERE": str(people),
        },
        capture_output=True,
        text=True,
    )

    assert (folder / "bridge_key").read_text() in done.stdout
    assert (folder / "finance_password").read_text() in done.stdout
    assert people.stat().st_mode & 0o777 == 0o600


def test_a_health_check_that_fails_says_why_and_shows_no_address(folder):
    done = subprocess.run(
        [sys.executable, ROOT / "deploy" / "health.py", "scheduler"],
        env={**os.environ, "SECRETS_FOLDER": str(folder), "POSTGRES_ADDRESS": "127.0.0.1:1"},
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout, done.stderr) == (1, "scheduler: OperationalError while asking\n", "")
