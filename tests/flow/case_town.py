"""A case file set up in the sandbox: its order in the shop, its organisation in Xero, its settings as a store's file."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from include.commands.explain.case import Case
from include.commands.explain.told import told
from include.domain.order import Order
from include.domain.plan import plan_order
from include.sandbox.town import Town
from include.settings.store import Store, read_store
from include.settings.store_file import Policies
from include.wire.xero_documents import digest
from include.wire.xero_reference import ZONES

NO_TAX = {"AU": "BASEXCLUDED"}  # elsewhere NONE (accounting.md 3)
TAKES_PAYMENTS = ("card_clearing", "paypal_clearing", "gift_card_liability", "store_credit_liability")
RULE_FIELDS = {"country": "country", "state": "state", "tax_class": "class", "line_kind": "line_kind"}
REVENUE = ("sales", "shipping", "handling", "wrapping", "fees")
LOCKS = ("PeriodLockDate", "EndOfYearLockDate")


def furnish(town: Town, bundle: Mapping[str, Any]) -> None:
    """Empty the town, and put in the case's order, organisation and the books that it says were there before."""
    town.reset("empty")
    town.limits.enforced = False
    town.books.set_up(
        organisation=_organisation(bundle),
        accounts=_accounts(bundle),
        tax_rates=_tax_rates(bundle),
        currencies=bundle["organisation"].get("currencies") or [bundle["organisation"]["base_currency"]],
        tracking_categories=[
            {"Name": name, "Options": [{"Name": option}]}
            for name, option in bundle["settings"].get("tracking", {}).items()
        ],
    )
    for code in bundle["settings"].get("items") or ():
        town.books.add_item({"Code": code, "Name": code})
    before = bundle.get("books_before") or {}
    for contact in before.get("contacts") or ():
        number = str(contact.get("ContactNumber") or "").replace("{store_hash}", town.shop.store_hash)
        town.books.add_contact(contact | ({"ContactNumber": number} if number else {}))
    _put_order(town, bundle)


def _put_order(town: Town, bundle: Mapping[str, Any]) -> None:
    """The order, also one that the vendor's own specification does not allow: then the answers are not checked."""
    pickups = (bundle.get("consignments") or {}).get("pickups") or bundle.get("pickups") or []
    order = bundle["order"]
    town.dispatch.strict = all(
        order.get(name) not in (None, "")
        for name in ("status_id", "total_tax", "default_currency_code", "date_created")
    )
    placed = order["date_created"]
    town.shop.put({**bundle, "pickups": pickups, "order": {**order, "date_created": placed or order["date_modified"]}})
    town.shop.get(order["id"]).order["date_created"] = placed


def store_of(bundle: Mapping[str, Any], folder: Path, key: str) -> Store:
    """The case's settings as a store's file; whatever the case does not say is left at its default."""
    settings, country = bundle["settings"], bundle["organisation"]["country"]
    accounts = {role: code for role, code in settings["accounts"].items() if role != "fees" and code}
    if country == "GB" and "voucher_kind" not in settings:
        accounts.pop("gift_card_liability")  # a British shop with one does not go live before it answers
    fees = settings.get("fees") or {"*": settings["accounts"]["fees"]}
    policies = {name: value for name, value in settings.items() if name in Policies.model_fields}
    policies["tolerance_minor_units"] = int(Decimal(settings["tolerance"]) * 100)
    content = {
        "store": key,
        "name": key,
        "bigcommerce": {"connection": "shop", "store_hash": "demo1", "b2b_edition": "metafields" in bundle},
        "xero": {"connection": "books", "organisation": key, "country": country},
        "mode": "live",
        "start_from": "2000-01-01",
        "accounts": accounts | {"fees": fees},
        "tax_rules": [
            {
                "rule": f"rule-{index}",
                **{ours: str(row[name]) for ours, name in RULE_FIELDS.items() if name in row},
                "tax_name": row["name"],
                "rate": row["rate"],
                "tax_type": row["tax_type"],
            }
            for index, row in enumerate(settings["tax_rules"], start=1)
        ],
        "policies": policies,
        **{name: settings[name] for name in ("channels", "currency_rates", "tracking") if name in settings},
    }
    content["channels"] = {int(number): row for number, row in content.get("channels", {}).items()}
    path = folder / f"{key}.yaml"
    path.write_text(yaml.safe_dump(_plain(content), sort_keys=False), "utf-8")
    return read_store(path)


def _plain(value: Any) -> Any:
    """As YAML writes it: text for an exact number, and a date as a date."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, Decimal) else value


def _organisation(bundle: Mapping[str, Any]) -> dict[str, Any]:
    organisation = bundle["organisation"]
    zones = {zone: name for name, zone in ZONES.items()} | {"America/Vancouver": "PACIFICSTANDARDTIME"}
    return {
        "Version": organisation["country"],
        "CountryCode": organisation["country"],
        "BaseCurrency": organisation["base_currency"],
        "Timezone": organisation.get("xero_timezone") or zones[organisation["timezone"]],
        **{name: organisation[name] for name in LOCKS if name in organisation},
    }


def _accounts(bundle: Mapping[str, Any]) -> list[dict[str, Any]]:
    """An account for each code that the settings name, of the type that its role needs."""
    accounts: dict[str, dict[str, Any]] = {}
    for role, code in bundle["settings"]["accounts"].items():
        if not code:
            continue
        account: dict[str, Any] = {"Code": code, "Name": role}
        if role in REVENUE:
            account["Type"] = "REVENUE"
        elif role in TAKES_PAYMENTS:
            account |= {"Type": "CURRLIAB" if "liability" in role else "CURRENT", "EnablePaymentsToAccount": True}
        else:
            account["Type"] = "CURRLIAB"
        if role == "rounding":
            account["SystemAccount"] = "ROUNDING"
        accounts.setdefault(code, account)
    for row in bundle["settings"].get("channels", {}).values():
        code = row["clearing_account"]
        accounts.setdefault(code, {"Code": code, "Name": "Marketplace", "Type": "CURRENT"})
    for code in (bundle["settings"].get("fees") or {}).values():
        accounts.setdefault(code, {"Code": code, "Name": f"Fee {code}", "Type": "REVENUE"})
    accounts.setdefault("610", {"Code": "610", "Name": "Debtors", "Type": "CURRENT", "SystemAccount": "DEBTORS"})
    return list(accounts.values())


def _tax_rates(bundle: Mapping[str, Any]) -> list[dict[str, Any]]:
    no_tax = NO_TAX.get(bundle["organisation"]["country"], "NONE")
    rates = {no_tax: {"TaxType": no_tax, "Name": "No tax", "EffectiveRate": 0}}
    for row in bundle["settings"]["tax_rules"]:
        rates[row["tax_type"]] = {
            "TaxType": row["tax_type"],
            "Name": row["tax_type"],
            "EffectiveRate": row.get("effective_rate", row["rate"]),
            "Status": row.get("status", "ACTIVE"),
        }
    return list(rates.values())


@dataclass(frozen=True)
class Before:
    """What the books held before the flow ran."""

    invoice: Mapping[str, Any] | None = None
    payments: frozenset[str] = frozenset()


def link_what_stood_before(bridge: Any, bundle: Mapping[str, Any], case: Case) -> Before:
    """The invoice that the case says was posted before: in Xero, and in our ledger where it is this order's."""
    row = (bundle.get("books_before") or {}).get("invoice")
    if not row:
        return Before()
    books, order_id = bridge.town.books, str(bundle["order"]["id"])
    dated = case.standing.dated if case.standing is not None else date(2026, 5, 1)
    unlocked = replace(case.reference, lock_date=None)
    fresh = told(replace(case, invoice=None, standing=None, reference=unlocked))["invoice"] or {}
    tax = row.get("TotalTax") or (fresh.get("tax") if fresh.get("total") == row["Total"] else None) or "0.00"
    taxed = next((rule["tax_type"] for rule in bundle["settings"]["tax_rules"] if Decimal(rule["rate"])), None)
    line = {"LineAmount": row["Total"]} | ({"TaxType": taxed, "TaxAmount": tax} if Decimal(tax) else {})
    reference = row.get("Reference") or order_id
    with _open_periods(books):
        invoice_id = books.add_invoice(
            {
                "InvoiceNumber": row["InvoiceNumber"],
                "Status": row["Status"],
                "Date": dated.isoformat(),
                "Reference": reference,
                "CurrencyCode": row.get("CurrencyCode") or bundle["organisation"]["base_currency"],
                "LineAmountTypes": "Inclusive",
                "LineItems": [line],
            }
        )
        paid = Decimal(row.get("AmountPaid") or 0)
        if paid and row["Status"] == "AUTHORISED":
            books.add_payment({"Invoice": {"InvoiceID": invoice_id}, "Amount": paid, "Date": dated.isoformat()})
    there = books.payments()
    if reference == order_id and isinstance(case.order, Order):
        plan = plan_order(case.order, case.policy, case.reference)
        same = fresh.get("total") == row["Total"] and fresh["status"] != "DRAFT" and row["Status"] != "DRAFT"
        facts = digest(plan.documents[0].facts) if same and tax == fresh["tax"] else ""
        _link(bridge, order_id, ("invoice", "1"), invoice_id, Decimal(row["Total"]), facts, row, dated)
        for planned in plan.documents:
            if planned.kind == "payment" and paid and there:
                paid -= planned.amount
                facts = digest(planned.facts)
                paid_id = there[0]["PaymentID"]
                _link(bridge, order_id, ("payment", planned.part), paid_id, planned.amount, facts, row, dated)
    return Before(books.invoice(row["InvoiceNumber"]), frozenset(str(each["PaymentID"]) for each in there))


@contextmanager
def _open_periods(books: Any) -> Iterator[None]:
    """What was posted before was posted before its period was locked."""
    locks = {name: books.organisation.pop(name) for name in LOCKS if name in books.organisation}
    yield
    books.organisation.update(locks)


def _link(
    bridge: Any,
    order_id: str,
    document: tuple[str, str],
    xero_id: str,
    amount: Decimal,
    source_hash: str,
    row: Mapping[str, Any],
    dated: date,
) -> None:
    """As the run that posted it would have left it; by an empty digest the order has changed since."""
    with bridge.db.transaction():
        bridge.db.run(
            "ledger.link",
            store=bridge.store.key,
            subject_kind="order",
            subject_key=order_id,
            kind=document[0],
            part=document[1],
            generation=1,
            xero_id=xero_id,
            number=row["InvoiceNumber"],
            status=row["Status"],
            amount=amount,
            currency="AUD",
            dated=dated,
            source_hash=source_hash,
            body_hash="",
            revision=datetime(2000, 1, 1, tzinfo=UTC),
            settings_version="before",
            adopted=False,
        )
