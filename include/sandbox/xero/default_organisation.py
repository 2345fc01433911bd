"""The organisation that an empty sandbox starts with: Australian, GST registered, in Australian dollars.

Shapes from the recorded organisations and tax rates (specs/xero/examples); the values are ours.
"""

from __future__ import annotations

from typing import Any

ORGANISATION: dict[str, Any] = {
    "Name": "Sandbox Books",
    "LegalName": "Sandbox Books Pty Ltd",
    "PaysTax": True,
    "Version": "AU",
    "OrganisationType": "COMPANY",
    "BaseCurrency": "AUD",
    "CountryCode": "AU",
    "IsDemoCompany": True,
    "OrganisationStatus": "ACTIVE",
    "TaxNumber": "11 111 111 111",
    "FinancialYearEndDay": 30,
    "FinancialYearEndMonth": 6,
    "SalesTaxBasis": "ACCRUALS",
    "SalesTaxPeriod": "QUARTERLY1",
    "DefaultSalesTax": "Remember previous",
    "DefaultPurchasesTax": "Remember previous",
    "OrganisationEntityType": "COMPANY",
    "Timezone": "AUSEASTERNSTANDARDTIME",
    "ShortCode": "!sand1",
    "OrganisationID": "5a9db0c5-0000-4000-8000-000000000001",
    "Edition": "BUSINESS",
    "Class": "DEMO",
    "Addresses": [],
    "Phones": [],
    "ExternalLinks": [],
    "PaymentTerms": {},
}

ACCOUNTS: list[dict[str, Any]] = [
    {"Code": "200", "Name": "Sales", "Type": "REVENUE", "TaxType": "OUTPUT"},
    {"Code": "260", "Name": "Other Revenue", "Type": "REVENUE", "TaxType": "OUTPUT"},
    {"Code": "300", "Name": "Purchases", "Type": "DIRECTCOSTS", "TaxType": "INPUT"},
    {"Code": "310", "Name": "Cost of Goods Sold", "Type": "DIRECTCOSTS", "TaxType": "INPUT"},
    {"Code": "610", "Name": "Accounts Receivable", "Type": "CURRENT", "SystemAccount": "DEBTORS"},
    {"Code": "615-CARD", "Name": "Card Clearing", "Type": "CURRENT", "EnablePaymentsToAccount": True},
    {"Code": "616-PP", "Name": "PayPal Clearing", "Type": "CURRENT", "EnablePaymentsToAccount": True},
    {"Code": "630", "Name": "Inventory", "Type": "INVENTORY"},
    {"Code": "820", "Name": "GST", "Type": "CURRLIAB", "SystemAccount": "GST"},
    {"Code": "820-ST", "Name": "Sales Tax Payable", "Type": "CURRLIAB"},
    {"Code": "840-GC", "Name": "Gift Card Liability", "Type": "CURRLIAB", "EnablePaymentsToAccount": True},
    {"Code": "841-SC", "Name": "Store Credit Liability", "Type": "CURRLIAB", "EnablePaymentsToAccount": True},
    {"Code": "860", "Name": "Rounding", "Type": "CURRLIAB", "SystemAccount": "ROUNDING"},
]

_NOT_REVENUE = {"CanApplyToRevenue": False}
_NOT_EXPENSES = {"CanApplyToExpenses": False}

TAX_RATES: list[dict[str, Any]] = [
    {"TaxType": "OUTPUT", "Name": "GST on Income", "EffectiveRate": 10, **_NOT_EXPENSES},
    {"TaxType": "EXEMPTOUTPUT", "Name": "GST Free Income", "EffectiveRate": 0, **_NOT_EXPENSES},
    {"TaxType": "EXEMPTEXPORT", "Name": "GST Free Exports", "EffectiveRate": 0, **_NOT_EXPENSES},
    {"TaxType": "BASEXCLUDED", "Name": "BAS Excluded", "EffectiveRate": 0},
    {"TaxType": "INPUT", "Name": "GST on Expenses", "EffectiveRate": 10, **_NOT_REVENUE},
    # Deleted rates stay in the answer (recorded in docketworks-tax-rates-nz): a trap for who does not filter.
    {"TaxType": "TAX001", "Name": "Old GST on Income", "EffectiveRate": 12.5, "Status": "DELETED", **_NOT_EXPENSES},
]

CURRENCIES: list[str] = ["AUD"]
