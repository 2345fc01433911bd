"""What a company decided: the store's settings as the core reads them, and the organisation as Xero states it."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from include.domain.document import InvoiceStatus


@functools.lru_cache(maxsize=256)  # a store has few rates
def _percent(rate: Decimal) -> str:
    return f"{rate.normalize():f}"


@dataclass(frozen=True, slots=True)
class TaxRule:
    """One row of the tax mapping. `*` matches anything; the first row that matches wins (accounting.md 3)."""

    name: str
    tax_type: str
    rate: Decimal
    country: str = "*"
    state: str = "*"
    tax_name: str = "*"
    tax_class: str = "*"
    line_kind: str = "*"

    @property
    def percent(self) -> str:
        """The rate as people write it: 10, 12.5."""
        return _percent(self.rate)


@dataclass(frozen=True, slots=True)
class TenderRule:
    """Which account a way of paying belongs to. Patterns are compared without case; `*` matches anything.

    in_full             the shop charges this method in full at once: no look-up of its tenders is needed
    arrives_later       the money arrives later, and is dated when it does (bank deposit, cheque, cash on delivery)
    excluded            never posted by us
    clears_after_days   posted so many days after the money came; its date stays that of the money
    """

    tender: str
    account: str
    gateway: str = "*"
    method: str = "*"
    payment_method: str = "*"
    in_full: bool = False
    arrives_later: bool = False
    excluded: bool = False
    clears_after_days: int = 0


@dataclass(frozen=True, slots=True)
class TrackingRule:
    """Which option of a tracking category the lines of an order bear; the first rule of a category that matches wins."""

    category: str
    option: str
    channel: str = "*"
    line_kind: str = "*"


@dataclass(frozen=True, slots=True)
class DatedRate:
    """A company's own currency rate from a day on: units of the foreign currency for one of the organisation's."""

    currency: str
    since: date
    rate: Decimal


StatusAct = Literal["skip", "wait", "draft_until_paid", "authorise", "refund", "cancel"]


@dataclass(frozen=True, slots=True)
class Accounts:
    """Account codes by role. `fees` maps a fee's name (lower case, `*` for any) to its account."""

    sales: str
    shipping: str
    handling: str
    wrapping: str
    rounding: str
    fees: Mapping[str, str] = field(default_factory=dict)
    gift_card_liability: str = ""
    store_credit_liability: str = ""
    sales_tax_liability: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings of one store. Defaults are those of accounting.md; where the country decides, settings fill it in."""

    store: str
    store_hash: str
    accounts: Accounts
    tax_rules: tuple[TaxRule, ...]
    tenders: tuple[TenderRule, ...]
    statuses: Mapping[int, StatusAct]
    no_tax_type: str
    prefix: str = "BC-"
    credit_prefix: str = "BCR-"
    tolerance_minor_units: int = 5
    tax_posting: Literal["tax_type", "liability_line"] = "tax_type"
    tax_detail: Literal["when_needed", "always"] = "when_needed"
    unknown_sku: Literal["post_without_item", "hold"] = "post_without_item"
    locked_period: Literal["hold", "first_open_day"] = "hold"
    zero_total: Literal["invoice", "skip"] = "invoice"
    uncaptured: Literal["authorised", "draft"] = "authorised"
    part_paid_pending: Literal["authorise", "hold"] = "hold"
    approval_date: Literal["event", "order"] = "event"
    currency_rate: Literal["xero", "store", "table"] = "xero"
    currency_rates: tuple[DatedRate, ...] = ()
    voucher_kind: Literal["multi_purpose", "single_purpose"] | None = None
    order_level_refund: Literal["hold", "order_mix", "as_store"] = "hold"
    first_run_status: InvoiceStatus = "AUTHORISED"
    terms_days: int = 14
    one_contact: str | None = None
    b2b_edition: bool = False
    start_from: datetime | None = None
    tax_filed_to: date | None = None
    tracking: tuple[TrackingRule, ...] = ()
    branding_theme_id: str | None = None
    refund_restocks: Literal["no", "yes", "ask"] = "no"
    untaxed_orders: Literal["by_rules", "no_tax"] = "by_rules"
    promotional_credit: Literal["tender", "hold"] = "tender"
    item_codes: Mapping[str, str] = field(default_factory=dict)  # SKU -> the item of Xero that it is, where they differ
    kits: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # SKU -> the items that one of it takes
    marketplaces: Mapping[int, str] = field(default_factory=dict)  # channel -> the account its tax goes to
    posting: Literal["order", "daily_summary"] = "order"
    summary_from: date | None = None
    single_above: Decimal | None = None
    # Only a person's decision on one order sets these (decision.py).
    tax_as_charged: bool = False
    cancelled_stays: bool = False
    declined_refund: Literal["hold", "passed"] = "hold"
    tips: frozenset[str] = frozenset({"tip", "tips", "gratuity", "donation", "donations"})
    control_panel_url: str = ""
    key: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Account:
    """An account as Xero states it."""

    code: str
    type: str
    active: bool
    takes_payments: bool
    account_class: str = ""
    system: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class TaxType:
    """A tax rate as Xero states it."""

    code: str
    effective_rate: Decimal
    active: bool
    on_revenue: bool = True
    on_liabilities: bool = True


@dataclass(frozen=True, slots=True)
class Reference:
    """The organisation in the moment of a snapshot: what the plan may rely on (design 4.16).

    `items` is None where the organisation's items were not read.
    """

    country: str
    base_currency: str
    zone: str
    currencies: frozenset[str]
    accounts: Mapping[str, Account]
    tax_types: Mapping[str, TaxType]
    items: frozenset[str] | None = None
    lock_date: date | None = None
    forbidden: frozenset[str] = frozenset()  # what the plan does not allow, as Xero names it
    short_code: str = ""
