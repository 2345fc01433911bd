"""What `make bench-workers` believes. A comparison that cannot see a double invoice would call any run equal."""

from decimal import Decimal

import pytest
from compose_file import services

from include.commands.bench import workers_stores
from include.commands.bench.workers import cells, is_wrong, sentences
from include.commands.bench.workers_equal import differences
from include.commands.bench.workers_rig import KEPT_BACK, PRELOADS, WORKER, Shape
from include.commands.bench.workers_run import Killed, Result
from include.commands.bench.workers_serve import furnished
from include.commands.bench.workers_watch import root_of
from include.settings.store import read_store

TOTALS = {1001: Decimal("22.00"), 1002: Decimal("33.00")}


def invoice(number, total, invoice_id, status="PAID", due="0.00"):
    return {"InvoiceID": invoice_id, "InvoiceNumber": number, "Status": status, "Total": total, "AmountDue": due}


def payment(invoice_id, amount, status="AUTHORISED"):
    return {"PaymentID": f"p-{invoice_id}", "Invoice": {"InvoiceID": invoice_id}, "Status": status, "Amount": amount}


INVOICES = [invoice("BC-1001", "22.0", "a"), invoice("BC-1002", "33.00", "b")]
PAYMENTS = [payment("a", "22.00"), payment("b", "33.0")]


def test_equal_books_have_no_differences():
    assert differences(TOTALS, INVOICES, PAYMENTS) == []


@pytest.mark.parametrize(
    ("invoices", "payments", "says"),
    [
        (INVOICES[:1], PAYMENTS[:1], "BC-1002 has no invoice"),
        ([*INVOICES, invoice("BC-1002", "33.00", "c")], [*PAYMENTS, payment("c", "33.00")], "BC-1002 has 2 invoices"),
        ([*INVOICES, invoice("BC-9", "1.00", "c")], [*PAYMENTS, payment("c", "1.00")], "BC-9 belongs to no order"),
        ([INVOICES[0], invoice("BC-1002", "33.01", "b")], [PAYMENTS[0], payment("b", "33.01")], "the shop says 33.00"),
        (INVOICES, [*PAYMENTS, payment("b", "33.00")], "BC-1002 has payments of"),
        (INVOICES, PAYMENTS[:1], "BC-1002 has payments of nothing, not one of 33.00"),
        (INVOICES, [PAYMENTS[0], payment("b", "33.00", "DELETED")], "payment p-b is DELETED"),
        ([INVOICES[0], invoice("BC-1002", "33.00", "b", "AUTHORISED", "33.00")], PAYMENTS, "with 33.00 due"),
        (INVOICES, [*PAYMENTS, payment("z", "5.00")], "a payment of 5.00 belongs to no invoice"),
    ],
    ids=["missing", "double", "stranger", "a cent", "paid twice", "not paid", "taken back", "due", "stray payment"],
)
def test_whatever_is_not_one_invoice_and_one_payment_is_told(invoices, payments, says):
    assert any(says in said for said in differences(TOTALS, invoices, payments))


def test_each_store_has_a_shop_an_organisation_and_pools_of_its_own(tmp_path):
    (tmp_path / "left_from_before.yaml").write_text("")
    workers_stores.write_stores(tmp_path, 3)
    stores = [read_store(path) for path in sorted(tmp_path.glob("*.yaml"))]
    told = workers_stores.connections([9001, 9002, 9003])

    assert [store.key for store in stores] == ["bench00", "bench01", "bench02"]
    assert len({store.file.bigcommerce.store_hash for store in stores}) == 3
    assert set(workers_stores.pools(3)) == {pool for each in stores for pool in (each.shop_pool, each.books_pool)}
    assert set(told) == {
        f"AIRFLOW_CONN_{connection.upper()}"
        for each in stores
        for connection in (each.file.bigcommerce.connection, each.file.xero.connection)
    }


def test_a_town_is_what_the_connections_of_its_store_say():
    towns = [furnished(index, 3, 0.0) for index in range(2)]

    assert [town.shop.store_hash for town in towns] == [workers_stores.store_hash(index) for index in range(2)]
    assert [town.books.tenant_id for town in towns] == [workers_stores.tenant_id(index) for index in range(2)]
    totals = [[kept.order["total_inc_tax"] for kept in town.shop] for town in towns]
    assert totals[0] != totals[1]  # or an invoice in the wrong organisation would not show


def test_the_flow_is_the_real_file_and_only_a_test_of_a_kill_shortens_the_wait_for_a_retry(tmp_path):
    real = (workers_stores.ROOT / "dags" / "orders_to_books.py").read_text()
    workers_stores.write_dags(tmp_path, None)
    assert (tmp_path / "orders_to_books.py").read_text() == real

    workers_stores.write_dags(tmp_path, 5.0)
    assert (tmp_path / "orders_to_books.py").read_text().endswith(real)
    assert "DELAY = timedelta(seconds=5.0)" in (tmp_path / "orders_to_books.py").read_text()


def test_a_worker_here_is_started_and_kept_from_secrets_as_in_compose():
    worker = services()["worker"]

    assert list(WORKER) == worker["command"]
    assert worker["environment"].items() >= PRELOADS.items()
    assert not {"fernet_key", "jwt_secret", "api_secret_key"} & set(worker["secrets"])
    assert len(KEPT_BACK) == 3


def test_cpu_belongs_to_the_part_that_a_process_came_from_though_its_parent_has_ended():
    roots = {10: "worker", 20: "PostgreSQL"}
    parents = {10: 1, 11: 10, 12: 11, 13: 1, 21: 20, 30: 1}
    sessions = {10: 10, 11: 10, 12: 10, 13: 10, 21: 21, 30: 30}

    assert [root_of(pid, parents, sessions, roots) for pid in (10, 12, 13, 21, 30)] == [10, 10, 10, 20, None]


def test_the_table_says_what_was_slower_what_was_killed_and_what_is_wrong():
    one = Result(
        100.0, {"d": "success"}, {}, {"celery@1": 12}, {"worker 1": 60.0, "Redis": 20.0}, 0.9, {"bridge_demo": 9}
    )
    two = Result(50.0, {"d": "success"}, {}, {"celery@1": 7, "celery@2": 5}, {"worker 1": 30.0}, 1.0, {})
    lost = Result(
        70.0, {"d": "success"}, {"d load": 2}, {"celery@1": 12}, {}, 1.0, {}, Killed("worker 2", ["d load"], 4, 9.0)
    )
    shapes = [Shape(2, 5, 1), Shape(2, 5, 2), Shape(2, 5, 2, patience_s=30)]
    said = "\n".join(sentences(list(zip(shapes, (one, two, lost), strict=True))))

    assert "2 workers against 1: 2.00 times the orders a second." in said
    assert "worker 2 was killed at 9 s, with 4 invoices in the books, in d load. Tried again: d load (2 tries)." in said
    assert cells(shapes[0], one) == [
        *("1", "4", "no", "100", "0", "90%", "8000.0", "75%", "9 bridge, 0 Airflow", "12", "equal"),
    ]  # fmt: skip
    assert not is_wrong(one)
    assert is_wrong(Result(1.0, {"d": "failed"}, {}, {}, {}, 1.0, {}))
    assert is_wrong(Result(1.0, {"d": "success"}, {}, {}, {}, 1.0, {}, differences=["BC-1 has no invoice"]))
