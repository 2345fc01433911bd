"""Business risk: a store goes live with an access, an account or a tax type that only fails with the first order.

Each test plants one mistake and expects the one line that names it, with what to do. A healthy store has no FAIL.
"""

import json
from datetime import UTC, datetime, timedelta

import pytest

from include.sandbox.bigcommerce.shop import ALL_SCOPES
from include.sandbox.demo.organisation import ACCOUNTS, CURRENCIES, ORGANISATION, TAX_RATES
from include.settings.store import STORES_FOLDER


def books_with(clinic, *, organisation=None, account=None, tax_rate=None):
    """The demo's books with something changed: `account` and `tax_rate` by their code."""

    def changed(rows, key, change):
        code, fields = change or (None, {})
        assert code is None or code in {row[key] for row in rows}
        return [
            {**row, **fields} if row[key] == code else row for row in rows if fields is not None or row[key] != code
        ]

    clinic.town.books.set_up(
        organisation={**ORGANISATION, **(organisation or {})},
        accounts=changed(ACCOUNTS, "Code", account),
        tax_rates=changed(TAX_RATES, "TaxType", tax_rate),
        currencies=CURRENCIES,
    )


def failed(findings):
    return {check for check, finding in findings.items() if finding.state == "FAIL"}


def test_a_healthy_store_has_no_fail_and_everything_is_asked_for(clinic):
    findings = clinic.findings()

    assert failed(findings) == set()
    for check in (
        *("settings", "scope orders", "scope transactions", "scope products", "store", "clock against BigCommerce"),
        *("scope payments", "organisation's country", "organisation's time zone", "lock dates", "clock against Xero"),
        *(
            "account rounding",
            "payments card_clearing",
            "tax rule bottle-levy",
            "no_tax_type",
            "plan of the organisation",
        ),
    ):
        assert findings[check].state == "ok", findings[check]


def test_nothing_is_written_to_either_vendor(clinic):
    clinic.findings()

    assert len(clinic.town.calls) > 15
    assert clinic.town.calls.writes() == []


def test_the_examination_costs_few_calls_since_the_day_has_a_thousand(clinic):
    clinic.findings()

    assert clinic.town.calls.count(vendor="xero") <= 14
    assert clinic.town.calls.count(vendor="bigcommerce") <= 8


@pytest.mark.parametrize(
    ("plant", "check", "says", "remedy"),
    [
        ({"tax_rate": ("TAX001", {"Status": "DELETED"})}, "tax rule bottle-levy", "not active", "Choose one of"),
        ({"tax_rate": ("TAX001", None)}, "tax rule bottle-levy", "does not exist", "demo.yaml"),
        ({"tax_rate": ("OUTPUT", {"EffectiveRate": 12.5})}, "tax rule au-gst", "says 10 %, OUTPUT is 12.5 %", "rate"),
        (
            {"tax_rate": ("EXEMPTOUTPUT", {"CanApplyToRevenue": False})},
            "tax rule au-gst-free",
            "may not be used on sales",
            "another",
        ),
        ({"tax_rate": ("BASEXCLUDED", None)}, "no_tax_type", "does not exist", "no_tax_type"),
        ({"account": ("200", {"Status": "ARCHIVED"})}, "account sales", "archived", "Restore"),
        ({"account": ("200", {"Type": "BANK"})}, "account sales", "bank account", "another"),
        ({"account": ("200", None)}, "account sales", "does not exist", "add it in Xero"),
        ({"account": ("860", {"SystemAccount": ""})}, "account rounding", "not the account that Xero marks", "accounts.rounding"),
        (
            {"account": ("615-CARD", {"EnablePaymentsToAccount": False})},
            "payments card_clearing",
            "takes no payments",
            "Enable payments",
        ),
        ({"organisation": {"CountryCode": "NZ"}}, "organisation's country", "NZ", "xero.country"),
        ({"organisation": {"PeriodLockDate": "2099-12-31"}}, "lock dates", "nothing can be posted", "accountant"),
        ({"organisation": {"BaseCurrency": "NZD"}}, "currency", "base is NZD", "accountant"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_books_is_named_with_its_remedy(clinic, plant, check, says, remedy):
    books_with(clinic, **plant)

    findings = clinic.findings()

    assert findings[check].state == ("warn" if check == "currency" else "FAIL"), findings[check]
    assert says in findings[check].sentence
    assert remedy in findings[check].remedy
    assert failed(findings) <= {check}, "one mistake, one FAIL"


def test_a_time_zone_that_nobody_mapped_would_date_documents_a_day_off(clinic):
    clinic.town.books.organisation["Timezone"] = "MOONSTANDARDTIME"

    findings = clinic.findings()

    assert failed(findings) == {"organisation's time zone"}
    assert "MOONSTANDARDTIME" in findings["organisation's time zone"].sentence
    assert findings["account sales"].state == "ok"


def test_a_lock_date_after_start_from_warns_which_orders_would_be_held(clinic):
    books_with(clinic, organisation={"PeriodLockDate": "2026-06-30"})

    finding = clinic.findings()["lock dates"]

    assert finding.state == "warn"
    assert "2026-06-30" in finding.sentence
    assert "held" in finding.sentence


@pytest.mark.parametrize(
    ("scope", "check", "state"),
    [
        ("store_v2_orders_read_only", "scope orders", "FAIL"),
        ("store_v2_transactions_read_only", "scope transactions", "FAIL"),
        ("store_v2_information_read_only", "scope information", "FAIL"),
        ("store_v2_products_read_only", "scope products", "FAIL"),
        ("store_inventory", "scope inventory", "FAIL"),
        ("store_locations_read_only", "scope locations", "FAIL"),
    ],
)
def test_a_scope_that_the_token_lacks_is_named(clinic, scope, check, state):
    clinic.town.shop.add_token("narrow-token", ALL_SCOPES - {scope})
    clinic.shop["access_token"] = "narrow-token"

    findings = clinic.findings()

    assert findings[check].state == state
    assert "(403)" in findings[check].sentence
    assert "make a new store-level API account" in findings[check].remedy
    assert findings["connection bigcommerce_demo"].state == "ok"


def test_a_scope_of_stock_is_a_warning_where_stock_is_off(clinic, tmp_path, monkeypatch):
    with_stock = (STORES_FOLDER / "demo.yaml").read_text()
    assert "enabled: true" in with_stock
    (tmp_path / "demo.yaml").write_text(with_stock.replace("enabled: true", "enabled: false"))
    monkeypatch.setenv("BRIDGE_STORES", str(tmp_path))
    clinic.town.shop.add_token("narrow-token", {scope for scope in ALL_SCOPES if scope.startswith("store_v2")})
    clinic.shop["access_token"] = "narrow-token"

    findings = clinic.findings()

    assert failed(findings) == set()
    assert findings["scope inventory"].state == "warn"


def test_the_right_to_read_products_is_needed_where_they_become_items(clinic, tmp_path, monkeypatch):
    text = (STORES_FOLDER / "demo.yaml").read_text().replace("enabled: true", "enabled: false")
    (tmp_path / "demo.yaml").write_text(f"{text}\nproducts: {{enabled: true, tax_types: {{0: NONE-SUCH}}}}\n")
    monkeypatch.setenv("BRIDGE_STORES", str(tmp_path))
    clinic.town.shop.add_token("narrow-token", ALL_SCOPES - {"store_v2_products_read_only"})
    clinic.shop["access_token"] = "narrow-token"

    assert failed(clinic.findings()) == {"scope products", "tax class 0 of items"}


def test_the_right_to_read_customers_is_asked_for_where_they_become_contacts_and_nowhere_else(
    clinic, tmp_path, monkeypatch
):
    clinic.town.shop.add_token("narrow-token", ALL_SCOPES - {"store_v2_customers_read_only"})
    clinic.shop["access_token"] = "narrow-token"
    assert "scope customers" not in clinic.findings()

    text = (STORES_FOLDER / "demo.yaml").read_text()
    (tmp_path / "demo.yaml").write_text(f"{text}customers: {{enabled: true}}\n")
    monkeypatch.setenv("BRIDGE_STORES", str(tmp_path))

    assert failed(clinic.findings()) == {"scope customers"}


def test_a_stock_location_that_the_shop_does_not_have_is_named(clinic, tmp_path, monkeypatch):
    text = (STORES_FOLDER / "demo.yaml").read_text()
    (tmp_path / "demo.yaml").write_text(text.replace("  enabled: true", "  enabled: true\n  location_id: 77"))
    monkeypatch.setenv("BRIDGE_STORES", str(tmp_path))

    findings = clinic.findings()

    assert failed(findings) == {"stock location"}
    assert "[1" in findings["stock location"].remedy


def test_a_revoked_token_of_the_shop_is_one_line_and_the_books_are_asked_all_the_same(clinic):
    clinic.town.shop.tokens.clear()

    findings = clinic.findings()

    assert failed(findings) == {"connection bigcommerce_demo"}
    assert "access token" in findings["connection bigcommerce_demo"].sentence
    assert findings["account sales"].state == "ok"


def test_a_wrong_store_hash_is_told_from_a_missing_scope(clinic):
    clinic.shop["store_hash"] = "other1"

    findings = clinic.findings()

    assert failed(findings) == {"connection bigcommerce_demo", "store hash"}
    assert "store hash" in findings["connection bigcommerce_demo"].remedy


def test_books_that_were_disconnected_are_one_line(clinic):
    clinic.town.books.tokens.revoke(for_good=True)

    findings = clinic.findings()

    assert failed(findings) == {"connection xero_demo"}
    assert "invalid_client" in findings["connection xero_demo"].sentence


def test_a_connection_of_xero_without_a_scope_is_found_by_calling(clinic):
    clinic.books["scopes"] = "accounting.contacts accounting.settings.read accounting.payments"

    findings = clinic.findings()

    assert failed(findings) == {"scope invoices", "scope credit notes"}
    assert "accounting.invoices" in findings["scope invoices"].remedy


def test_a_wrong_tenant_is_refused(clinic):
    clinic.books["tenant_id"] = "11111111-1111-4111-8111-111111111111"

    assert failed(clinic.findings()) == {"connection xero_demo"}


@pytest.mark.parametrize(("hours", "words"), [(1, "behind"), (-1, "ahead of")])
def test_a_skewed_clock_fails_since_orders_would_fall_between_windows(clinic, hours, words):
    clinic.town.clock.set(datetime.now(UTC) + timedelta(hours=hours), running=True)

    findings = clinic.findings()

    for vendor in ("BigCommerce", "Xero"):
        assert findings[f"clock against {vendor}"].state == "FAIL"
        assert words in findings[f"clock against {vendor}"].sentence


def test_a_clock_a_minute_off_is_a_warning(clinic):
    clinic.town.clock.set(datetime.now(UTC) + timedelta(seconds=60), running=True)

    assert clinic.findings()["clock against BigCommerce"].state == "warn"


def test_few_calls_left_today_are_a_warning_and_none_a_fail(clinic):
    clinic.town.limits.figures["xero_day"] = 100
    assert clinic.findings()["calls left today"].state == "warn"

    clinic.town.stories.spend_the_day("xero", retry_after_s=40_000)
    finding = clinic.findings()["calls left today"]
    assert finding.state == "FAIL"
    assert "11.1 h" in finding.sentence


def test_a_plan_that_lets_us_approve_nothing_more_is_told_before_xero_refuses(clinic):
    clinic.town.books.actions["CreateApprovedInvoice"] = "NOT-ALLOWED"

    assert failed(clinic.findings()) == {"plan of the organisation"}


def test_a_server_that_is_not_there_is_named_with_the_url_to_look_at(clinic):
    clinic.base = "http://127.0.0.1:1"

    findings = clinic.findings()

    assert failed(findings) == {"connection bigcommerce_demo", "connection xero_demo"}
    assert "could not be reached" in findings["connection bigcommerce_demo"].sentence
    assert "bigcommerce_demo" in findings["connection bigcommerce_demo"].remedy


@pytest.mark.parametrize(
    ("part", "field", "value", "says"),
    [
        ("shop", "access_token", "", "access_token is empty"),
        ("shop", "access_token", "***", "the mask *** itself"),
        ("shop", "access_token", "two token words", "has a space"),
        ("books", "client_secret", None, "client_secret is empty"),
        ("books", "identity_url", "ftp://elsewhere", "must be http"),
    ],
)
def test_a_field_that_cannot_be_right_is_named_without_its_value(clinic, part, field, value, says):
    getattr(clinic, part)[field] = value

    findings = clinic.findings()

    (check,) = failed(findings)
    assert says in findings[check].sentence
    assert not value or value == "***" or value not in findings[check].line()


def test_a_connection_that_is_not_there_says_where_it_was_looked_for(clinic, monkeypatch):
    monkeypatch.setattr(clinic, "connections", dict)

    findings = clinic.findings()

    assert failed(findings) == {"connection bigcommerce_demo", "connection xero_demo"}
    assert "AIRFLOW_CONN_XERO_DEMO is not set" in findings["connection xero_demo"].sentence
    assert "Make the Connection xero_demo" in findings["connection xero_demo"].remedy


def test_a_warehouse_is_asked_for_real_where_stock_comes_from_one(clinic, tmp_path, monkeypatch):
    text = (STORES_FOLDER / "demo.yaml").read_text()
    feed = "stock:\n  source: warehouse\n  connection: warehouse_demo\n"
    (tmp_path / "demo.yaml").write_text(text.replace("stock:\n", feed))
    monkeypatch.setenv("BRIDGE_STORES", str(tmp_path))
    assert clinic.findings()["warehouse feed"].remedy.startswith("Make the Airflow Connection warehouse_demo")

    told = {"conn_type": "warehouse", "host": f"{clinic.base}/warehouse/levels", "password": "sandbox-warehouse-token"}
    clinic.environment["AIRFLOW_CONN_WAREHOUSE_DEMO"] = json.dumps(told)
    found = clinic.findings()
    assert found["warehouse feed"].state == "ok"
    assert found["warehouse places"].sentence.startswith("main: no location of the shop is named for it")

    told["password"] = "another"
    clinic.environment["AIRFLOW_CONN_WAREHOUSE_DEMO"] = json.dumps(told)
    assert clinic.findings()["warehouse feed"].state == "FAIL"
