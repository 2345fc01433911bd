"""The organisations that the golden cases are booked in: country, zone, tax rules, accounts."""

from copy import deepcopy
from typing import Any

ACCOUNTS = {
    "sales": "200",
    "shipping": "260",
    "handling": "261",
    "wrapping": "262",
    "fees": "263",
    "gift_card_liability": "840-GC",
    "store_credit_liability": "841-SC",
    "sales_tax_liability": "820-ST",
    "rounding": "860",
    "card_clearing": "615-CARD",
    "paypal_clearing": "616-PP",
}


def _rule(country: str, name: str, rate: str, tax_type: str, state: str | None = None) -> dict[str, str]:
    where = {"country": country} | ({"state": state} if state else {})
    return {**where, "name": name, "rate": rate, "tax_type": tax_type, "effective_rate": rate}


RULES = {
    "AU": [
        _rule("AU", "GST", "10", "OUTPUT"),
        _rule("AU", "GST Free", "0", "EXEMPTOUTPUT"),
        _rule("*", "*", "0", "EXEMPTEXPORT"),
    ],
    "NZ": [_rule("NZ", "GST", "15", "OUTPUT2"), _rule("*", "*", "0", "ZERORATED")],
    "GB": [
        _rule("GB", "VAT", "20", "OUTPUT2"),
        _rule("GB", "VAT Reduced", "5", "RROUTPUT"),
        _rule("*", "*", "0", "ZERORATEDOUTPUT"),
    ],
    "US": [_rule("*", "*", "0", "NONE")],
    "CA": [
        _rule("CA", "GST+PST", "12", "TAX012", "British Columbia"),
        _rule("CA", "HST", "13", "TAX013", "Ontario"),
        _rule("CA", "GST", "5", "TAX005"),
        _rule("*", "*", "0", "NONE"),
    ],
    "JP": [_rule("JP", "Consumption Tax", "10", "TAX010"), _rule("*", "*", "0", "NONE")],
}
MONEY_AND_ZONE = {
    "AU": ("AUD", "Australia/Sydney"),
    "NZ": ("NZD", "Pacific/Auckland"),
    "GB": ("GBP", "Europe/London"),
    "US": ("USD", "America/Los_Angeles"),
    "CA": ("CAD", "America/Vancouver"),
    "JP": ("JPY", "Asia/Tokyo"),
}


def booked_in(country: str, **changes: Any) -> dict[str, Any]:
    """`organisation` and `settings` of a case; changes are `currencies`, `rules`, organisation or settings fields."""
    currency, zone = MONEY_AND_ZONE[country]
    organisation = {
        "country": country,
        "base_currency": currency,
        "currencies": [currency, *changes.pop("currencies", ())],
        "timezone": zone,
        **changes.pop("organisation", {}),
    }
    settings = {
        "prefix": "BC-",
        "first_run_status": "AUTHORISED",
        "tolerance": "0.05",
        "unknown_sku": "post_without_item",
        "locked_period": "hold",
        "tax_posting": "liability_line" if country == "US" else "tax_type",
        "tax_rules": deepcopy(changes.pop("rules", RULES[country])),
        "accounts": dict(ACCOUNTS),
        "currency_rate": "xero",
        **changes,
    }
    return {"organisation": organisation, "settings": settings}
