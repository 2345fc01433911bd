"""A store's YAML file: every setting, its form and its default. What it means for the core is in `store.py`."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from include.domain.policy import StatusAct
from include.settings.code import Code
from include.settings.products import Products


def _percent(value: object) -> Decimal:
    """A rate as the accountant writes it: 10, 5.5 or "5.5". YAML's float is read by its text, so it stays exact."""
    try:
        rate = Decimal(str(value))
    except InvalidOperation:
        rate = Decimal("NaN")
    if isinstance(value, bool) or not rate.is_finite() or rate < 0:
        raise ValueError("is a rate in percent, such as 10 or 5.5")
    return rate


def utc(moment: datetime | date) -> datetime:
    """The moment in UTC; a date is its first moment."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)


def _rate(value: object) -> Decimal:
    """A currency rate as the company states it: "0.6482". YAML's float is read by its text, so it stays exact."""
    try:
        rate = Decimal(str(value))
    except InvalidOperation:
        rate = Decimal("NaN")
    if isinstance(value, bool) or not rate.is_finite() or rate <= 0:
        raise ValueError("is a rate above zero, such as 0.6482")
    return rate


def _amount(value: object) -> Decimal:
    """An amount of money: "1250.00". YAML's float is read by its text, so it stays exact."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal("NaN")
    if isinstance(value, bool) or not amount.is_finite() or amount < 0:
        raise ValueError("is an amount such as 1250.00")
    return amount


Money = Annotated[Decimal, BeforeValidator(_amount)]
Rate = Annotated[Decimal, BeforeValidator(_rate)]
Percent = Annotated[Decimal, BeforeValidator(_percent)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
Moment = Annotated[datetime | date, AfterValidator(utc)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Shop(_Strict):
    """The store in BigCommerce."""

    connection: str
    store_hash: str
    control_panel_url: str = ""
    b2b_edition: bool = False


class Books(_Strict):
    """The organisation in Xero. `organisation` names the pool and the budget of calls that all its stores share.

    `calls_kept_a_day` of the day's calls are kept from the batches, for orders within seconds and for people.
    """

    connection: str
    organisation: Key
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    calls_kept_a_day: Annotated[int, Field(ge=0, le=2000)] = 50


class Window(_Strict):
    """How the moving window of `orders_to_books` is cut (reference bigcommerce.md 3)."""

    overlap_minutes: Annotated[int, Field(ge=1, le=1440)] = 10
    lag_seconds: Annotated[int, Field(ge=0, le=3600)] = 30


class AccountCodes(_Strict):
    """Account codes by role."""

    sales: Code
    shipping: Code
    handling: Code
    wrapping: Code
    rounding: Code
    fees: Mapping[str, Code] = {}
    gift_card_liability: Code | None = None
    store_credit_liability: Code | None = None
    sales_tax_liability: Code | None = None
    card_clearing: Code | None = None
    paypal_clearing: Code | None = None


class TaxRow(_Strict):
    """One tax rule; `*` matches anything. First match wins."""

    rule: str
    country: str = "*"
    state: str = "*"
    tax_name: str = "*"
    rate: Percent
    tax_class: str = "*"
    line_kind: str = "*"
    tax_type: str


class PaymentRow(_Strict):
    """One way of paying and its account."""

    tender: str
    account: Code
    payment_method: str = "*"
    gateway: str = "*"
    method: str = "*"
    in_full: bool = False
    arrives_later: bool = False
    excluded: bool = False
    clears_after_days: Annotated[int, Field(ge=0, le=60)] = 0


class RateRow(_Strict):
    """The company's own rate of a currency from a day on: units of it for one of the organisation's."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    since: date
    rate: Rate


class Channel(_Strict):
    """A channel of the shop whose tax the marketplace owes: it goes to the marketplace's clearing account."""

    tax_collected_by: Literal["merchant", "marketplace"]
    clearing_account: Code | None = None

    @model_validator(mode="after")
    def _clears_somewhere(self) -> Self:
        if self.tax_collected_by == "marketplace" and self.clearing_account is None:
            raise ValueError("a marketplace that collects the tax needs its `clearing_account`")
        return self


class OpeningBalances(_Strict):
    """What the shop owed its customers on the connection's first day, in the organisation's currency."""

    gift_card: Money | None = None
    store_credit: Money | None = None


class Policies(_Strict):
    """The decisions of accounting.md; None means that the country decides."""

    prefix: Annotated[str, Field(min_length=1, max_length=20)] = "BC-"
    credit_prefix: Annotated[str, Field(min_length=1, max_length=20)] = "BCR-"
    tolerance_minor_units: Annotated[int, Field(ge=0, le=50)] = 5
    tax_posting: Literal["tax_type", "liability_line"] = "tax_type"
    tax_detail: Literal["when_needed", "always"] = "when_needed"
    unknown_sku: Literal["post_without_item", "hold"] = "post_without_item"
    locked_period: Literal["hold", "first_open_day"] = "hold"
    zero_total: Literal["invoice", "skip"] = "invoice"
    uncaptured: Literal["authorised", "draft"] = "authorised"
    adopt_before: Moment | None = None
    part_paid_pending: Literal["authorise", "hold"] | None = None
    approval_date: Literal["event", "order"] = "event"
    currency_rate: Literal["xero", "store", "table"] = "xero"
    voucher_kind: Literal["multi_purpose", "single_purpose"] | None = None
    order_level_refund: Literal["hold", "order_mix", "as_store"] | None = None
    refund_restocks: Literal["no", "yes", "ask"] = "no"
    untaxed_orders: Literal["by_rules", "no_tax"] = "by_rules"
    promotional_credit: Literal["tender", "hold"] = "tender"
    invoice_from: Literal["order", "dispatch", "completion"] = "order"
    branding_theme_id: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")] | None = None
    no_tax_type: str | None = None
    first_run_status: Literal["DRAFT", "AUTHORISED"] = "AUTHORISED"
    terms_days: Annotated[int, Field(ge=0, le=365)] = 14
    one_contact: str | None = None
    tax_filed_to: date | None = None
    # Daily summaries: from which day on, which orders stay single, and whether. Going back, leave the day.
    summary_from: date | None = None
    single_above: Money | None = None
    posting: Literal["order", "daily_summary"] = "order"
    orders_a_day_max: Annotated[int, Field(ge=1)] = 5000
    held_share_max: Annotated[float, Field(gt=0, le=1)] = 0.5

    @field_validator("posting")
    @classmethod
    def _begins_on_a_day(cls, posting: str, read: ValidationInfo) -> str:
        if posting == "daily_summary" and read.data.get("summary_from") is None:
            raise ValueError(
                "daily_summary needs `summary_from`: the first day, in the organisation's zone, whose orders are summed up"
            )
        return posting


class Stock(_Strict):
    """Whether and how Xero's quantities go to the shop (accounting.md 8)."""

    enabled: bool = False
    dry_run: bool = True
    schedule: str = "20 * * * *"
    location_id: Annotated[int, Field(ge=1)] = 1
    safety: Annotated[int, Field(ge=0)] = 0
    guard_share: Annotated[Decimal, Field(gt=0, le=1)] = Decimal("0.5")


class Alerts(_Strict):
    """Who hears what, and when of silence: no order (None: never), none posted, a cursor that stands still."""

    finance: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    still_due_after_days: Annotated[int, Field(ge=1, le=365)] = 7
    no_order_after_hours: Annotated[int, Field(ge=1, le=2160)] | None = None
    unposted_after_hours: Annotated[int, Field(ge=1, le=720)] = 24
    standstill_after_hours: Annotated[int, Field(ge=1, le=720)] = 3
    sender: str = "bridge@localhost"


class StoreFile(_Strict):
    """A store's YAML file, whole."""

    store: Key
    name: str
    bigcommerce: Shop
    xero: Books
    mode: Literal["shadow", "live"] = "shadow"
    schedule: str = "*/15 * * * *"
    start_from: Moment
    window: Window = Window()
    accounts: AccountCodes
    tax_rules: tuple[TaxRow, ...] = Field(min_length=1)
    payments: tuple[PaymentRow, ...] = ()
    statuses: Mapping[Annotated[int, Field(ge=0, le=14)], StatusAct] = {}
    tracking: Annotated[Mapping[str, str | Mapping[str, str]], Field(max_length=2)] = {}
    item_codes: Mapping[str, Annotated[str, Field(min_length=1, max_length=30)]] = {}
    opening_balances: OpeningBalances = OpeningBalances()
    currency_rates: tuple[RateRow, ...] = ()
    channels: Mapping[Annotated[int, Field(ge=1)], Channel] = {}
    policies: Policies = Policies()
    stock: Stock = Stock()
    products: Products = Products()
    alerts: Alerts = Alerts()

    @field_validator("stock")
    @classmethod
    def _moves_by_orders(cls, stock: Stock, read: ValidationInfo) -> Stock:
        policies = read.data.get("policies")
        if stock.enabled and policies is not None and policies.posting == "daily_summary":
            raise ValueError(
                "`enabled: true` does not go with `posting: daily_summary`: a day's invoice names no items, "
                "so what Xero has on hand would not fall, and the shop would sell it again"
            )
        return stock
