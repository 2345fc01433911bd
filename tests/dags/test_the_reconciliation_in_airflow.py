"""Business risk: a stranger reads a company's turnover, or a day is signed by somebody who may not, or from another site."""

import io
import re
from dataclasses import replace
from datetime import timedelta

import httpx
import pandas as pd
import pytest
from console_desk import KEY
from day_papers import AGREES, DAY, DIFFERS
from page_reader import PageReader

from include.database.connection import connect
from include.settings.store import store_named
from include.stages.reconciliation import paper, sign
from include.stages.reconciliation.kept import keep


@pytest.fixture
def airflow(console):
    console.decides("au", "ann")
    return console


@pytest.fixture
def kept(postgres):
    def made(report, ago):
        with connect(postgres.writer_dsn) as db:
            keep(db, store_named("au"), replace(report, store="au", day=DAY - timedelta(days=ago)))
        return {"store": "au", "day": str(DAY - timedelta(days=ago))}

    return made


def signature(postgres, asked):
    with connect(postgres.writer_dsn) as db:
        return paper(db, store_named("au"), DAY.fromisoformat(asked["day"])).signature


def form_of(answer):
    """The fields of the form that signs."""
    return {
        values["name"]: values.get("value", "")
        for tag, values in PageReader(answer.text).tags
        if tag == "input" and "name" in values
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "reconciliation"),
        ("GET", "reconciliation.csv"),
        ("GET", "reconciliation.xlsx"),
        ("POST", "reconciliation/sign"),
    ],
)
def test_a_stranger_gets_nothing(airflow, kept, method, path):
    assert airflow(None, method, path, params=kept(AGREES, 0)).status_code == 401


def test_it_stands_in_airflows_navigation_as_a_page_of_its_own(airflow, kept):
    from bridge_plugin import BridgePlugin

    [view] = [view for view in BridgePlugin.external_views if view["name"] == "Reconciliation"]
    assert "url_route" not in view  # with one it would open in a frame
    kept(AGREES, 1)
    shown = PageReader(airflow("eve", "GET", view["href"].removeprefix("/bridge/")).text)

    assert "23 November 2026" in [row[0] for row in shown.table("Day", "Verdict")]
    assert ("a", {"href": "reconciliation?store=nz"}) in shown.tags


def test_a_day_is_read_printed_and_taken_home_under_a_strict_policy(airflow, kept):
    asked = kept(DIFFERS, 2)
    answer = airflow("eve", "GET", "reconciliation", params=asked)
    shown = PageReader(answer.text)

    assert answer.status_code == 200
    assert "4 differences need you" in shown.words
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert answer.headers["cache-control"] == "no-store"
    links = [values["href"] for tag, values in shown.tags if tag == "a"]
    [csv, xlsx] = [next(link for link in links if f".{ending}?" in link) for ending in ("csv", "xlsx")]
    assert airflow("eve", "GET", csv).content.startswith(b"\xef\xbb\xbfRow,Store,Day")
    book = airflow("eve", "GET", xlsx)
    assert f'filename="au-{asked["day"]}.xlsx"' in book.headers["content-disposition"]
    assert len(pd.read_excel(io.BytesIO(book.content), sheet_name="Differences")) == 5


def test_one_who_decides_signs_the_version_that_was_read_and_is_shown_the_signature(airflow, kept, postgres):
    asked = kept(AGREES, 3)
    form = form_of(airflow("ann", "GET", "reconciliation", params=asked))

    answer = airflow("ann", "POST", "reconciliation/sign", data=form | {"note": "Read and filed."})

    assert answer.status_code == 303
    landed = httpx.URL("http://airflow.example/bridge/reconciliation/sign").join(answer.headers["location"])
    assert (landed.path, dict(landed.params)) == ("/bridge/reconciliation", asked)
    assert (signature(postgres, asked).by, signature(postgres, asked).note) == ("ann", "Read and filed.")
    shown = PageReader(airflow("ann", "GET", "reconciliation", params=asked).text)
    assert "Signed by ann" in shown.words
    assert "form" not in {tag for tag, _ in shown.tags}


def test_a_reader_who_does_not_decide_is_shown_no_form_and_refused_with_the_form_of_another(airflow, kept, postgres):
    asked = kept(AGREES, 4)
    shown = PageReader(airflow("eve", "GET", "reconciliation", params=asked).text)
    theirs = form_of(airflow("ann", "GET", "reconciliation", params=asked))

    assert "form" not in {tag for tag, _ in shown.tags}
    assert "eve may read, and not sign. Who signs stands in au.yaml, `deciders`" in shown.words
    refused = airflow("eve", "POST", "reconciliation/sign", data=theirs)
    assert (refused.status_code, "eve may read, and not sign" in refused.text) == (403, True)
    assert signature(postgres, asked) is None


@pytest.mark.parametrize(
    "wrong", ["no token", "of another day", "of another version", "of another person", "too old", "of another site"]
)
def test_a_form_that_was_not_ours_signs_nothing(airflow, kept, postgres, stores, wrong):
    asked = kept(AGREES, 5)
    about = f"sign/au/{asked['day']}"
    form = form_of(airflow("ann", "GET", "reconciliation", params=asked))
    headers = {"sec-fetch-site": "cross-site" if wrong == "of another site" else "same-origin"}
    from bridge.console.form_token import LASTS_S, token

    form["token"] = {
        "no token": "9999999999.0",
        "of another day": token(KEY, "ann", "sign/au/2020-01-01/1"),
        "of another version": token(KEY, "ann", f"{about}/2"),
        "of another person": token(KEY, "eve", f"{about}/1"),
        "too old": token(KEY, "ann", f"{about}/1", now=1_000_000_000 - LASTS_S),
        "of another site": form["token"],
    }[wrong]

    answer = airflow("ann", "POST", "reconciliation/sign", data=form, headers=headers)

    assert (answer.status_code, "Open the page again" in answer.text) == (403, True)
    assert signature(postgres, asked) is None


def test_a_version_that_came_meanwhile_is_not_signed_unread(airflow, kept, postgres):
    asked = kept(AGREES, 6)
    form = form_of(airflow("ann", "GET", "reconciliation", params=asked))
    kept(DIFFERS, 6)

    answer = airflow("ann", "POST", "reconciliation/sign", data=form | {"note": "Read."})

    assert (answer.status_code, "There is a newer version by now" in answer.text) == (409, True)
    assert signature(postgres, asked) is None


def test_a_day_that_is_signed_or_differs_without_a_note_is_refused_with_the_reason(airflow, kept, postgres):
    differs, signed = kept(DIFFERS, 7), kept(AGREES, 8)
    forms = [form_of(airflow("ann", "GET", "reconciliation", params=asked)) for asked in (differs, signed)]
    with connect(postgres.writer_dsn) as db:
        sign(db, store_named("au"), DAY - timedelta(days=8), "bob", "")

    answers = [airflow("ann", "POST", "reconciliation/sign", data=form) for form in forms]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert "say in a note why" in answers[0].text
    assert "was signed by bob" in answers[1].text


@pytest.mark.parametrize(
    ("asked", "status", "says"),
    [
        ({"store": "au", "day": "1999-01-01"}, 404, "There is no report of 1999-01-01"),
        ({"store": "au", "day": "yesterday"}, 404, "A day is written as"),
        ({"store": "../au", "day": "2026-11-24"}, 404, "There is no store of that name"),
        ({"store": "zz"}, 404, "There is no store of that name"),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(airflow, asked, status, says):
    answer = airflow("eve", "GET", "reconciliation", params=asked)

    assert (answer.status_code, says in PageReader(answer.text).words) == (status, True)


def test_a_store_whose_file_has_a_mistake_does_not_hide_the_others(airflow, stores):
    (stores / "nz.yaml").write_text("store: [")

    assert airflow("eve", "GET", "reconciliation").status_code == 200
    assert airflow("eve", "GET", "reconciliation", params={"store": "nz"}).status_code == 409


def test_what_another_form_of_airflow_is_signed_with_signs_nothing_here():
    from bridge.console.form_token import is_ours, token

    given = token(KEY, "ann", "sign/au/2026-11-24/1", now=1000)

    assert is_ours(given, KEY, "ann", "sign/au/2026-11-24/1", now=1001)
    assert not is_ours(given, "", "ann", "sign/au/2026-11-24/1", now=1001)  # no secret, no form
    assert not is_ours(re.sub("^.", "9", given), KEY, "ann", "sign/au/2026-11-24/1", now=1001)
    assert not is_ours("١٢.ü", KEY, "ann", "sign/au/2026-11-24/1", now=1001)
