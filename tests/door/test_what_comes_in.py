"""Business risk: an event is lost, or the same one wakes its order again and again until the day's calls are spent."""

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from door_desk import ORDER

from include.door.keeping import wake
from include.settings.door_secret import HEADER
from include.wire.bigcommerce_events import event_of

BESIDE = [above / "shared" / "specs" / "bigcommerce" / "examples" for above in Path(__file__).resolve().parents[3:]]
EXAMPLES = next((folder for folder in BESIDE if folder.is_dir()), BESIDE[0])
NOT_EVENTS = {"webhook-store-hook-deliveryException.json", "webhook-v3-spec-get-hook.json"}
INVOICE = "0b6a8f4e-1111-4222-8333-444455556666"


def order(key, **changes):
    return {**ORDER, "data": {"type": "order", "id": key}, "hash": f"{key:040x}", **changes}


def changed(xero_id, at, category="INVOICE", change="UPDATE"):
    event = {"resourceId": xero_id, "eventDateUtc": at, "eventType": change, "eventCategory": category, "tenantId": "t"}
    return {"events": [event], "firstEventSequence": 1, "lastEventSequence": 1, "entropy": "S0m3r4nd0mt3xt"}


def linked(the_door, *, wrote_ago_s):
    """An invoice of ours in Xero, that we wrote so long ago."""
    at = datetime.now(UTC) - timedelta(seconds=wrote_ago_s)
    import psycopg2

    connection = psycopg2.connect(the_door.dsn)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO document_link (store, subject_kind, subject_key, kind, part, xero_id, number, status, source_hash,"
            " body_hash, revision) VALUES ('au', 'order', '1042', 'invoice', '1', %s, 'BC-1042', 'AUTHORISED', '', '', now())",
            (INVOICE,),
        )
        cursor.execute(
            "INSERT INTO batch (store, flow, run_id) VALUES ('au', 'orders_to_books', 'run') RETURNING batch_id"
        )
        (batch,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO chunk (batch_id, store, method, target, idempotency_key, body) VALUES (%s, 'au', 'PUT', '/Invoices',"
            " %s, '') RETURNING chunk_id",
            (batch, f"key {batch}"),
        )
        cursor.execute(
            "INSERT INTO attempt (chunk_id, position, store, subject_kind, subject_key, kind, part, verb, body_hash, outcome,"
            " xero_id, recorded_at, settled_at) VALUES (%s, 0, 'au', 'order', '1042', 'invoice', '1', 'create', '', 'done',"
            " %s, %s, %s)",
            (cursor.fetchone()[0], INVOICE, at, at),
        )
    connection.close()


def settled(the_door):
    """All that was kept is due, as far as it can be."""
    with the_door.database() as db:
        return wake(db)


def test_an_event_makes_its_order_due_once_however_often_it_is_sent(the_door):
    assert [the_door.shop(order(1042)).status_code for _ in range(3)] == [200] * 3
    settled(the_door)

    assert the_door.due() == [("order", "1042", "webhook")]
    assert the_door.counted() == {"stored": 1, "again": 2}


def test_many_events_of_one_order_are_one_look_at_it(the_door):
    scopes = ["created", "updated", "statusUpdated", "archived", "refund/created"]
    for scope in scopes:
        the_door.shop(order(1042, scope=f"store/order/{scope}"))
    transaction = {"type": "transaction", "order_id": "1042", "transaction_id": "9"}
    the_door.shop(order(1042, scope="store/order/transaction/created", data=transaction))
    settled(the_door)

    assert the_door.due() == [("order", "1042", "webhook")]
    assert the_door.rows("SELECT count(*)::INTEGER FROM inbox") == [(6,)]


def test_an_event_after_a_run_took_its_order_wakes_it_again_and_an_old_one_does_not(the_door):
    the_door.shop(order(1042))
    settled(the_door)
    with the_door.database() as db, db.transaction():
        db.run("batches.claim_due", store="au", batch_id=_batch(db), now=datetime.now(UTC), limit=9)
    assert the_door.due() == []

    the_door.shop(order(1042))  # delivered again
    settled(the_door)
    assert the_door.due() == []
    the_door.shop(order(1042, hash="another"))
    settled(the_door)
    assert the_door.due() == [("order", "1042", "webhook")]


def _batch(db):
    return db.value(
        "batches.open_batch", store="au", flow="orders_to_books", run_id="r", extraction_id=None, settings_version=None,
        code_version=None, reference_id=None,
    )  # fmt: skip


def test_while_a_run_is_claiming_an_order_the_door_waits_for_nobody_and_the_event_is_not_lost(the_door):
    the_door.shop(order(1042))
    settled(the_door)
    with the_door.database() as run, run.transaction():
        run.run("batches.claim_due", store="au", batch_id=_batch(run), now=datetime.now(UTC), limit=9)
        # The run reads the order now, which may be older than what comes.
        answer = the_door.shop(order(1042, hash="while it is read"))
        other = the_door.shop(order(1043))
        assert (answer.status_code, other.status_code) == (200, 200)
        assert settled(the_door)  # something is left
    assert not settled(the_door)
    assert the_door.due() == [("order", "1042", "webhook"), ("order", "1043", "webhook")]


def test_flows_that_are_off_are_not_woken_and_those_that_are_on_are(the_door):
    the_door.shop(order(7, scope="store/product/updated", data={"type": "product", "id": 7}))
    the_door.shop(order(8, scope="store/sku/updated", data={"type": "sku", "id": 461, "sku": {"product_id": 8}}))
    inventory = {"type": "product", "id": 167, "inventory": {"product_id": 167, "method": "absolute", "value": 3}}
    the_door.shop(order(9, scope="store/product/inventory/updated", data=inventory))
    the_door.shop(order(5, scope="store/customer/updated", data={"type": "customer", "id": 5}))
    settled(the_door)

    assert the_door.due() == [("product", "7", "webhook"), ("product", "8", "webhook"), ("stock", "*", "webhook")]
    assert the_door.counted() == {"stored": 3, "not_wanted": 1}


LEVEL = {"type": "product", "id": 167, "inventory": {"product_id": 167, "method": "absolute", "value": 3}}


class TestStockThatWeSet:
    def told(self, the_door, scope, ago_s):
        """What became of an event about a level so long ago, beside a run of ours that set levels five minutes ago."""
        import psycopg2

        now = datetime.now(UTC)
        connection = psycopg2.connect(the_door.dsn)
        with connection, connection.cursor() as cursor:
            cursor.execute("DELETE FROM stock_look")
            cursor.execute(
                "INSERT INTO batch (store, flow, run_id) VALUES ('au', 'stock_to_store', 'r') RETURNING batch_id"
            )
            cursor.execute(
                "INSERT INTO stock_look (batch_id, asked_at, levels_at, again_at, written_at) VALUES (%s, %s, %s, %s, %s)",
                (cursor.fetchone()[0], *[now - timedelta(seconds=each) for each in (303, 302, 301, 300)]),
            )
        connection.close()
        at = int((now - timedelta(seconds=ago_s)).timestamp())
        the_door.shop(order(1, scope=scope, data=LEVEL, created_at=at))
        return the_door.counted()

    def test_the_shop_tells_of_the_level_and_nothing_is_woken(self, the_door):
        assert self.told(the_door, "store/product/inventory/updated", 299) == {"echo": 1}
        assert the_door.due() == []

    def test_what_an_order_moved_meanwhile_is_no_echo(self, the_door):
        assert self.told(the_door, "store/product/inventory/order/updated", 299) == {"stored": 1}

    @pytest.mark.parametrize("ago_s", [200, 400])
    def test_what_a_person_set_before_or_after_is_no_echo(self, the_door, ago_s):
        assert self.told(the_door, "store/product/inventory/updated", ago_s) == {"stored": 1}


def named(name):
    """What an example of the vendor is about."""
    if "inventory" in name:
        return "stock"
    return next(kind for kind in ("order", "product", "customer") if kind in name)


@pytest.mark.parametrize(
    "name", sorted({path.name for path in EXAMPLES.glob("*webhook-*.json")} - NOT_EVENTS) or ["none"]
)
def test_the_vendors_own_examples_are_understood(name):
    if not EXAMPLES.is_dir():
        pytest.skip("the vendors' examples lie beside the checkout")
    event = event_of(json.loads((EXAMPLES / name).read_text()))
    assert event is not None
    assert event.kind == named(name)


@pytest.mark.parametrize(
    ("scope", "data", "subject"),
    [
        ("store/order/refund/created", {"type": "order", "id": 250, "refund": {"refund_id": 3}}, ("order", "250")),
        ("store/order/transaction/created", {"type": "transaction", "order_id": "250"}, ("order", "250")),
        ("store/channel/7/order/created", {"type": "order", "id": 250}, ("order", "250")),
        ("store/sku/updated", {"type": "sku", "id": 461, "sku": {"product_id": 206}}, ("product", "206")),
        ("store/customer/updated", {"type": "customer", "id": 32}, ("customer", "32")),
        ("store/customer/address/updated", {"id": 60, "address": {"customer_id": 32}}, ("customer", "32")),
        ("store/channel/1/inventory/product/stock_changed", {"variant_id": 127, "product_id": 113}, ("stock", "*")),
    ],
)
def test_each_scope_names_the_number_of_its_own_subject(scope, data, subject):
    event = event_of({**ORDER, "scope": scope, "data": data})
    assert (event.kind, event.key) == subject


class TestXero:
    def test_a_document_that_somebody_changed_makes_its_order_due(self, the_door):
        linked(the_door, wrote_ago_s=3600)
        at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}"
        assert the_door.books(changed(INVOICE.upper(), at)).status_code == 200
        settled(the_door)

        assert the_door.due() == [("order", "1042", "changed_in_xero")]
        assert the_door.rows("SELECT scope, subject_key, xero_id::TEXT FROM inbox") == [
            ("INVOICE/UPDATE", "1042", INVOICE)
        ]

    def test_what_we_wrote_ourselves_comes_back_and_is_dropped(self, the_door):
        linked(the_door, wrote_ago_s=3)
        the_door.books(changed(INVOICE, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}"))
        settled(the_door)

        assert the_door.due() == []
        assert the_door.counted() == {"echo": 1}

    def test_documents_that_are_not_ours_are_nobodys_business(self, the_door):
        the_door.books(changed(INVOICE, "2026-11-30T01:15:39.902"))
        the_door.books(changed(INVOICE, "2026-11-30T01:15:39.902", category="SUBSCRIPTION"))
        settled(the_door)

        assert the_door.due() == []
        assert the_door.counted() == {"not_ours": 1}

    def test_letter_case_does_not_count(self, the_door):
        linked(the_door, wrote_ago_s=3600)
        the_door.books(changed(INVOICE, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}", category="Invoice", change="Update"))
        settled(the_door)
        assert len(the_door.due()) == 1


def test_a_burst_is_kept_whole_and_every_answer_comes_after_its_commit(the_door):
    def send(first):
        with httpx.Client(trust_env=False, headers={HEADER: "hook secret of au"}) as http:
            for key in range(first, first + 100):
                answer = http.post(f"{the_door.url}/bigcommerce/au", json=order(key))
                answers.append((key, answer.status_code))

    answers = []
    threads = [threading.Thread(target=send, args=(first,)) for first in range(1000, 2000, 100)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(answers) == [(key, 200) for key in range(1000, 2000)]
    assert the_door.rows("SELECT count(*)::INTEGER FROM inbox") == [(1000,)]
    settled(the_door)
    assert len(the_door.due()) == 1000


def test_without_its_database_the_door_tells_the_vendor_to_come_again(postgres, monkeypatch):
    from include.door.keeping import DoorBusyError, Keeper

    monkeypatch.setattr("include.door.keeping.AWAY_S", 0.2)
    keeper = Keeper("postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=1")
    event = event_of(ORDER)
    with pytest.raises(DoorBusyError):
        keeper.keep([("au", event)]).result(10)
    with pytest.raises(DoorBusyError):  # and for a moment at once, without another try
        keeper.keep([("au", event)])
    keeper.close()


def test_events_are_forgotten_after_five_weeks_but_for_those_that_were_never_due(the_door):
    import psycopg2

    from include.door.keeping import forget_old

    the_door.shop(order(1))
    settled(the_door)
    connection = psycopg2.connect(the_door.dsn)
    with connection, connection.cursor() as cursor:
        cursor.execute("UPDATE inbox SET received_at = now() - INTERVAL '36 days'")
        cursor.execute(
            "INSERT INTO inbox (store, vendor, event_hash, scope, subject_kind, subject_key, received_at)"
            " VALUES ('au', 'bigcommerce', 'x', 'store/order/updated', 'order', '2', now() - INTERVAL '36 days')"
        )
    connection.close()
    with the_door.database() as db:
        assert forget_old(db, days=35) == 1
