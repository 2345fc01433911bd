"""What a store's set-up must ask, since nobody can guess it (accounting.md 11).

Each question has a proposal by country, of accountants' practice and not legal advice, and says why it is asked. Where the
country needs an answer, a store does not go live without one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from include.settings.countries import defaults_for
from include.settings.store_file import StoreFile

# Where a voucher of one known rate is taxed when it is sold, so that its kind decides the tax point (EU and UK law of 2019).
VOUCHER_LAW = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GB",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the set-up.

    answer     what the store's file says; None where it says nothing
    proposal   what holds then; None where nothing can be proposed
    required   whether the store may not go live without an answer
    """

    setting: str
    asks: str
    why: str
    answer: Any
    proposal: Any
    required: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it must be answered, and is not."""
        return self.required and self.answer is None


def questions_of(file: StoreFile) -> Iterator[Question]:
    """The questions of a store, in the order in which an accountant asks them."""
    country = file.xero.country
    policies, said = file.policies, file.policies.model_fields_set
    proposed = {
        "tax_posting": "liability_line" if country == "US" else "tax_type",
        "uncaptured": "authorised",
        "refund_restocks": "no",
        **defaults_for(country),
    }

    def asked(setting: str, asks: str, why: str, *, required: bool = False) -> Question:
        answer = getattr(policies, setting) if setting in said else None
        return Question(f"policies.{setting}", asks, why, answer, proposed.get(setting), required)

    yield asked(
        "voucher_kind",
        "Are gift certificates taxed when they are redeemed (multi_purpose) or when they are sold (single_purpose)?",
        "It decides in which period the tax is due, and whether a used certificate is a payment.",
        required=country in VOUCHER_LAW and file.accounts.gift_card_liability is not None,
    )
    yield asked("no_tax_type", "Which tax type do lines bear that are no sale?", "Liabilities and rounding need one.")
    yield asked(
        "tax_posting",
        "Is tax a tax type on each line, or sales tax as lines of its own (liability_line)?",
        "In the United States the sales tax is owed by state, and Xero's tax types are not made for it.",
        required=country == "US",
    )
    yield asked(
        "part_paid_pending",
        "Is an order that is paid in part invoiced in full (authorise), or held until the rest comes?",
        "In Britain, the EU and Canada only the deposit has a tax point.",
    )
    yield asked(
        "uncaptured",
        "Is an order whose card is only authorised an approved invoice, or a draft until the money is taken?",
        "An authorisation is no money, but the sale may be one.",
    )
    yield asked(
        "order_level_refund",
        "A refund of a free amount has no tax in the shop: hold it, take the order's mix, or as the shop says?",
        "What is left out of it is missing in the tax return.",
    )
    yield asked(
        "refund_restocks",
        "Do refunded goods come back into stock: no, yes, or is a person asked each time?",
        "The shop does not say it, and Xero would raise a quantity that we then offer for sale.",
    )
    yield Question(
        "policies.tax_filed_to",
        "To which day is tax filed?",
        "Nothing dated on or before it is changed, also where Xero's lock date is earlier.",
        policies.tax_filed_to,
        "Xero's lock date",
    )
    for role in ("gift_card", "store_credit"):
        if getattr(file.accounts, f"{role}_liability") is not None:
            yield Question(
                f"opening_balances.{role}",
                f"What did the shop owe in {role.replace('_', ' ')} on the first day?",
                "Certificates and credit of before are redeemed against it.",
                getattr(file.opening_balances, role),
                "0.00",
            )


def open_questions(file: StoreFile) -> list[Question]:
    """The questions without whose answers the store may not go live."""
    return [each for each in questions_of(file) if each.is_open]
