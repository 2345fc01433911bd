"""Business risk: whoever knows the address makes us ask the shop for thousands of orders, or a wrong answer of ours makes
the vendor shut the door for good, and orders come hours late.
"""

import base64
import hashlib
import hmac
import json
import time

import pytest
from door_desk import CLIENT_SECRET, ORDER, SECRET
from hypothesis import given, settings
from hypothesis import strategies as st

from include.door.proof import is_xeros, proof_of_shop
from include.settings.door_secret import HEADER, door_secret, door_secret_before

NOW = 1794800000.0


def signed(body, *, key=CLIENT_SECRET, at=NOW, event="msg_1"):
    """The headers of Standard Webhooks, by its own words: base64 of HMAC-SHA256 over id.timestamp.body."""
    text = f"{event}.{int(at)}.".encode() + body
    mac = base64.b64encode(hmac.new(key.encode(), text, hashlib.sha256).digest()).decode()
    return {"webhook-id": event, "webhook-timestamp": str(int(at)), "webhook-signature": f"v1,{mac}"}


def test_the_secret_of_a_hook_lets_it_in_and_is_another_for_each_store(monkeypatch):
    monkeypatch.setenv("BRIDGE_KEY", "one key")
    assert door_secret("au") == door_secret("au")
    assert door_secret("au") != door_secret("nz")
    assert len(door_secret("au")) == 64
    monkeypatch.setenv("BRIDGE_KEY", "")
    with pytest.raises(ValueError, match="BRIDGE_KEY is not set"):
        door_secret("au")


def test_hooks_of_before_a_change_of_the_key_come_in_until_they_are_made_anew(monkeypatch):
    monkeypatch.setenv("BRIDGE_KEY", "the old key")
    old = door_secret("au")
    monkeypatch.setenv("BRIDGE_KEY", "the new key")
    assert door_secret_before("au") is None
    monkeypatch.setenv("BRIDGE_KEY_OLD", "the old key")
    assert door_secret_before("au") == old

    given = {"x-bridge-secret": old}
    assert proof_of_shop(given, b"{}", door_secret("au"), None, NOW) == "wrong_secret"
    assert proof_of_shop(given, b"{}", door_secret("au"), None, NOW, door_secret_before("au")) == "ours"


@pytest.mark.parametrize(
    ("headers", "proof"),
    [
        ({}, "no_secret"),
        ({"x-bridge-secret": "guessed"}, "wrong_secret"),
        ({"x-bridge-secret": "geheim\u00fc"}, "wrong_secret"),
        ({"x-bridge-secret": SECRET}, "ours"),
        ({"x-bridge-secret": SECRET, **signed(b"{}")}, "ours"),
        ({"x-bridge-secret": SECRET, **signed(b"{}", key="another app")}, "wrong_signature"),
        ({"x-bridge-secret": SECRET, **signed(b"{} ")}, "wrong_signature"),
        ({"x-bridge-secret": SECRET, **signed(b"{}", at=NOW - 301)}, "too_old"),
        ({"x-bridge-secret": SECRET, **signed(b"{}"), "webhook-timestamp": "soon"}, "wrong_signature"),
        (
            signed(b"{}"),
            "no_secret",
        ),  # whether all stores' hooks are signed is not known: the secret is always asked for
    ],
)
def test_what_is_not_from_a_hook_of_ours_is_told_apart(headers, proof):
    assert proof_of_shop(headers, b"{}", SECRET, CLIENT_SECRET, NOW) == proof


def test_while_the_apps_secret_is_changed_one_signature_of_several_suffices():
    new, old = signed(b"{}"), signed(b"{}", key="the old one")
    both = {**new, "webhook-signature": f"{old['webhook-signature']} {new['webhook-signature']}"}

    assert proof_of_shop({"x-bridge-secret": SECRET, **both}, b"{}", SECRET, CLIENT_SECRET, NOW) == "ours"


def test_without_an_apps_secret_a_signature_is_not_judged():
    assert proof_of_shop({"x-bridge-secret": SECRET, **signed(b"{}")}, b"{}", SECRET, None, NOW) == "ours"


def test_an_organisation_without_a_webhook_key_believes_nobody():
    assert not is_xeros(b"{}", base64.b64encode(hmac.new(b"", b"{}", hashlib.sha256).digest()).decode(), "")


class TestOverHTTP:
    def test_whoever_does_not_know_the_secret_is_answered_200_and_nothing_is_due(self, the_door):
        answers = [the_door.shop(ORDER, **{HEADER: ""}), the_door.shop(ORDER, **{HEADER: "guessed"})]

        assert [(answer.status_code, answer.content) for answer in answers] == [(200, b"")] * 2
        assert the_door.due() == []
        assert the_door.counted() == {"no_secret": 1, "wrong_secret": 1}

    def test_a_wrong_signature_beside_the_right_secret_is_refused_too(self, the_door):
        body = json.dumps(ORDER).encode()
        assert the_door.shop(body, **signed(body, key="another app", at=time.time())).status_code == 200
        assert the_door.shop(body, **signed(body, at=time.time())).status_code == 200

        assert the_door.counted() == {"wrong_signature": 1, "stored": 1}

    def test_an_event_of_another_store_is_not_taken_for_ours(self, the_door):
        the_door.shop({**ORDER, "producer": "stores/another"})
        the_door.shop(ORDER, store="zz")

        assert the_door.due() == []
        assert the_door.counted() == {"another_store": 1, "no_such_store": 1}

    @pytest.mark.parametrize(
        "body",
        [
            *(b"", b"null", b"[]", b"{", b"\xff\xfe", b"[" * 10000),
            *(json.dumps({**ORDER, **wrong}).encode() for wrong in [
                {"scope": "store/app/uninstalled"}, {"scope": 7}, {"scope": "store/order/" + "x" * 200}, {"data": {}},
                {"data": {"id": "1042; DROP"}}, {"data": {"id": -1}}, {"data": {"id": 2**64}}, {"data": {"id": True}},
            ]),
        ],
    )  # fmt: skip
    def test_junk_is_answered_200_and_counted(self, the_door, body):
        assert the_door.shop(body).status_code == 200
        assert the_door.due() == []
        assert the_door.counted() == {"junk": 1}

    def test_what_is_larger_than_any_event_is_refused_before_it_is_read(self, the_door):
        assert the_door.shop(b"x" * 70_000).status_code == 413
        assert the_door.books(b"x" * 70_000).status_code == 413
        assert the_door.counted() == {"too_large": 2}

    def test_xero_asks_whether_we_check_and_is_answered_rightly(self, the_door):
        """Intent to receive: several empty deliveries, some of them wrongly signed."""
        empty = {"events": [], "firstEventSequence": 0, "lastEventSequence": 0, "entropy": "XKAVDXDMKZABFTDLGDCP"}

        assert the_door.books(empty, key="wrong").status_code == 401
        good = the_door.books(empty)
        assert (good.status_code, good.content, "set-cookie" in good.headers) == (200, b"", False)
        assert the_door.books(empty, organisation="unknown").status_code == 401

    @settings(max_examples=60)
    @given(body=st.binary(max_size=300), headers=st.dictionaries(st.sampled_from(
        ["webhook-signature", "webhook-timestamp", "webhook-id", "content-type"]), st.text("ab1, =", max_size=20)))  # fmt: skip
    def test_whatever_comes_the_answer_is_one_of_five(self, body, headers):
        proof = proof_of_shop({"x-bridge-secret": SECRET, **headers}, body, SECRET, CLIENT_SECRET, NOW)
        assert proof in ("ours", "wrong_signature", "too_old")
