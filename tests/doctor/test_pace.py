"""Business risk: batches stand still, and nobody sees that the day is spent or the vendor down."""

import time

import pytest

from include.clients import circuit
from include.clients.allowance import Allowance
from include.clients.circuit import Circuit
from include.commands.doctor.pace import ask_about_pace
from include.database.connection import connect, json_value
from include.settings.store import store_named


@pytest.fixture
def told(postgres, monkeypatch):
    """The doctor's lines once the row of a vendor says this."""
    monkeypatch.delenv("BRIDGE_STORES", raising=False)

    def findings(vendor: str, tenant: str, allowance: Allowance, health: Circuit):
        row = {"vendor": vendor, "tenant": tenant}
        with connect(postgres.writer_dsn) as db, db.transaction():
            db.run("pace.begin", **row)
            db.run("pace.put", **row, allowance=json_value(allowance.as_json()), circuit=json_value(health.as_json()))
        found = ask_about_pace(store_named("demo"), {"BRIDGE_DSN": postgres.writer_dsn})
        return {finding.check: finding for finding in found}

    return findings


def test_before_any_call_all_is_well(postgres, monkeypatch):
    monkeypatch.delenv("BRIDGE_STORES", raising=False)
    found = list(ask_about_pace(store_named("demo"), {"BRIDGE_DSN": postgres.writer_dsn}))

    assert [finding.state for finding in found] == ["ok", "ok"]
    assert list(ask_about_pace(store_named("demo"), {})) == []


def test_what_is_left_today_and_used_in_this_minute_is_told(told):
    now = time.time()
    finding = told("xero", "demo", Allowance(at=now, counted=(now - 5, now - 1), left_day=4700), Circuit())[
        "calls to Xero"
    ]

    assert finding.state == "ok"
    assert finding.sentence == ("4700 left today, 50 of them kept from batches; 2 of 60 used in this window of 60 s.")


def test_a_day_that_is_nearly_spent_and_a_closed_door_are_warnings(told):
    now = time.time()
    assert told("xero", "demo", Allowance(at=now, left_day=50), Circuit())["calls to Xero"].state == "warn"

    closed = Allowance(at=now, closed_until=now + 600, quota=150, window_left=0, resets_at=now + 20)
    finding = told("bigcommerce", "demo1", closed, Circuit())["calls to BigCommerce"]
    assert finding.state == "warn"
    assert "stay away until" in finding.sentence
    assert "150 of 150 used" in finding.sentence


def test_an_open_circuit_says_since_when_why_and_when_it_is_tried(told):
    health = Circuit()
    for number in range(circuit.FAILURES_MAX):
        health = circuit.failed(health, time.time(), str(number), "answered 503")
    finding = told("xero", "demo", Allowance(), health)["circuit Xero"]

    assert finding.state == "warn"
    assert finding.sentence.startswith("open since ")
    assert "Xero answered 503, 5 times in a row; one call tries at " in finding.sentence
    assert told("xero", "demo", Allowance(), Circuit())["circuit Xero"].state == "ok"
