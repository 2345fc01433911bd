"""Business risk: a deployment script reads exit code 0 of a store that cannot run."""

import json

import pytest

from include.commands.doctor import __main__ as command
from include.commands.surroundings import Surroundings
from include.settings.connections import books_arguments, out_of_text, shop_arguments


@pytest.fixture
def told(clinic, monkeypatch):
    monkeypatch.setattr(
        command, "surroundings", lambda environment: Surroundings(clinic.connections() | clinic.environment)
    )
    return clinic


def test_a_healthy_store_ends_with_0_and_a_line_each(told, capsys):
    assert command.main(["--store", "demo"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 40
    assert all(line.split()[0] in ("ok", "warn") for line in lines[:-1])
    assert lines[-1].endswith("warn.")


def test_a_fail_ends_with_1_and_its_line_has_a_remedy(told, capsys):
    told.town.shop.tokens.clear()

    assert command.main(["--store", "demo"]) == 1

    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("FAIL")]
    assert " -> Correct Connection bigcommerce_demo" in line


def test_json_says_the_same_as_objects(told, capsys):
    told.town.shop.tokens.clear()

    assert command.main(["--store", "demo", "--json"]) == 1

    objects = json.loads(capsys.readouterr().out)
    assert {tuple(sorted(each)) for each in objects} == {("check", "remedy", "sentence", "state")}
    assert {each["state"] for each in objects} == {"ok", "warn", "FAIL"}


@pytest.mark.parametrize("arguments", [[], ["--store"], ["--store", "nobody"], ["--stroe", "demo"]])
def test_wrong_usage_ends_with_2(arguments, capsys):
    try:
        code = command.main(arguments)
    except SystemExit as ended:
        code = ended.code

    assert code == 2
    assert capsys.readouterr().err


def test_a_mistake_in_the_settings_is_a_fail_with_file_and_line(tmp_path, monkeypatch, capsys, told):
    (tmp_path / "bad.yaml").write_text("store: bad\nname: Bad\nschedul: x\n")
    monkeypatch.setenv("BRIDGE_STORES", str(tmp_path))

    assert command.main(["--store", "bad"]) == 1

    assert "bad.yaml, line 3: schedul: " in capsys.readouterr().out


def test_a_connection_reads_alike_from_json_and_from_a_uri():
    as_json = '{"conn_type": "xero", "host": "https://api.xero.example", "extra": {"client_id": "a", "client_secret": "p/w d"}}'
    extra = "__extra__=%7B%22client_id%22%3A%20%22a%22%2C%20%22client_secret%22%3A%20%22p%2Fw%20d%22%7D"

    expected = {
        "base_url": "https://api.xero.example",
        "token_url": "https://identity.xero.com/connect/token",
        "client_id": "a",
        "client_secret": "p/w d",
        "tenant_id": None,
    }
    uri = "xero://https://api.xero.example"
    for text in (as_json, f"{uri}/?{extra}", f"{uri}/?client_id=a&client_secret=p/w%20d"):
        assert books_arguments(out_of_text("x", text)) == expected


def test_an_empty_address_is_the_vendors_own_and_blanks_around_a_token_are_not_part_of_it():
    connection = out_of_text(
        "x", '{"conn_type": "bigcommerce", "extra": {"store_hash": "abc", "access_token": " t\\n"}}'
    )

    assert shop_arguments(connection) == {
        "base_url": "https://api.bigcommerce.com",
        "store_hash": "abc",
        "access_token": "t",
    }
    assert "access_token" not in repr(connection)


def test_scopes_and_an_address_with_a_port_are_taken_as_typed():
    text = '{"conn_type": "xero", "host": "localhost", "schema": "http", "port": 81, "extra": {"client_id": "a", "client_secret": "b", "scopes": "x, y"}}'  # noqa: E501

    arguments = books_arguments(out_of_text("x", text))

    assert arguments["base_url"] == "http://localhost:81"
    assert arguments["scopes"] == ("x", "y")
