"""One line of a document: its account and tax type are looked up and judged, its amounts calculated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

from include.sandbox.ground import NeverSeen
from include.sandbox.xero import arithmetic
from include.sandbox.xero.arithmetic import ZERO, Amounts, Inconsistent
from include.sandbox.xero.ledger import Ledger
from include.sandbox.xero.reading import Verdict, decimals_of, known_only, number_of, text_of
from include.sandbox.xero.records import Json, Line
from include.sandbox.xero.reference_data import CAN_APPLY

_FIELDS = (
    "LineItemID",
    "Description",
    "Quantity",
    "UnitAmount",
    "ItemCode",
    "AccountCode",
    "AccountID",
    "TaxType",
    "TaxAmount",
    "LineAmount",
    "Tracking",
    "DiscountRate",
    "DiscountAmount",
)
# Read-only in answers; who sends an answer back is not refused for them (spec, LineItem).
_IGNORED = ("Item", "ValidationErrors", "DiscountEnteredAsPercent")
_NUMBERS = ("Quantity", "UnitAmount", "LineAmount", "DiscountRate", "DiscountAmount")
# Accounts that Xero keeps for itself; the rounding account is meant to be used (reference xero.md 4.2, RND).
_OWN_ACCOUNTS = ("DEBTORS", "CREDITORS", "BANKCURRENCYGAIN", "REALISEDCURRENCYGAIN", "UNREALISEDCURRENCYGAIN", "GST")
_DESCRIPTION_MAX = 4000


@dataclass(frozen=True)
class Setting:
    """What a line takes from its document. `is_approved`: AUTHORISED or SUBMITTED, where more is demanded."""

    ledger: Ledger
    amount_types: str
    places: int
    is_approved: bool
    may_be_discounted: bool


def line_of(element: Mapping[str, Any], setting: Setting, verdict: Verdict, before: Line | None = None) -> Line:
    """The line that this element makes, or makes of `before`. Refusals go to the verdict; the line is then unusable.

    Source  reference xero.md 4.1 and 10.
    """
    known_only(element, (*_FIELDS, *_IGNORED), "a line")
    given = {name: element[name] for name in _FIELDS if element.get(name) is not None}
    wanted = (as_sent(before) if before else {}) | given
    keeps_amounts = (
        before is not None
        and not any(name in given for name in _NUMBERS)
        and decimals_of(before.unit_amount or ZERO) <= setting.places
    )
    if before is not None and not keeps_amounts:
        # New numbers: what followed from the old ones does not hold any more.
        for stale in ("LineAmount", "TaxAmount"):
            if stale not in given:
                wanted.pop(stale, None)
    if "TaxType" in given and "TaxAmount" not in given:
        wanted.pop("TaxAmount", None)
    item_code = _fill_from_item(wanted, setting, verdict)
    account = _account(wanted, setting, verdict)
    if before is not None and keeps_amounts:
        amounts = Amounts(
            before.quantity, before.unit_amount, before.line_amount, before.discount_rate, before.discount_amount
        )
    else:
        amounts = _amounts(wanted, setting, verdict)
    tax_type = text_of(wanted, "TaxType") or (account["TaxType"] if account else None)
    if setting.amount_types == "NoTax":
        tax_type = "NONE" if account else None
    tax_amount = _tax(wanted, amounts, tax_type, account, setting, verdict)
    description = text_of(wanted, "Description")
    if setting.is_approved and not (description or "").strip() and item_code is None:
        verdict.refuse("The description field is mandatory for each line item.")
    if len(description or "") > _DESCRIPTION_MAX:
        verdict.refuse(f"Description exceeds {_DESCRIPTION_MAX} characters.")  # the limit is [S], the sentence ours
    return Line(
        id=before.id if before else str(uuid4()),
        description=description,
        quantity=amounts.quantity,
        unit_amount=amounts.unit_amount,
        line_amount=amounts.line_amount,
        tax_amount=tax_amount,
        tax_type=tax_type,
        account_code=account.get("Code") if account else None,
        account_id=account["AccountID"] if account else None,
        # A line with an item and no quantity loses its ItemCode (xero-node #243).
        item_code=item_code if number_of(wanted, "Quantity") is not None else None,
        discount_rate=amounts.discount_rate,
        discount_amount=amounts.discount_amount,
        tracking=_tracking(wanted, setting, verdict),
    )


def rounded_again(line: Line, setting: Setting) -> Line:
    """The stored line as an update without `unitdp=4` leaves it: four-decimal prices are lost (reference xero.md 4)."""
    if line.unit_amount is None or decimals_of(line.unit_amount) <= setting.places:
        return line
    return line_of({}, setting, Verdict(), line)


def as_sent(line: Line) -> Json:
    """A stored line in the spelling of a request, to be read again."""
    sent = {
        "Description": line.description,
        "Quantity": line.quantity,
        "UnitAmount": line.unit_amount,
        "LineAmount": line.line_amount,
        "TaxAmount": line.tax_amount,
        "TaxType": line.tax_type,
        "AccountCode": line.account_code,
        "ItemCode": line.item_code,
        "DiscountRate": line.discount_rate if line.discount_amount is None else None,
        "DiscountAmount": line.discount_amount,
        "Tracking": list(line.tracking) or None,
    }
    return {name: value for name, value in sent.items() if value is not None}


def _fill_from_item(wanted: Json, setting: Setting, verdict: Verdict) -> str | None:
    code = text_of(wanted, "ItemCode")
    if code is None:
        return None
    item = setting.ledger.items.get(code)
    if item is None:
        # [U]: that an unknown code is refused is documented, the sentence is not; this one is constructed.
        verdict.refuse(f"Item code '{code}' is not valid")
        return code
    sales = item.get("SalesDetails", {})
    filling = {
        "Description": item.get("Description"),
        "UnitAmount": sales.get("UnitPrice") if "LineAmount" not in wanted else None,
        "AccountCode": sales.get("AccountCode") if "AccountID" not in wanted else None,
        "TaxType": sales.get("TaxType"),
    }
    for name, value in filling.items():
        if value is not None:
            wanted.setdefault(name, value)
    return code


def _account(wanted: Json, setting: Setting, verdict: Verdict) -> Json | None:
    """The line's account. A draft drops one that is gone and warns; an approved document is refused."""
    code, account_id = text_of(wanted, "AccountCode"), text_of(wanted, "AccountID")
    if not code and not account_id:
        if setting.is_approved:
            verdict.refuse("Account code or ID must be specified")
        return None
    account = setting.ledger.account(code=code, account_id=account_id)
    shown = code or account_id
    is_usable = account is not None and account["Status"] == "ACTIVE"
    if not is_usable and not setting.is_approved:
        # The doubled quotes are the vendor's (spec; Xero-Java #370).
        verdict.warn(f"Account code ''{shown}'' has been removed as it does not match a recognised account.")
        return None
    if account is None:
        verdict.refuse(f"Account code '{shown}' is not a valid code for this document.")
        return None
    if not is_usable:
        verdict.refuse(
            f"Account code '{shown}' has been archived, or has been deleted. "
            "Each line item must reference a valid account."
        )
        return None
    if account["Type"] == "BANK" or account.get("SystemAccount") in _OWN_ACCOUNTS:
        verdict.refuse(f"Account code '{shown}' is not a valid code for this document.")
    return account


def _amounts(wanted: Json, setting: Setting, verdict: Verdict) -> Amounts:
    quantity, unit, amount = (number_of(wanted, name) for name in ("Quantity", "UnitAmount", "LineAmount"))
    rate, discount = number_of(wanted, "DiscountRate"), number_of(wanted, "DiscountAmount")
    if any(n is not None and decimals_of(n) > 4 for n in (quantity, unit)):
        # Too many decimals are answered with two sentences about something else (Xero-Java #353).
        verdict.refuse("Account must be valid.")
        verdict.refuse("Tax rate must be valid.")
        return Amounts(quantity, unit, ZERO)
    if rate is not None and discount is not None:
        raise NeverSeen("a line with DiscountRate and DiscountAmount")
    if (rate or discount) and not setting.may_be_discounted:
        raise NeverSeen("a discount on a credit note, which Xero does not support")
    try:
        return arithmetic.amounts_of(
            quantity, unit, amount, places=setting.places, discount_rate=rate, discount_amount=discount
        )
    except Inconsistent as refusal:
        verdict.refuse(str(refusal))
        return Amounts(quantity, unit, amount or ZERO)


def _tax(
    wanted: Json, amounts: Amounts, tax_type: str | None, account: Json | None, setting: Setting, verdict: Verdict
) -> Decimal:
    """The line's tax. A TaxAmount that is sent overrides the calculation, not the judgement of the tax type."""
    if tax_type is None or setting.amount_types == "NoTax":
        return ZERO
    rate = setting.ledger.tax_rates.get(tax_type)
    if rate is None and tax_type == "NONE" and "TaxType" not in wanted:
        return ZERO
    if rate is None or rate["Status"] != "ACTIVE":
        verdict.refuse(f"The TaxType code {tax_type} does not exist or cannot be used for this type of transaction.")
        return ZERO
    if account is not None and not rate[CAN_APPLY[account["Class"]]]:
        verdict.refuse(f"The TaxType code '{tax_type}' cannot be used with account code '{account.get('Code')}'.")
        return ZERO
    sent = number_of(wanted, "TaxAmount")
    tax = (
        arithmetic.half_up(sent)
        if sent is not None
        else arithmetic.tax_of(amounts.line_amount, rate["EffectiveRate"], setting.amount_types)
    )
    if abs(tax) > abs(amounts.line_amount):
        verdict.refuse("The tax amount cannot be greater than the line amount!")
    return tax


def _tracking(wanted: Json, setting: Setting, verdict: Verdict) -> tuple[Mapping[str, str], ...]:
    """What the line is tracked by. A category or option that is not there is taken without a word and left away.

    Source  integrators (xero-node #516, #542): the invoice is accepted and its lines come back without the tracking.
    """
    found = []
    for wish in wanted.get("Tracking", []):
        for category in setting.ledger.tracking_categories:
            if (
                wish.get("TrackingCategoryID") != category["TrackingCategoryID"]
                and wish.get("Name") != category["Name"]
            ):
                continue
            for option in category["Options"]:
                if wish.get("TrackingOptionID") == option["TrackingOptionID"] or wish.get("Option") == option["Name"]:
                    found.append(
                        {
                            "Name": category["Name"],
                            "Option": option["Name"],
                            "TrackingCategoryID": category["TrackingCategoryID"],
                            "TrackingOptionID": option["TrackingOptionID"],
                        }
                    )
    if len(wanted.get("Tracking", [])) > 2:
        raise NeverSeen("a third tracking option on a line")
    return tuple(found)
