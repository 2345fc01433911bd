"""One consent serves all processes: refreshed once, kept before it is used, paused when it has ended.

Business risk: Xero's refresh token works once. Two processes that refresh side by side, or one that dies in between, would
end the connection at night, and a person would have to consent again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from token_bank import KEY, Bank

from include.clients.errors import ConsentNeeded, NotAllowed, Unavailable
from include.clients.xero_token import Token

PROGRAM = Path(__file__).with_name("refreshing_together.py")
ROOT = Path(__file__).resolve().parents[2]


def run(bank: Bank, processes: int, **told: Any) -> list[int]:
    """So many processes ask the books at once: how each ended."""
    wanted = {"base": bank.base, "dsn": bank.dsn, "connection": bank.connection, "key": KEY, "processes": processes}
    done = subprocess.run(
        [sys.executable, str(PROGRAM), json.dumps(wanted | {"grant": "authorization_code"} | told)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout.splitlines()[-1]))


class TestTogether:
    def test_twenty_processes_at_once_refresh_once(self, bank):
        bank.consent()
        bank.expire()
        bank.town.calls.clear()
        bank.town.stories.answer_slowly("xero", 0.5)  # so that all of them come while the first one asks

        assert run(bank, 20) == [0] * 20

        assert bank.asked() == 1
        assert bank.town.calls.count(path="/api.xro/2.0/Organisation", status=200) == 20

    def test_processes_share_one_token_of_a_custom_connection(self, bank):
        bank.town.stories.answer_slowly("xero", 0.5)

        assert run(bank, 8, grant="client_credentials") == [0] * 8

        assert bank.asked() == 1

    def test_a_refused_token_is_given_up_by_all_and_refreshed_once(self, bank):
        bank.consent()
        several = [bank.books() for _ in range(5)]
        for books in several:
            books.organisation()
        bank.town.calls.clear()
        bank.town.books.tokens.revoke(for_good=False)

        with ThreadPoolExecutor(5) as pool:
            names = list(pool.map(lambda books: books.organisation()["Name"], several))

        assert len(names) == 5
        assert bank.asked() == 1
        for books in several:
            books.close()

    def test_the_organisation_is_the_one_that_was_chosen(self, bank):
        bank.consent()

        with bank.books() as books:
            assert books.organisation()["Name"] == bank.town.books.organisation["Name"]

    def test_calls_with_a_good_token_ask_the_database_once(self, bank, monkeypatch):
        bank.consent()
        with bank.books() as books:
            books.organisation()
            monkeypatch.setattr(
                "include.keepers.tokens.connect", lambda dsn: pytest.fail("asked again for a token that is good")
            )
            books.organisation()


class TestWhoDies:
    def test_killed_between_the_answer_and_the_keeping_the_token_before_works(self, bank):
        bank.consent()
        bank.expire()
        before = bank.row()["refresh"]

        assert run(bank, 1, die="after the answer") == [-9]

        assert bank.row()["refresh"] == before
        assert bank.asked(200) == 2  # the consent's, and the one that was lost with the process
        assert run(bank, 1) == [0]

    def test_a_lost_answer_is_asked_for_again_with_the_same_token(self, bank):
        bank.consent()
        bank.expire()
        bank.town.stories.lose_the_next_token("xero")

        with bank.books() as books:
            books.organisation()

        assert bank.asked(0) == 1
        assert bank.row()["state"] == "good"

    def test_a_lost_answer_after_half_an_hour_ends_the_consent(self, bank):
        bank.consent()
        bank.expire()
        run(bank, 1, die="after the answer")
        bank.town.clock.advance(31 * 60)

        with bank.books() as books, pytest.raises(ConsentNeeded):
            books.organisation()
        assert bank.row()["state"] == "paused"

    def test_the_one_before_is_tried_when_a_sleeper_used_it_meanwhile(self, bank):
        """A worker that slept through its lock refreshes late, with the token before: what was kept is then worth nothing."""
        first = bank.consent()
        bank.expire()
        with bank.books() as books:
            books.organisation()
        bank.town.books.consents.rotate(first.refresh)
        bank.expire()

        with bank.books() as books:
            books.organisation()
        assert bank.row()["state"] == "good"


class TestAnEndedConsent:
    @pytest.fixture
    def ended(self, bank) -> Bank:
        bank.consent()
        bank.expire()
        bank.town.books.consents.revoke_all()
        bank.town.calls.clear()
        return bank

    def test_it_is_paused_and_then_nobody_asks_xero_any_more(self, ended):
        told = set()
        for _ in range(3):
            with ended.books() as books, pytest.raises(ConsentNeeded, match="make connect-xero STORE=au") as raised:
                books.organisation()
            assert raised.value.failure == "run"
            told.add((raised.value.connection, raised.value.since))

        [(connection, since)] = told  # by which the one alert is known to have been told
        assert (connection, since[-4:]) == (ended.connection, " UTC")
        assert ended.asked() == 1
        assert ended.row()["access"] is None

    def test_processes_side_by_side_find_it_ended_with_one_question(self, ended):
        ended.town.stories.answer_slowly("xero", 0.5)

        assert run(ended, 5) == [1] * 5

        assert ended.asked() == 1

    def test_a_new_consent_lets_all_go_on(self, ended):
        with ended.books() as books:
            with pytest.raises(ConsentNeeded):
                books.organisation()
            ended.consent()
            assert books.organisation()["Name"]

    def test_where_nobody_consented_yet_the_connection_and_the_command_are_named(self, bank):
        with bank.books() as books, pytest.raises(ConsentNeeded, match=f"{bank.connection}.*make connect-xero"):
            books.organisation()
        assert bank.asked() == 0

    def test_a_consent_to_another_app_is_not_tried(self, bank):
        bank.consent()

        with bank.books(client_id="another-app") as books, pytest.raises(ConsentNeeded, match="another app"):
            books.organisation()
        assert bank.row()["state"] == "good"

    def test_a_wrong_secret_does_not_end_it(self, bank):
        bank.consent()
        bank.expire()

        with bank.books(client_secret="wrong") as books, pytest.raises(NotAllowed, match="invalid_client"):
            books.organisation()
        assert bank.row()["state"] == "good"

    def test_a_token_service_that_is_down_does_not_end_it(self, bank):
        bank.consent()
        bank.expire()
        bank.town.stories.be_down_for("xero", calls=4)

        with bank.books() as books, pytest.raises(Unavailable):
            books.organisation()
        assert bank.row()["state"] == "good"


class TestWhatIsKept:
    def test_no_token_stands_in_the_table_and_a_reader_sees_not_even_the_sealed_ones(self, bank):
        token = bank.consent()
        everything = " ".join(
            str(bytes(value) if isinstance(value, memoryview) else value) for value in bank.row().values()
        )

        assert token.access not in everything
        assert token.refresh not in everything
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            bank.sql("SELECT access FROM oauth_token", bank.reader_dsn)
        [[scopes]] = bank.sql(
            f"SELECT scopes FROM connection_state WHERE connection = '{bank.connection}'", bank.reader_dsn
        )
        assert "accounting.invoices" in scopes

    def test_a_token_of_one_connection_opens_for_no_other(self, bank):
        bank.consent()
        other = Bank(bank.town, bank.base, bank.dsn, bank.owner_dsn, bank.reader_dsn, f"{bank.connection}_b")
        other.consent()
        other.expire()
        bank.sql(
            "UPDATE oauth_token AS stolen SET refresh = own.refresh, access = own.access FROM oauth_token AS own "
            f"WHERE stolen.connection = '{other.connection}' AND own.connection = '{bank.connection}'"
        )

        with other.books() as books, pytest.raises(NotAllowed, match="does not open"):
            books.organisation()

    def test_the_key_is_changed_without_a_new_consent(self, bank):
        bank.consent()
        with bank.books("a new key", KEY) as books:
            books.organisation()
        bank.expire()

        with bank.books("a new key") as books:
            assert books.organisation()["Name"]

    def test_a_lost_key_is_told_and_ends_nothing(self, bank):
        bank.consent()
        bank.expire()

        with bank.books("another key") as books, pytest.raises(NotAllowed, match="BRIDGE_KEY_OLD"):
            books.organisation()
        assert (bank.row()["state"], bank.asked()) == ("good", 1)

    def test_a_token_of_other_scopes_is_not_used(self, bank):
        wider = ("accounting.settings.read", "accounting.contacts")
        with bank.books(grant="client_credentials", scopes=("accounting.settings.read",)) as books:
            books.organisation()
        with bank.books(grant="client_credentials", scopes=wider) as books:
            books.contacts_where(numbers=["bc:1"], emails=[])

        assert bank.asked() == 2

    def test_a_database_that_is_away_is_a_matter_of_time_and_tells_no_address(self, bank):
        kept = bank.kept()
        kept._dsn = "postgresql://somebody:planted@127.0.0.1:1/none"

        with pytest.raises(Unavailable) as raised:
            kept.take(lambda: Token("t", kept.now() + 1800))
        assert "planted" not in str(raised.value)
