"""The settings of the flows beside orders: stock, products, customers, and the day's report."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from include.settings.forms import Code, Strict


class KitRow(Strict):
    """A SKU that is sold as several items; up to `offer` of it are set aside, so that no part is sold twice."""

    parts: Annotated[Mapping[str, Annotated[int, Field(ge=1)]], Field(min_length=1)]
    offer: Annotated[int, Field(ge=0)]


class Stock(Strict):
    """Whether and how quantities go to the shop (accounting.md 8).

    source       `xero`: its tracked items. `warehouse`: a feed over HTTP, by `connection` (docs/warehouse_feed.md)
    counts       of a warehouse: `on_hand`, what lies on its shelves; `available`, less what it has promised itself
    location_id  where orders are sent from; what the source says of no other place is set there
    locations    of a warehouse: its names of places and the shop's locations
    elsewhere    of Xero: locations that people keep, and whose units its quantity includes
    """

    enabled: bool = False
    dry_run: bool = True
    schedule: str = "20 * * * *"
    source: Literal["xero", "warehouse"] = "xero"
    connection: str | None = None
    counts: Literal["on_hand", "available"] = "on_hand"
    location_id: Annotated[int, Field(ge=1)] = 1
    locations: Mapping[str, Annotated[int, Field(ge=1)]] = {}
    elsewhere: tuple[Annotated[int, Field(ge=1)], ...] = ()
    safety: Annotated[int, Field(ge=0)] = 0
    safety_of: Mapping[str, Annotated[int, Field(ge=0)]] = {}
    kits: Mapping[str, KitRow] = {}
    guard_share: Annotated[Decimal, Field(gt=0, le=1)] = Decimal("0.5")
    empty_share: Annotated[Decimal, Field(gt=0, le=1)] = Decimal("0.2")

    @model_validator(mode="after")
    def _says_where_from(self) -> Self:
        if (self.source == "warehouse") != bool(self.connection):
            raise ValueError("`source: warehouse` and the `connection` of its feed go together")
        if self.source == "xero" and self.locations:
            raise ValueError("`locations` are of a warehouse: Xero knows no places, all it has is set at `location_id`")
        taken = {self.location_id, *self.locations.values()} & {*self.elsewhere}
        if taken:
            raise ValueError(f"location {min(taken)} is set by us and kept by people (`elsewhere`): it can be one only")
        return self


class Reconciliation(Strict):
    """When both sides are counted and compared (accounting.md 9); in UTC, once a day."""

    enabled: bool = True
    schedule: str = "30 6 * * *"


class Products(Strict):
    """Whether and how products become items. Never their purchase side, never a quantity.

    sales_account  where items are sold to; left out: `accounts: sales`
    tax_types      by the shop's tax class; a class without one leaves the item's tax to its account
    price          `none` leaves prices to the bookkeeper
    description    `name` is the name with its options, `shop` the shop's own text
    visible_only   products that the shop hides become no items
    """

    enabled: bool = False
    schedule: str = "50 * * * *"
    sales_account: Code | None = None
    tax_types: Mapping[Annotated[int, Field(ge=0)], Annotated[str, Field(min_length=1)]] = {}
    price: Literal["as_entered", "none"] = "as_entered"
    description: Literal["name", "shop"] = "name"
    visible_only: bool = False


class Customers(Strict):
    """Whether and how customers become contacts ahead of their orders (accounting.md 6).

    tax_number_field     the customer form field that holds the tax number, by its name in the shop
    currencies_by_group  the default currency of the contacts of a customer group, by the group's number; of others, none
    """

    enabled: bool = False
    schedule: str = "40 * * * *"
    tax_number_field: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    currencies_by_group: Mapping[Annotated[int, Field(ge=0)], Annotated[str, Field(pattern=r"^[A-Z]{3}$")]] = {}


class WithinSeconds(Strict):
    """Whether orders enter the books within seconds of the shop's webhook, instead of at the next `schedule`.

    settle_seconds  how long the bell waits for more of the same before it rings
    """

    enabled: bool = False
    settle_seconds: Annotated[int, Field(ge=0, le=600)] = 1


class Webhooks(Strict):
    """Where the vendors find our door from outside: `https://bridge.example.com/bridge`. Empty: none are registered."""

    url: Annotated[str, Field(pattern=r"^(https://[^\s]+)?$")] = ""
