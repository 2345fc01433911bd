"""The organisation as Xero states it, as a `Reference` (reference xero.md 8)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from include.domain.policy import Account, Reference, TaxType

JsonObject = Mapping[str, Any]

# Xero spells time zones as Windows does, without blanks (reference xero.md 3.5). The zones are Unicode CLDR's
# default territory of each Windows zone; only those of the countries that Xero serves are listed.
ZONES = {
    "AUSEASTERNSTANDARDTIME": "Australia/Sydney",
    "EAUSTRALIASTANDARDTIME": "Australia/Brisbane",
    "CENAUSTRALIASTANDARDTIME": "Australia/Adelaide",
    "AUSCENTRALSTANDARDTIME": "Australia/Darwin",
    "WAUSTRALIASTANDARDTIME": "Australia/Perth",
    "TASMANIASTANDARDTIME": "Australia/Hobart",
    "LORDHOWESTANDARDTIME": "Australia/Lord_Howe",
    "NEWZEALANDSTANDARDTIME": "Pacific/Auckland",
    "CHATHAMISLANDSSTANDARDTIME": "Pacific/Chatham",
    "FIJISTANDARDTIME": "Pacific/Fiji",
    "GMTSTANDARDTIME": "Europe/London",
    "GREENWICHSTANDARDTIME": "Atlantic/Reykjavik",
    "WEUROPESTANDARDTIME": "Europe/Berlin",
    "ROMANCESTANDARDTIME": "Europe/Paris",
    "CENTRALEUROPESTANDARDTIME": "Europe/Budapest",
    "CENTRALEUROPEANSTANDARDTIME": "Europe/Warsaw",
    "FLESTANDARDTIME": "Europe/Kiev",
    "GTBSTANDARDTIME": "Europe/Bucharest",
    "EASTERNSTANDARDTIME": "America/New_York",
    "USEASTERNSTANDARDTIME": "America/Indianapolis",
    "CENTRALSTANDARDTIME": "America/Chicago",
    "CANADACENTRALSTANDARDTIME": "America/Regina",
    "MOUNTAINSTANDARDTIME": "America/Denver",
    "USMOUNTAINSTANDARDTIME": "America/Phoenix",
    "PACIFICSTANDARDTIME": "America/Los_Angeles",
    "ALASKANSTANDARDTIME": "America/Anchorage",
    "HAWAIIANSTANDARDTIME": "Pacific/Honolulu",
    "ATLANTICSTANDARDTIME": "America/Halifax",
    "NEWFOUNDLANDSTANDARDTIME": "America/St_Johns",
    "SINGAPORESTANDARDTIME": "Asia/Singapore",
    "CHINASTANDARDTIME": "Asia/Shanghai",
    "TOKYOSTANDARDTIME": "Asia/Tokyo",
    "INDIASTANDARDTIME": "Asia/Calcutta",
    "ARABIANSTANDARDTIME": "Asia/Dubai",
    "SOUTHAFRICASTANDARDTIME": "Africa/Johannesburg",
    "UTC": "UTC",
}


def reference_of(snapshot: Mapping[str, Any]) -> Reference:
    """The reference out of a stored snapshot: `organisation`, `accounts`, `tax_rates`, `currencies`, `items`.

    Raises ValueError for a time zone that is not mapped: dates would be a day off.
    """
    organisation: JsonObject = snapshot["organisation"]
    base = str(organisation["BaseCurrency"])
    items: Sequence[JsonObject] | None = snapshot.get("items")
    return Reference(
        country=str(organisation["CountryCode"]),
        base_currency=base,
        zone=zone_of(str(organisation["Timezone"])),
        currencies=frozenset({base, *(str(each["Code"]) for each in snapshot["currencies"])}),
        accounts={str(each["Code"]): _account(each) for each in snapshot["accounts"] if each.get("Code")},
        tax_types={str(each["TaxType"]): _tax_type(each) for each in snapshot["tax_rates"] if each.get("TaxType")},
        items=None if items is None else frozenset(str(each["Code"]) for each in items),
        lock_date=_lock_date(organisation),
        forbidden=frozenset(
            str(each.get("Name")) for each in snapshot.get("actions") or () if each.get("Status") == "NOT-ALLOWED"
        ),
        short_code=str(organisation.get("ShortCode") or ""),
    )


def zone_of(xero_timezone: str) -> str:
    """The IANA name of Xero's time zone."""
    try:
        return ZONES[xero_timezone.upper()]
    except KeyError:
        raise ValueError(
            f"Xero's time zone {xero_timezone} is not mapped: add it to ZONES in xero_reference.py"
        ) from None


def date_of(value: Any) -> date | None:
    """The calendar day of a Xero date: `/Date(ms)/` is midnight UTC of that day (reference xero.md 3.5)."""
    if not value:
        return None
    text = str(value)
    if text.startswith("/Date("):
        milliseconds = text[6:-2]
        sign = "-" if milliseconds.startswith("-") else ""
        digits = milliseconds.lstrip("-").partition("+")[0].partition("-")[0]
        return datetime.fromtimestamp(int(sign + digits) / 1000, UTC).date()
    return date.fromisoformat(text[:10])


def _lock_date(organisation: JsonObject) -> date | None:
    """The later of the two lock dates is the one that counts (reference xero.md 8.4)."""
    days = (date_of(organisation.get("PeriodLockDate")), date_of(organisation.get("EndOfYearLockDate")))
    return max((day for day in days if day is not None), default=None)


def _account(row: JsonObject) -> Account:
    return Account(
        code=str(row["Code"]),
        type=str(row.get("Type") or ""),
        active=row.get("Status", "ACTIVE") == "ACTIVE",
        takes_payments=row.get("Type") == "BANK" or bool(row.get("EnablePaymentsToAccount")),
        account_class=str(row.get("Class") or ""),
        system=str(row.get("SystemAccount") or ""),
        currency=str(row.get("CurrencyCode") or ""),
    )


def _tax_type(row: JsonObject) -> TaxType:
    return TaxType(
        code=str(row["TaxType"]),
        effective_rate=Decimal(str(row.get("EffectiveRate") or 0)),
        active=row.get("Status", "ACTIVE") == "ACTIVE",
        on_revenue=bool(row.get("CanApplyToRevenue", True)),
        on_liabilities=bool(row.get("CanApplyToLiabilities", True)),
    )
