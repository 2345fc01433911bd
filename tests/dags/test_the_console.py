"""Business risk: the console is on the internet beside Airflow. A stranger reads it, a form from elsewhere does what its
reader may, or one store's people see another's.
"""

import base64
import hashlib
import re

import pytest
from console_desk import KEY
from page_reader import PageReader

OPEN_TO_THE_WORLD = "/hooks"  # the webhook door knows the vendors by their own secrets


def routes():
    from bridge.console import app

    pages = [route for route in app.routes if route.path != OPEN_TO_THE_WORLD]
    assert len(pages) == len(app.routes) - 1
    found = [(method, route.path) for route in pages for method in sorted(route.methods - {"HEAD"})]
    assert len(found) > 4
    return found


def test_every_route_asks_who_is_there(console):
    for method, path in routes():
        assert console(None, method, path.lstrip("/")).status_code == 401, path


def test_a_person_whose_log_in_is_gone_is_led_to_airflows_own_and_back(console):
    answer = console(None, "GET", "reconciliation?store=au", headers={"accept": "text/html,*/*"})

    assert answer.status_code == 303
    assert answer.headers["location"].endswith(
        "/login?next=http%3A%2F%2Fairflow.example%2Fbridge%2Freconciliation%3Fstore%3Dau"
    )
    assert console(None, "POST", "reconciliation/sign", headers={"accept": "text/html"}).status_code == 401


def test_a_person_whose_role_may_not_is_told_so_on_a_page(console):
    answer = console("eve", "GET", "connections", headers={"accept": "text/html,*/*"})

    assert (answer.status_code, "You may not see this" in answer.text) == (403, True)
    assert console("eve", "GET", "connections").json() == {"detail": "Forbidden"}


def test_each_page_of_the_navigation_is_there_and_airflows_own_has_the_same(console):
    from bridge.console.frame import PAGES
    from bridge_plugin import BridgePlugin

    served = {path for method, path in routes() if method == "GET"}
    named = {view["name"]: view["href"] for view in BridgePlugin.external_views}
    for name, path in PAGES:
        assert f"/{path}" in served
        assert named[name] == f"/bridge/{path}"


def test_a_page_runs_its_own_style_and_script_and_nothing_else(console):
    for path in ("reconciliation",):
        answer = console("eve", "GET", path)
        policy = answer.headers["content-security-policy"]
        assert answer.status_code == 200
        for kind, text in re.findall(r"<(style|script)>(.*?)</\1>", answer.text, re.DOTALL):
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy.partition(f"{kind}-src")[2].partition(";")[0]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "script" in {tag for tag, _ in PageReader(answer.text).tags}  # light or dark, as Airflow was told
        assert answer.headers["cache-control"] == "no-store"


def test_one_who_may_not_see_a_stores_dags_in_airflow_does_not_see_the_store(console, monkeypatch):
    from bridge.console import readers

    monkeypatch.setattr(readers, "may", lambda user, key, *_: key == "nz")  # as a manager with rights by DAG would say

    shown = PageReader(console("eve", "GET", "reconciliation").text)
    assert "reconcile_daily__nz" in shown.words
    assert "reconcile_daily__au" not in shown.words
    refused = console("eve", "GET", "reconciliation?store=au")
    assert (refused.status_code, "no store of that name that you may see" in refused.text) == (404, True)


def test_who_may_run_a_store_and_who_decides_are_asked_of_two_places(console):
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

    from bridge.console.readers import reader

    console.decides("au", "finance")
    finance = reader(SimpleAuthManagerUser(username="finance", role="viewer"))
    admin = reader(SimpleAuthManagerUser(username="admin", role="admin"))
    store = admin.stores["au"]

    assert (finance.decides(store), finance.may_run(store)) == (True, False)
    assert (admin.decides(store), admin.may_run(store)) == (False, True)
    assert not admin.sees_people(store)


def test_a_stores_file_that_changes_is_read_anew_and_one_that_did_not_is_not(console, monkeypatch):
    from bridge.console.readers import _found

    first = _found()[0]["au"]
    assert _found()[0]["au"] is first
    console.decides("au", "ann")
    assert _found()[0]["au"].file.deciders == ("ann",)


@pytest.mark.parametrize("wrong", ["of another site", "of another person", "about something else", "none"])
def test_a_form_that_only_looks_like_ours_is_refused(console, wrong):
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
    from starlette.requests import Request

    from bridge.console.form_token import token
    from bridge.console.frame import refuse_foreign_form
    from bridge.console.readers import reader
    from bridge.console.saying import Said

    site = b"cross-site" if wrong == "of another site" else b"same-origin"
    request = Request({"type": "http", "headers": [(b"sec-fetch-site", site)]})
    ann = reader(SimpleAuthManagerUser(username="ann", role="viewer"))
    given = {
        "of another site": token(KEY, "ann", "release/au/1042"),
        "of another person": token(KEY, "eve", "release/au/1042"),
        "about something else": token(KEY, "ann", "release/au/1043"),
        "none": "",
    }[wrong]

    with pytest.raises(Said) as refused:
        refuse_foreign_form(request, ann, given, "release/au/1042", "review")
    assert refused.value.status == 403
    own = Request({"type": "http", "headers": [(b"sec-fetch-site", b"same-origin")]})
    refuse_foreign_form(own, ann, token(KEY, "ann", "release/au/1042"), "release/au/1042", "review")
