"""The demo's books before the first order: an Australian organisation with what the demo's settings name."""

from typing import Any

ORGANISATION: dict[str, Any] = {
    "Name": "Sandbox Shop Pty Ltd",
    "LegalName": "Sandbox Shop Pty Ltd",
    "Version": "AU",
    "CountryCode": "AU",
    "BaseCurrency": "AUD",
    "Timezone": "AUSEASTERNSTANDARDTIME",
}

CURRENCIES = ["AUD"]

ACCOUNTS: list[dict[str, Any]] = [
    {"Code": "200", "Name": "Sales", "Type": "REVENUE", "TaxType": "OUTPUT"},
    {"Code": "260", "Name": "Other Revenue", "Type": "REVENUE", "TaxType": "OUTPUT"},
    {"Code": "300", "Name": "Purchases", "Type": "DIRECTCOSTS", "TaxType": "INPUT"},
    {"Code": "310", "Name": "Cost of Goods Sold", "Type": "DIRECTCOSTS", "TaxType": "INPUT"},
    {"Code": "610", "Name": "Accounts Receivable", "Type": "CURRENT", "SystemAccount": "DEBTORS"},
    {"Code": "615-CARD", "Name": "Card Clearing", "Type": "CURRENT", "EnablePaymentsToAccount": True},
    {"Code": "616-PP", "Name": "PayPal Clearing", "Type": "CURRENT", "EnablePaymentsToAccount": True},
    {"Code": "617-BANK", "Name": "Bank Deposit Clearing", "Type": "CURRENT", "EnablePaymentsToAccount": True},
    {"Code": "630", "Name": "Inventory", "Type": "INVENTORY"},
    {"Code": "820", "Name": "GST", "Type": "CURRLIAB", "SystemAccount": "GST"},
    {"Code": "820-ST", "Name": "Sales Tax Payable", "Type": "CURRLIAB"},
    {"Code": "840-GC", "Name": "Gift Card Liability", "Type": "CURRLIAB", "EnablePaymentsToAccount": True},
    {"Code": "841-SC", "Name": "Store Credit Liability", "Type": "CURRLIAB", "EnablePaymentsToAccount": True},
    {"Code": "860", "Name": "Rounding", "Type": "CURRLIAB", "SystemAccount": "ROUNDING"},
]

_FOR_SALES = {"CanApplyToExpenses": False}

TAX_RATES: list[dict[str, Any]] = [
    {"TaxType": "OUTPUT", "Name": "GST on Income", "EffectiveRate": 10, **_FOR_SALES},
    {"TaxType": "EXEMPTOUTPUT", "Name": "GST Free Income", "EffectiveRate": 0, **_FOR_SALES},
    {"TaxType": "EXEMPTEXPORT", "Name": "GST Free Exports", "EffectiveRate": 0, **_FOR_SALES},
    {"TaxType": "BASEXCLUDED", "Name": "BAS Excluded", "EffectiveRate": 0},
    {"TaxType": "INPUT", "Name": "GST on Expenses", "EffectiveRate": 10, "CanApplyToRevenue": False},
    # A rate that somebody made in these books: Xero numbers those.
    {"TaxType": "TAX001", "Name": "Bottle levy", "EffectiveRate": "5.5"},
    # A deleted rate stays in Xero's answers, and must not be used.
    {"TaxType": "TAX002", "Name": "Old GST on Income", "EffectiveRate": "12.5", "Status": "DELETED", **_FOR_SALES},
]
