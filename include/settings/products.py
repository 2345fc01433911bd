"""The part of a store's file that is about products: whether and how they become items of Xero."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from include.settings.code import Code

TaxClass = Annotated[int, Field(ge=0)]  # 0: the shop's default class


class Products(BaseModel):
    """Whether and how products become items. Never their purchase side, never a quantity.

    sales_account  where items are sold to; left out: `accounts: sales`
    tax_types      by the shop's tax class; a class without one leaves the item's tax to its account
    price          `none` leaves prices to the bookkeeper
    description    `name` is the name with its options, `shop` the shop's own text
    visible_only   products that the shop hides become no items
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = False
    schedule: str = "50 * * * *"
    sales_account: Code | None = None
    tax_types: Mapping[TaxClass, Annotated[str, Field(min_length=1)]] = {}
    price: Literal["as_entered", "none"] = "as_entered"
    description: Literal["name", "shop"] = "name"
    visible_only: bool = False
