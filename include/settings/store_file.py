"""A store's YAML file: every setting, its form and its default. What it means for the core is in `store.py`."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import (
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from include.domain.policy import StatusAct
from include.settings.alerts import Alerts
from include.settings.flow_settings import Customers, Products, Reconciliation, Stock, Webhooks, WithinSeconds
from include.settings.forms import Code, Key, Moment, Money, Percent, Rate, Strict


class Shop(Strict):
    """The store in BigCommerce."""

    connection: str
    store_hash: str
    control_panel_url: str = ""
    b2b_edition: bool = False


class Books(Strict):
    """The organisation in Xero. `organisation` names the pool and the budget of calls that all its stores share.

    `calls_kept_a_day` of the day's calls are kept from the batches, for orders within seconds and for people.
    """

    connection: str
    organisation: Key
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    calls_kept_a_day: Annotated[int, Field(ge=0, le=2000)] = 50


class Window(Strict):
    """How the moving window of `orders_to_books` is cut (reference bigcommerce.md 3)."""

    overlap_minutes: Annotated[int, Field(ge=1, le=1440)] = 10
    lag_seconds: Annotated[int, Field(ge=0, le=3600)] = 30


class AccountCodes(Strict):
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


class TaxRow(Strict):
    """One tax rule; `*` matches anything. First match wins."""

    rule: str
    country: str = "*"
    state: str = "*"
    tax_name: str = "*"
    rate: Percent
    tax_class: str = "*"
    line_kind: str = "*"
    tax_type: str


class PaymentRow(Strict):
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


class RateRow(Strict):
    """The company's own rate of a currency from a day on: units of it for one of the organisation's."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    since: date
    rate: Rate


class Channel(Strict):
    """A channel of the shop whose tax the marketplace owes: it goes to the marketplace's clearing account."""

    tax_collected_by: Literal["merchant", "marketplace"]
    clearing_account: Code | None = None

    @model_validator(mode="after")
    def _clears_somewhere(self) -> Self:
        if self.tax_collected_by == "marketplace" and self.clearing_account is None:
            raise ValueError("a marketplace that collects the tax needs its `clearing_account`")
        return self


class OpeningBalances(Strict):
    """What the shop owed its customers on the connection's first day, in the organisation's currency."""

    gift_card: Money | None = None
    store_credit: Money | None = None


class Policies(Strict):
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


class StoreFile(Strict):
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
    reconciliation: Reconciliation = Reconciliation()
    products: Products = Products()
    customers: Customers = Customers()
    within_seconds: WithinSeconds = WithinSeconds()
    webhooks: Webhooks = Webhooks()
    alerts: Alerts = Alerts()
    deciders: tuple[str, ...] = ()  # who may decide held orders and sign a day, by their names in Airflow

    @field_validator("stock")
    @classmethod
    def _moves_by_orders(cls, stock: Stock, read: ValidationInfo) -> Stock:
        policies = read.data.get("policies")
        by_xero = stock.enabled and stock.source == "xero"
        if by_xero and policies is not None and policies.posting == "daily_summary":
            raise ValueError(
                "`enabled: true` does not go with `posting: daily_summary`: a day's invoice names no items, "
                "so what Xero has on hand would not fall, and the shop would sell it again"
            )
        return stock

    @field_validator("customers")
    @classmethod
    def _have_contacts_of_their_own(cls, customers: Customers, read: ValidationInfo) -> Customers:
        policies = read.data.get("policies")
        if customers.enabled and policies is not None and policies.one_contact is not None:
            raise ValueError(
                "`enabled: true` does not go with `policies: one_contact`: all shoppers are one contact there, "
                "so no customer has one of their own"
            )
        return customers
