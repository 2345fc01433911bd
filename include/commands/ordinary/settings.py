"""An ordinary organisation's answers to the set-up, as a store's file."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from include.sandbox.ordinary import ACCOUNTS, Organisation
from include.settings.store import Store, read_store

#: Ways of paying beside those that are known: the money of both arrives later.
LATER = {"Bank Deposit": "bank_deposit", "Cash on Delivery": "cash_on_delivery"}


def store_of(organisation: Organisation, folder: Path) -> Store:
    """The organisation's store, read from a file that is written into the folder."""
    path = folder / f"{organisation.key}.yaml"
    path.write_text(yaml.safe_dump(_content(organisation), sort_keys=False), "utf-8")
    return read_store(path)


def _content(organisation: Organisation) -> dict[str, Any]:
    codes = {role: code for role, code in ACCOUNTS.items() if role not in ("fees", "bank_clearing")}
    payments: list[dict[str, Any]] = [
        {"tender": tender, "payment_method": method, "account": ACCOUNTS["bank_clearing"], "arrives_later": True}
        for method, tender in LATER.items()
    ]
    if organisation.believes_cards:
        card = {"tender": "card", "payment_method": "Credit Card", "account": ACCOUNTS["card_clearing"]}
        payments.append({**card, "in_full": True})
    return {
        "store": organisation.key,
        "name": f"Ordinary shop {organisation.country}",
        "bigcommerce": {"connection": "shop", "store_hash": "demo1"},
        "xero": {"connection": "books", "organisation": organisation.key, "country": organisation.country},
        "mode": "live",
        "start_from": "2026-01-01",
        "window": {"lag_seconds": 0},
        "accounts": codes | {"fees": {"*": ACCOUNTS["fees"]}},
        "tax_rules": _tax_rules(organisation),
        "payments": payments,
        "policies": {
            "tax_posting": "liability_line" if organisation.tax_as_lines else "tax_type",
            "voucher_kind": "single_purpose" if organisation.voucher_rate else "multi_purpose",
            "orders_a_day_max": 100_000,
        },
    }


def _tax_rules(organisation: Organisation) -> list[dict[str, str]]:
    """One rule for each way in which the shop taxes. In the US way nothing is mapped: the tax is a line of its own."""
    if organisation.tax_as_lines:
        return [{"rule": "none", "rate": "0", "tax_type": organisation.no_tax}]
    rules: dict[tuple[str, str, str], dict[str, str]] = {}
    for levy in organisation.levies:
        name = "+".join(name for name, _ in levy.taxes) or "*"
        rate = sum((Decimal(rate) for _, rate in levy.taxes), Decimal(0))
        rule = {"country": levy.country, "state": levy.state, "tax_name": name, "rate": str(rate)}
        found = {"rule": f"rule-{len(rules) + 1}", **rule, "tax_type": levy.tax_type}
        rules.setdefault((levy.country, levy.state, name), found)
    if organisation.voucher_rate:
        face = {"rate": organisation.voucher_rate, "tax_type": organisation.voucher_type}
        return [{"rule": "certificates", "line_kind": "gift_certificate", **face}, *rules.values()]
    return list(rules.values())
