"""One store's settings: read from YAML, checked, and turned into the core's `Policy`."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from include.domain.policy import Accounts, Policy, StatusAct, TaxRule, TenderRule
from include.domain.status import DEFAULT_STATUSES
from include.settings.countries import defaults_for
from include.settings.mistakes import content_of, mistakes
from include.settings.tenders import standard_tenders

STORES_FOLDER = Path(__file__).parent / "stores"


class SettingsError(Exception):
    """A store's file has a mistake. The text names file, line, setting, and what is allowed."""


def _percent(value: object) -> Decimal:
    """A rate as the accountant writes it: 10, 5.5 or "5.5". YAML's float is read by its text, so it stays exact."""
    try:
        rate = Decimal(str(value))
    except InvalidOperation:
        rate = Decimal("NaN")
    if isinstance(value, bool) or not rate.is_finite() or rate < 0:
        raise ValueError("is a rate in percent, such as 10 or 5.5")
    return rate


def _code(value: object) -> str:
    """A code as it stands in Xero. YAML makes 200.10 the number 200.1, which is another account."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("is a code: put it in quotes")
    return str(value)


def _utc(moment: datetime | date) -> datetime:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)


Percent = Annotated[Decimal, BeforeValidator(_percent)]
Code = Annotated[str, BeforeValidator(_code), Field(min_length=1, max_length=20)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
Moment = Annotated[datetime | date, AfterValidator(_utc)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Shop(_Strict):
    """The store in BigCommerce."""

    connection: str
    store_hash: str
    control_panel_url: str = ""
    b2b_edition: bool = False


class Books(_Strict):
    """The organisation in Xero. `organisation` names the pool that all stores of one organisation share."""

    connection: str
    organisation: Key
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


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
    currency_rate: Literal["xero", "store"] = "xero"
    voucher_kind: Literal["multi_purpose", "single_purpose"] | None = None
    order_level_refund: Literal["hold", "as_store"] | None = None
    no_tax_type: str | None = None
    first_run_status: Literal["DRAFT", "AUTHORISED"] = "AUTHORISED"
    terms_days: Annotated[int, Field(ge=0, le=365)] = 14
    one_contact: str | None = None
    tax_filed_to: date | None = None
    orders_a_day_max: Annotated[int, Field(ge=1)] = 5000
    held_share_max: Annotated[float, Field(gt=0, le=1)] = 0.5


class Stock(_Strict):
    """Whether and how Xero's quantities go to the shop (accounting.md 8)."""

    enabled: bool = False
    dry_run: bool = True
    schedule: str = "20 * * * *"
    location_id: Annotated[int, Field(ge=1)] = 1
    safety: Annotated[int, Field(ge=0)] = 0
    guard_share: Annotated[Decimal, Field(gt=0, le=1)] = Decimal("0.5")


class Alerts(_Strict):
    """Who hears what."""

    finance: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
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
    tracking: Mapping[str, str] = {}
    policies: Policies = Policies()
    stock: Stock = Stock()
    alerts: Alerts = Alerts()


@dataclass(frozen=True)
class Store:
    """A store that may run: its settings, checked. `key` names its DAGs, pools and rows."""

    file: StoreFile
    path: Path
    text: str

    @property
    def key(self) -> str:
        """The store's short name."""
        return self.file.store

    @property
    def shop_pool(self) -> str:
        """Airflow's pool for calls to the shop."""
        return f"shop_{self.key}"

    @property
    def books_pool(self) -> str:
        """Airflow's pool for calls to the organisation, shared by all its stores."""
        return f"books_{self.file.xero.organisation}"

    @cached_property
    def version(self) -> str:
        """A digest of the file: plans say by which settings they were made."""
        import hashlib

        return hashlib.sha256(self.text.encode()).hexdigest()[:16]

    def policy(self, key: bytes = b"") -> Policy:
        """The settings as the core reads them.

        key  the secret from which the digests of guests' e-mails are made.
        """
        file, policies = self.file, self.file.policies
        chosen = defaults_for(file.xero.country)
        chosen |= {name: getattr(policies, name) for name in chosen if getattr(policies, name) is not None}
        codes = {name: code for name, code in file.accounts.model_dump(exclude={"fees"}).items() if code}
        own = tuple(TenderRule(**row.model_dump()) for row in file.payments)
        return Policy(
            store=file.store,
            store_hash=file.bigcommerce.store_hash,
            accounts=Accounts(
                **{name: code for name, code in codes.items() if not name.endswith("_clearing")},
                fees={name.strip().casefold(): code for name, code in file.accounts.fees.items()},
            ),
            tax_rules=tuple(
                TaxRule(
                    name=row.rule,
                    tax_type=row.tax_type,
                    rate=row.rate,
                    country=row.country,
                    state=row.state,
                    tax_name=row.tax_name,
                    tax_class=row.tax_class,
                    line_kind=row.line_kind,
                )
                for row in file.tax_rules
            ),
            tenders=own + tuple(standard_tenders(codes)),
            statuses={**DEFAULT_STATUSES, **file.statuses},
            prefix=policies.prefix,
            credit_prefix=policies.credit_prefix,
            tolerance_minor_units=policies.tolerance_minor_units,
            tax_posting=policies.tax_posting,
            tax_detail=policies.tax_detail,
            unknown_sku=policies.unknown_sku,
            locked_period=policies.locked_period,
            zero_total=policies.zero_total,
            uncaptured=policies.uncaptured,
            approval_date=policies.approval_date,
            currency_rate=policies.currency_rate,
            first_run_status=policies.first_run_status,
            terms_days=policies.terms_days,
            one_contact=policies.one_contact,
            b2b_edition=file.bigcommerce.b2b_edition,
            start_from=_utc(file.start_from),
            tax_filed_to=policies.tax_filed_to,
            tracking=tuple(file.tracking.items()),
            control_panel_url=file.bigcommerce.control_panel_url,
            key=key,
            **chosen,
        )


def stores_folder() -> Path:
    """Where the store files are: `BRIDGE_STORES`, or the folder beside this file."""
    return Path(os.environ.get("BRIDGE_STORES") or STORES_FOLDER)


def store_files() -> Iterator[Path]:
    """Every store file, by name. The key of a store is its file's name."""
    yield from sorted(stores_folder().glob("*.yaml"))


def store_named(key: str) -> Store:
    """The store of that key, checked. Raises SettingsError."""
    path = stores_folder() / f"{key}.yaml"
    if not path.is_file():
        known = ", ".join(each.stem for each in store_files()) or "none"
        raise SettingsError(f"There is no store {key!r}: {path.name} is not in the stores' folder, which has {known}.")
    return read_store(path)


def read_store(path: Path) -> Store:
    """A store out of its file. Raises SettingsError with file, line and what is allowed."""
    try:
        text, content = content_of(path)
    except ValueError as error:
        raise SettingsError(str(error)) from None
    if not isinstance(content, dict):
        raise SettingsError(f"{path.name}, line 1: a store file is a mapping of settings; this one is empty.")
    try:
        file = StoreFile.model_validate(content)
    except ValidationError as error:
        raise SettingsError(mistakes(path, text, StoreFile, error)) from None
    if file.store != path.stem:
        raise SettingsError(
            f"{path.name}, line 1: `store` is {file.store!r}, but a store is named as its file: {path.stem!r}."
        )
    return Store(file, path, text)
