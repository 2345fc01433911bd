"""A case file: what both vendors would give for one order, with the organisation and the mapping beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from include.domain.contact import Known
from include.domain.difference import InBooks
from include.domain.document import Standing
from include.domain.invoice import invoice_date_of
from include.domain.order import Order
from include.domain.policy import Account, Accounts, DatedRate, Policy, Reference, TaxRule, TaxType, TrackingRule
from include.domain.status import DEFAULT_STATUSES
from include.settings.countries import defaults_for
from include.settings.tenders import standard_tenders
from include.wire.bigcommerce_order import gathered, order_of
from include.wire.bigcommerce_rows import Problem
from include.wire.xero_reference import date_of

PARTS = ("order", "products", "shipping_addresses", "taxes", "fees", "coupons", "transactions", "refunds", "metafields")
STORE_HASH = "{store_hash}"  # as the case files spell it
TAKES_PAYMENTS = ("card_clearing", "paypal_clearing", "gift_card_liability", "store_credit_liability")
LOCKS = ("period_lock_date", "end_of_year_lock_date", "lock_date", "PeriodLockDate", "EndOfYearLockDate")


class CaseError(Exception):
    """A case file that cannot be read; the text names the file, the field and the remedy."""


@dataclass(frozen=True, slots=True)
class Case:
    """A case, mapped onto our own settings and nouns."""

    name: str
    order: Order | tuple[Problem, ...]
    order_id: Any
    policy: Policy
    reference: Reference
    contacts: tuple[Known, ...]
    invoice: InBooks | None
    standing: Standing | None
    contact_link: str | None


def read_case(name: str, bundle: Mapping[str, Any], base: Policy | None = None) -> Case:
    """The case in a parsed file (numbers with a fraction as Decimal). Raises CaseError.

    base  a store's own policy, where the case brings no settings.
    """
    if not isinstance(bundle.get("order"), Mapping):
        raise CaseError(
            f"{name}: there is no `order` in it: a case holds the order as the shop gives it, under that name."
        )
    parts = {part: bundle[part] for part in PARTS if bundle.get(part) is not None}
    consignments = bundle.get("consignments")
    if isinstance(consignments, Mapping) and not isinstance(bundle["order"].get("consignments"), Mapping):
        parts["order"] = {**bundle["order"], "consignments": consignments}
    if "metafields" in parts and isinstance(parts["metafields"], Mapping):
        parts["metafields"] = parts["metafields"].get("data") or []
    organisation: Mapping[str, Any] = bundle.get("organisation") or {}
    settings: Mapping[str, Any] = bundle.get("settings") or {}
    if base is None and not settings:
        raise CaseError(f"{name}: neither the case has `settings` nor is a store's file given with --settings.")
    policy = _policy(settings, organisation, base)
    before: Mapping[str, Any] = bundle.get("books_before") or {}
    order = order_of(gathered(parts))
    reference = _reference(settings, organisation, policy)
    return Case(
        name=str(bundle.get("case") or name),
        order=order,
        order_id=bundle["order"].get("id"),
        policy=policy,
        reference=reference,
        contacts=tuple(_known(row) for row in before.get("contacts") or ()),
        invoice=_in_books(before["invoice"]) if before.get("invoice") else None,
        standing=_standing(before.get("invoice"), order, reference),
        contact_link=_link(before),
    )


def _policy(settings: Mapping[str, Any], organisation: Mapping[str, Any], base: Policy | None) -> Policy:
    country = str(organisation.get("country") or "AU")
    codes = {
        str(role): str(code) for role, code in (settings.get("accounts") or {}).items() if isinstance(code, str | int)
    }
    known = {field.name for field in fields(Policy)}
    chosen: dict[str, Any] = {name: value for name, value in defaults_for(country).items() if name in known}
    plain = ("tolerance", "accounts", "tax_rules", "tenders", "statuses", "key", "store", "store_hash", "start_from")
    chosen |= {name: value for name, value in settings.items() if name in known and name not in plain}
    if settings.get("currency_rates"):
        chosen["currency_rates"] = tuple(_dated_rate(row) for row in settings["currency_rates"])
    if isinstance(settings.get("tracking"), Mapping):
        chosen["tracking"] = tuple(TrackingRule(str(name), str(value)) for name, value in settings["tracking"].items())
    if isinstance(settings.get("channels"), Mapping):
        chosen["marketplaces"] = {
            int(channel): str(row.get("clearing_account") or "")
            for channel, row in settings["channels"].items()
            if row.get("tax_collected_by") == "marketplace"
        }
    if isinstance(chosen.get("tax_filed_to"), str):
        chosen["tax_filed_to"] = date.fromisoformat(chosen["tax_filed_to"])
    if "tolerance" in settings:
        chosen["tolerance_minor_units"] = int(Decimal(str(settings["tolerance"])) * 100)
    if settings.get("tax_rules"):
        chosen["tax_rules"] = tuple(_tax_rule(row, index) for index, row in enumerate(settings["tax_rules"], start=1))
    if codes:
        chosen["accounts"] = Accounts(
            sales=codes.get("sales", ""),
            shipping=codes.get("shipping", ""),
            handling=codes.get("handling", ""),
            wrapping=codes.get("wrapping", ""),
            rounding=codes.get("rounding", ""),
            fees=_fees(settings, codes),
            gift_card_liability=codes.get("gift_card_liability", ""),
            store_credit_liability=codes.get("store_credit_liability", ""),
            sales_tax_liability=codes.get("sales_tax_liability", ""),
        )
        chosen["tenders"] = tuple(standard_tenders(codes))
    if base is not None:
        return replace(base, **chosen)
    return Policy(store="case", store_hash=STORE_HASH, statuses=DEFAULT_STATUSES, key=b"case", **chosen)


def _dated_rate(row: Mapping[str, Any]) -> DatedRate:
    since = date.fromisoformat(str(row.get("since") or row.get("from") or "1970-01-01"))
    return DatedRate(str(row["currency"]), since, Decimal(str(row["rate"])))


def _fees(settings: Mapping[str, Any], codes: Mapping[str, str]) -> dict[str, str]:
    """Fees by name where the case names them; else one account for all."""
    named = settings.get("fees")
    if isinstance(named, Mapping):
        return {str(name).strip().casefold(): str(code) for name, code in named.items()}
    return {"*": codes["fees"]} if codes.get("fees") else {}


def _tax_rule(row: Mapping[str, Any], index: int) -> TaxRule:
    name = str(row.get("name") or "*")
    rate = Decimal(str(row.get("rate") or 0))
    title = "-".join(part for part in (str(row.get("country") or ""), name) if part not in ("", "*")).lower()
    return TaxRule(
        name=(title or f"rule-{index}").replace(" ", "-"),
        tax_type=str(row["tax_type"]),
        rate=rate,
        country=str(row.get("country") or "*"),
        state=str(row.get("state") or "*"),
        tax_name=name,
        tax_class=str(row.get("class") or row.get("tax_class") or "*"),
        line_kind=str(row.get("line_kind") or "*"),
    )


def _reference(settings: Mapping[str, Any], organisation: Mapping[str, Any], policy: Policy) -> Reference:
    base = str(organisation.get("base_currency") or "AUD")
    tax_types = {policy.no_tax_type: TaxType(policy.no_tax_type, Decimal(0), active=True)}
    for row in settings.get("tax_rules") or ():
        rate = Decimal(str(row.get("effective_rate", row.get("rate")) or 0))
        active = str(row.get("status") or "ACTIVE") == "ACTIVE"
        tax_types[str(row["tax_type"])] = TaxType(str(row["tax_type"]), rate, active)
    for rule in policy.tax_rules:
        tax_types.setdefault(rule.tax_type, TaxType(rule.tax_type, rule.rate, active=True))
    accounts = {
        str(code): Account(str(code), "", active=True, takes_payments=role in TAKES_PAYMENTS)
        for role, code in (settings.get("accounts") or {}).items()
        if isinstance(code, str | int)
    }
    for code in _codes_of(policy.accounts):
        accounts.setdefault(code, Account(code, "", active=True, takes_payments=False))
    for tender in policy.tenders:
        accounts.setdefault(tender.account, Account(tender.account, "BANK", active=True, takes_payments=True))
    items = organisation.get("items") or settings.get("items")
    locks = [date_of(organisation[name]) for name in LOCKS if organisation.get(name)]
    return Reference(
        country=str(organisation.get("country") or "AU"),
        base_currency=base,
        zone=str(organisation.get("timezone") or "UTC"),
        currencies=frozenset({base, *(organisation.get("currencies") or ())}),
        accounts=accounts,
        tax_types=tax_types,
        items=frozenset(str(each) for each in items) if isinstance(items, list) else None,
        lock_date=max((day for day in locks if day is not None), default=None),
    )


def _codes_of(accounts: Accounts) -> set[str]:
    """The accounts that a store's own settings name: taken to be there, since nobody asks Xero here."""
    roles = [getattr(accounts, role.name) for role in fields(Accounts) if role.name != "fees"]
    return {code for code in (*roles, *accounts.fees.values()) if code}


def _known(row: Mapping[str, Any]) -> Known:
    return Known(
        contact_id=str(row.get("ContactID") or ""),
        name=str(row.get("Name") or ""),
        number=str(row.get("ContactNumber") or ""),
        email=str(row.get("EmailAddress") or ""),
        active=str(row.get("ContactStatus") or "ACTIVE") == "ACTIVE",
        merged_to=row.get("MergedToContactID"),
    )


def _in_books(row: Mapping[str, Any]) -> InBooks:
    total = Decimal(str(row.get("Total") or 0))
    return InBooks(
        xero_id=str(row.get("InvoiceID") or ""),
        number=str(row.get("InvoiceNumber") or ""),
        status=str(row.get("Status") or "AUTHORISED"),
        total=total,
        tax=Decimal(str(row["TotalTax"])) if row.get("TotalTax") is not None else None,
        amount_paid=Decimal(str(row.get("AmountPaid") or 0)),
        amount_credited=Decimal(str(row.get("AmountCredited") or 0)),
        reference=str(row.get("Reference") or ""),
        contact_id=str((row.get("Contact") or {}).get("ContactID") or ""),
        currency=str(row.get("CurrencyCode") or ""),
    )


def _standing(
    row: Mapping[str, Any] | None, order: Order | tuple[Problem, ...], reference: Reference
) -> Standing | None:
    """The invoice that the books held before; one without a date is dated by its order."""
    if not row or not isinstance(order, Order):
        return None
    dated = date_of(row.get("DateString") or row.get("Date")) or invoice_date_of(order, reference)
    today = order.modified_at.astimezone(ZoneInfo(reference.zone)).date()  # a case has no clock: its last change
    return Standing(dated, str(row.get("Status") or "AUTHORISED"), today)


def _link(before: Mapping[str, Any]) -> str | None:
    """The contact that our link table names, where the case says so."""
    link = before.get("contact_link") or (before.get("links") or {}).get("contact") or before.get("link")
    if isinstance(link, Mapping):
        link = link.get("ContactID") or link.get("contact_id")
    return str(link) if isinstance(link, str) else None
