"""`make held`: finance sees each order that waits, and why. One that is not listed is money that nobody looks for."""

import json
import sys

import pytest

from include.commands import held


@pytest.fixture
def asked(bridge, dsn, monkeypatch, capsys):
    monkeypatch.setenv("BRIDGE_DSN", dsn)

    def ask(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["held", "--store", "demo", *words])
        assert held.main() == 0
        return capsys.readouterr().out

    return ask


def test_what_is_listed_is_what_the_audit_calls_held(bridge, asked):
    bridge.run()
    waiting = {str(key) for key, row in bridge.outcomes().items() if row["outcome"] == "held"}

    listed = json.loads(asked("--json"))

    assert waiting
    assert {row["order_key"] for row in listed} == waiting
    assert all(row["sentence"] and row["remedy"] for row in listed)
    assert [row["happened_at"] for row in listed] == sorted(row["happened_at"] for row in listed)


def test_each_is_told_with_its_amount_its_reason_and_what_to_do(bridge, asked):
    bridge.run()
    first = json.loads(asked("--json"))[0]

    told = asked()

    assert f"order {first['order_key']}  {first['kind'].replace('_', ' ')}" in told
    assert f"{first['reason']}\n    {first['sentence']}\n    {first['remedy']}" in told
    assert told.rstrip().splitlines()[-1].endswith(".")
    assert "orders wait for a person: AUD " in told


def test_one_reason_can_be_asked_for(bridge, asked):
    bridge.run()
    reason = json.loads(asked("--json"))[0]["reason"]

    assert {row["reason"] for row in json.loads(asked("--json", "--reason", reason))} == {reason}


def test_of_many_the_oldest_are_shown_and_the_rest_is_counted(bridge, asked, monkeypatch):
    bridge.run()
    [*everything] = json.loads(asked("--json"))
    whole = asked().splitlines()
    monkeypatch.setattr(held, "PAGE", 2)

    told = asked().splitlines()

    assert len(everything) > 2
    assert [line.split()[1] for line in told if line.startswith("order ")] == [
        row["order_key"] for row in everything[:2]
    ]
    assert told[-2] == f"and {len(everything) - 2} more, which wait less long: ask for them by REASON= or ORDER=."
    assert told[-1] == whole[-1], "documents, orders and money are counted over all"


def test_a_store_without_held_orders_says_so(bridge, asked):
    assert asked() == "0 documents of 0 orders wait for a person.\n"


def test_an_unknown_store_is_refused(asked, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["held", "--store", "nowhere"])

    with pytest.raises(SystemExit) as raised:
        held.main()

    assert raised.value.code == 2
    assert "There is no store 'nowhere'" in capsys.readouterr().err
