"""The shop's accounts, as the vendor describes them and as they were recorded.

Business risk covered: a customer list that only knows buyers, or comes in an order that nobody promised, hides customers
from us in tests that the real shop will show.
"""

import pytest
from shop_desk import ShopDesk

from include.sandbox.order_builder import an_order
from include.sandbox.town import Town

HOME = {"address1": "1 Quay St", "city": "Sydney", "country": "Australia", "country_code": "AU"}


@pytest.fixture
def desk() -> ShopDesk:
    return ShopDesk(Town())


def listed(desk: ShopDesk, **query) -> list[dict]:
    answer = desk.v3("customers", {name.replace("_in", ":in"): value for name, value in query.items()})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_an_account_that_never_bought_is_there_beside_those_that_did_and_the_newest_comes_first(desk):
    desk.has(an_order(1001).bought_by("Jane Doe", customer=12))
    desk.town.shop.customers.put(30, first_name="Bo", last_name="Ek", email="bo@example.com")

    assert [row["id"] for row in listed(desk)] == [30, 12]


def test_addresses_and_form_fields_come_where_they_are_asked_for_and_ten_addresses_at_most(desk):
    desk.town.shop.customers.put(30, addresses=[HOME] * 12, form_fields=[{"name": "ABN", "value": "51"}])

    [plain], [whole] = listed(desk), listed(desk, include="addresses,formfields")

    assert not {"addresses", "form_fields"} & plain.keys()
    assert (len(whole["addresses"]), whole["address_count"]) == (10, 12)
    assert whole["form_fields"] == [{"customer_id": 30, "name": "ABN", "value": "51"}]


def test_an_edit_moves_the_date_that_the_list_is_asked_by(desk):
    customers = desk.town.shop.customers
    for customer_id in (30, 31):
        customers.put(customer_id, email=f"{customer_id}@example.com")
    desk.town.clock.advance(3600)
    since = desk.town.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    customers.touch(31, phone="5550100")

    found = desk.v3("customers", {"date_modified:min": since}).json()["data"]

    assert [(row["id"], row["phone"]) for row in found] == [(31, "5550100")]


def test_a_cursor_goes_on_after_the_last_row_although_rows_before_it_left(desk):
    for customer_id in range(1, 6):
        desk.town.shop.customers.put(customer_id, email=f"{customer_id}@example.com")
    first = desk.v3("customers", {"limit": "2"}).json()
    desk.town.shop.customers.remove(5)

    second = desk.v3("customers", {"limit": "2", "after": first["meta"]["cursor_pagination"]["end_cursor"]}).json()
    third = desk.v3("customers", {"limit": "2", "after": second["meta"]["cursor_pagination"]["end_cursor"]}).json()

    assert [[row["id"] for row in page["data"]] for page in (first, second, third)] == [[5, 4], [3, 2], [1]]
    assert third["meta"]["cursor_pagination"]["links"] == {}
    assert "pagination" not in second["meta"]


def test_a_deleted_account_is_gone_though_its_orders_name_it(desk):
    desk.has(an_order(1001).bought_by("Jane Doe", customer=12))

    desk.town.shop.customers.remove(12)

    assert listed(desk) == []


def test_customers_are_chosen_by_id_by_e_mail_and_by_group(desk):
    desk.town.shop.customers.put(30, email="a@example.com", customer_group_id=2)
    desk.town.shop.customers.put(31, email="b@example.com")

    assert [row["id"] for row in listed(desk, id_in="31,99")] == [31]
    assert [row["id"] for row in listed(desk, email_in="a@example.com")] == [30]
    assert [row["id"] for row in listed(desk, customer_group_id_in="2")] == [30]


def test_the_addresses_of_some_customers(desk):
    desk.town.shop.customers.put(30, addresses=[HOME])
    desk.town.shop.customers.put(31, addresses=[HOME, {**HOME, "city": "Perth"}])

    found = desk.v3("customers/addresses", {"customer_id:in": "31"}).json()["data"]

    assert [(row["customer_id"], row["city"]) for row in found] == [(31, "Sydney"), (31, "Perth")]


@pytest.mark.parametrize(
    "query",
    [
        {"include": "storecredit"},
        {"date_modified:min": "2026-05-14"},
        {"before": "eyJpZCI6MX0"},
        {"sort": "id:asc"},
        {"after": "x"},
    ],
    ids=str,
)
def test_what_no_source_tells_is_not_guessed(desk, query):
    assert desk.v3("customers", query).status_code == 501
