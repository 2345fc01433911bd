"""Accounts, tax rates, currencies, items, tracking and the organisation: what documents refer to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from include.sandbox.xero import dates
from include.sandbox.xero.records import Json

# Which class an account type belongs to (spec, AccountType and AccountClassType).
CLASS_OF_TYPE = {
    "BANK": "ASSET",
    "CURRENT": "ASSET",
    "FIXED": "ASSET",
    "INVENTORY": "ASSET",
    "NONCURRENT": "ASSET",
    "PREPAYMENT": "ASSET",
    "EQUITY": "EQUITY",
    "DEPRECIATN": "EXPENSE",
    "DIRECTCOSTS": "EXPENSE",
    "EXPENSE": "EXPENSE",
    "OVERHEADS": "EXPENSE",
    "CURRLIAB": "LIABILITY",
    "LIABILITY": "LIABILITY",
    "TERMLIAB": "LIABILITY",
    "OTHERINCOME": "REVENUE",
    "REVENUE": "REVENUE",
    "SALES": "REVENUE",
}
CAN_APPLY = {
    "ASSET": "CanApplyToAssets",
    "EQUITY": "CanApplyToEquity",
    "EXPENSE": "CanApplyToExpenses",
    "LIABILITY": "CanApplyToLiabilities",
    "REVENUE": "CanApplyToRevenue",
}
_CURRENCY_NAMES = {
    "AUD": "Australian Dollar",
    "CAD": "Canadian Dollar",
    "EUR": "Euro",
    "GBP": "British Pound",
    "JPY": "Japanese Yen",
    "NZD": "New Zealand Dollar",
    "SGD": "Singapore Dollar",
    "USD": "United States Dollar",
}
# The names of the spec's example for GET /Organisation/Actions.
ACTIONS = (
    "CreateApprovedInvoice",
    "CreateDraftPurchaseOrder",
    "CreateApprovedBill",
    "AttachFilesIntoInvoice",
    "UseMulticurrency",
    "CreateDraftInvoice",
    "CreateRepeatingInvoice",
    "CreateRepeatingBill",
    "CreateSentQuote",
    "CreateInvoicePayment",
    "CreateApprovedPurchaseOrder",
    "CreateDraftQuote",
    "CreateDraftBill",
)


def account_of(given: Mapping[str, Any], no_tax_type: str, now: datetime) -> Json:
    """A whole account from the few fields that matter; what is given wins. Dates are moments, not yet stamps."""
    type_ = given.get("Type", "REVENUE")
    account: Json = {
        "AccountID": str(uuid4()),
        "Name": given.get("Code", ""),
        "Status": "ACTIVE",
        "Type": type_,
        "TaxType": no_tax_type,
        "Class": CLASS_OF_TYPE[type_],
        "EnablePaymentsToAccount": False,
        "ShowInExpenseClaims": False,
        "BankAccountType": "BANK" if type_ == "BANK" else "",
        "ReportingCode": CLASS_OF_TYPE[type_][:3],
        "ReportingCodeName": CLASS_OF_TYPE[type_].capitalize(),
        "HasAttachments": False,
        "UpdatedDateUTC": now,
        "AddToWatchlist": False,
    }
    return account | dict(given)


def tax_rate_of(given: Mapping[str, Any]) -> Json:
    """A whole tax rate; applies to every class of account unless it says otherwise."""
    rate = Decimal(str(given.get("EffectiveRate", 0)))
    name = str(given.get("Name", given["TaxType"]))
    whole: Json = {
        "Name": name,
        "TaxType": given["TaxType"],
        "ReportTaxType": given["TaxType"] if not str(given["TaxType"]).startswith("TAX") else "OUTPUT",
        "CanApplyToAssets": True,
        "CanApplyToEquity": True,
        "CanApplyToExpenses": True,
        "CanApplyToLiabilities": True,
        "CanApplyToRevenue": True,
        "DisplayTaxRate": rate,
        "EffectiveRate": rate,
        "Status": "ACTIVE",
        "TaxComponents": [{"Name": name, "Rate": rate, "IsCompound": False, "IsNonRecoverable": False}],
    }
    return whole | dict(given) | {"EffectiveRate": rate}


def currency_of(given: str | Mapping[str, Any]) -> Json:
    """A currency from its code, or as given."""
    if isinstance(given, str):
        return {"Code": given, "Description": _CURRENCY_NAMES.get(given, given)}
    return dict(given)


def tracking_category_of(given: Mapping[str, Any]) -> Json:
    """A whole tracking category; `Options` may be plain names."""
    options = [{"Name": option} if isinstance(option, str) else dict(option) for option in given.get("Options", [])]
    whole: Json = {"Name": given["Name"], "Status": "ACTIVE", "TrackingCategoryID": str(uuid4())} | dict(given)
    whole["Options"] = [{"TrackingOptionID": str(uuid4()), "Status": "ACTIVE"} | option for option in options]
    return whole


def organisation_answer(organisation: Mapping[str, Any], created_at: datetime) -> Json:
    """The organisation as Xero writes it: lock dates as stamps, and missing when unset."""
    answer = {name: value for name, value in organisation.items() if value is not None}
    answer["CreatedDateUTC"] = dates.bare_stamp(created_at)
    for lock in ("PeriodLockDate", "EndOfYearLockDate"):
        if isinstance(answer.get(lock), date):
            answer[lock] = dates.day_stamp(answer[lock])
    return answer


def stamped(records: Iterable[Json], *, with_offset: bool = True) -> list[Json]:
    """Records whose UpdatedDateUTC is written as Xero writes it. Items come without an offset (recorded)."""
    write = dates.stamp if with_offset else dates.bare_stamp
    return [record | {"UpdatedDateUTC": write(record["UpdatedDateUTC"])} for record in records]
