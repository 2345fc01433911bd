"""What a country decides where the store's settings do not say (accounting.md 3, 4, 7, 11).

These are proposals of accountants' practice, not legal advice; every one can be set in the store's file.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

_HOLDS_DEPOSITS: Final = {"part_paid_pending": "hold", "voucher_kind": None, "single_above": None}
_TAXED_WHEN_REDEEMED: Final = {
    "part_paid_pending": "authorise",
    "voucher_kind": "multi_purpose",
    "single_above": None,
}
# A tax invoice of that amount must name the buyer, which a day's invoice does not.
_NAMES_THE_BUYER: Final = {"single_above": Decimal(1000)}

DEFAULTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "AU": {**_TAXED_WHEN_REDEEMED, **_NAMES_THE_BUYER, "no_tax_type": "BASEXCLUDED", "order_level_refund": "hold"},
    "NZ": {**_TAXED_WHEN_REDEEMED, **_NAMES_THE_BUYER, "no_tax_type": "NONE", "order_level_refund": "hold"},
    "US": {**_TAXED_WHEN_REDEEMED, "no_tax_type": "NONE", "order_level_refund": "as_store"},
    "CA": {
        "part_paid_pending": "hold",
        "voucher_kind": "multi_purpose",
        "no_tax_type": "NONE",
        "order_level_refund": "hold",
        "single_above": None,
    },
    "GB": {**_HOLDS_DEPOSITS, "no_tax_type": "NONE", "order_level_refund": "hold"},
}
ELSEWHERE: Final[Mapping[str, Any]] = {**_HOLDS_DEPOSITS, "no_tax_type": "NONE", "order_level_refund": "hold"}


def defaults_for(country: str) -> dict[str, Any]:
    """The defaults of an ISO country code; of a cautious elsewhere for one that is not listed."""
    return dict(DEFAULTS.get(country.upper(), ELSEWHERE))
