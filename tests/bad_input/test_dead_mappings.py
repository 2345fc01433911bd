"""Complaint: an account was archived in Xero, and the first to notice was the next order. The settings' line is named before."""

from dataclasses import replace

import pytest

from bridge.notifiers import alerts
from include.sandbox.demo.organisation import ACCOUNTS, TAX_RATES
from include.settings.overlay import overlaid
from include.settings.store import read_store
from include.stages import reference
from include.stages.mappings import look_for_dead_mappings

TRACKED = "\ntracking: {Region: {1: North, '*': South}}\n"


@pytest.fixture
def hour(bridge):
    """An hour's refresh, and what is dead then: mapping -> row."""

    def passes(store=bridge.store):
        with bridge.books() as books, bridge.shop() as shop:
            reference.refresh(books, bridge.db, store)
            reference.refresh_shop(shop, bridge.db, store)
        look_for_dead_mappings(bridge.db, store)
        return {row["mapping"]: row for row in bridge.db.rows("alerts.dead", store=store.key)}

    return passes


def line_of(store, words):
    return next(number for number, line in enumerate(store.text.splitlines(), 1) if words in line)


def without(rows, key, code):
    return [row for row in rows if row[key] != code]


def archived(code):
    return [row | {"Status": "ARCHIVED"} if row["Code"] == code else row for row in ACCOUNTS]


def test_settings_that_fit_are_told_nobody(bridge, hour):
    assert hour() == {}


def test_an_account_that_was_archived_is_named_with_its_line_before_any_order_needs_it(bridge, hour):
    bridge.town.books.set_up(accounts=archived("615-CARD"), tax_rates=TAX_RATES)

    dead = hour()

    assert set(dead) == {"payments card_clearing"}
    assert dead["payments card_clearing"]["sentence"] == "615-CARD is archived in Xero."
    assert (
        f"{bridge.store.path.name}, line {line_of(bridge.store, 'card_clearing:')}"
        in (dead["payments card_clearing"]["remedy"])
    )


def test_a_rate_that_was_deleted_is_named_with_the_line_of_its_rule(bridge, hour):
    bridge.town.books.set_up(accounts=ACCOUNTS, tax_rates=without(TAX_RATES, "TaxType", "TAX001"))

    dead = hour()

    assert set(dead) == {"tax rule bottle-levy"}
    assert f"line {line_of(bridge.store, 'bottle-levy')}" in dead["tax rule bottle-levy"]["remedy"]


def test_a_tracking_option_that_is_gone_is_named_and_the_other_is_not(bridge, hour):
    tracked = bridge.store.file.model_copy(update={"tracking": {"Region": {"1": "North", "*": "South"}}})
    store = replace(bridge.store, file=tracked, text=bridge.store.text + TRACKED)
    bridge.town.books.set_up(
        accounts=ACCOUNTS,
        tax_rates=TAX_RATES,
        tracking_categories=[{"Name": "Region", "Options": [{"Name": "North"}]}],
    )

    dead = hour(store)

    assert set(dead) == {"tracking Region"}
    assert dead["tracking Region"]["sentence"] == "the category has no active option 'South'."
    assert f"line {line_of(store, 'tracking:')}" in dead["tracking Region"]["remedy"]


def test_it_is_told_once_told_to_be_mended_and_told_when_it_dies_again(bridge, hour, post_office):
    for accounts in (archived("615-CARD"), archived("615-CARD"), ACCOUNTS, ACCOUNTS, archived("615-CARD")):
        bridge.town.books.set_up(accounts=accounts, tax_rates=TAX_RATES)
        hour()
        alerts.look(bridge.db, bridge.store)

    assert post_office.subjects == [
        "Demo shop: 615-CARD is archived in Xero",
        "Demo shop: Over: 615-CARD is archived in Xero",
        "Demo shop: 615-CARD is archived in Xero",
    ]


def test_what_is_dead_in_another_way_is_said_as_it_is_now(bridge, hour):
    bridge.town.books.set_up(accounts=archived("615-CARD"), tax_rates=TAX_RATES)
    hour()

    bridge.town.books.set_up(accounts=without(ACCOUNTS, "Code", "615-CARD"), tax_rates=TAX_RATES)

    assert hour()["payments card_clearing"]["sentence"] == "615-CARD does not exist in Xero."


def test_a_currency_of_the_shop_that_the_organisation_has_not_enabled_is_told(bridge, hour):
    bridge.town.shop.settings["currency"] = "SEK"

    assert "SEK" in hour()["currency"]["sentence"]


def test_of_the_shop_only_its_settings_are_kept_and_nobodys_name(bridge):
    with bridge.shop() as shop:
        first = reference.refresh_shop(shop, bridge.db, bridge.store)
        again = reference.refresh_shop(shop, bridge.db, bridge.store)
        said = shop.store().content

    assert first == again
    kept = reference.shop_content(bridge.db, bridge.store)
    assert kept["currency"] == said["currency"]
    assert {"admin_email", "address", "phone", "first_name"} <= set(said)
    assert set(kept) <= set(reference.SHOP_KEPT)


def test_what_was_decided_from_now_on_is_no_line_of_the_file(bridge):
    store = overlaid(
        bridge.store,
        [
            ("payments", {"tender": "bank_deposit", "payment_method": "Wire", "account": "999"}),
            ("fees", {"tip": "998"}),
        ],
    )

    assert "from-now-on" in store.place_of("payments", 0)
    assert store.place_of("payments", 1) == bridge.store.place_of("payments", 0)
    assert f"line {line_of(bridge.store, 'tender: bank_deposit')}" in store.place_of("payments", 1)
    assert "from-now-on" in store.place_of("accounts", "fees", "tip")
    assert store.version != bridge.store.version


def test_the_letter_goes_to_operations_and_finance_and_says_which_setting_why_and_where(bridge, hour, post_office):
    bridge.town.books.set_up(accounts=archived("615-CARD"), tax_rates=TAX_RATES)
    [row] = hour().values()

    alerts.look(bridge.db, bridge.store)

    [letter] = post_office.letters
    assert letter.recipients == ("operations@example.com", "finance@example.com")
    for part in (letter.text, letter.html):
        assert "615-CARD is archived in Xero." in part
        assert row["remedy"] in part.replace("&#39;", "'")


def test_the_account_and_the_tax_types_of_items_are_looked_at_where_products_become_items(bridge, hour, tmp_path):
    own = "products: {enabled: true, sales_account: '998', tax_types: {0: OUTPUT, 2: GONE, 3: INPUT}}\n"
    path = tmp_path / "items" / "demo.yaml"
    path.parent.mkdir()
    path.write_text(f"{bridge.store.text}\n{own}", "utf-8")
    store = read_store(path)

    dead = hour(store)

    assert set(dead) == {"account of items", "tax class 2 of items", "tax class 3 of items"}
    assert f"demo.yaml, line {line_of(store, 'sales_account')}" in dead["account of items"]["remedy"]
    assert hour(bridge.store) == {}  # a store that asks for no items has none that could die
