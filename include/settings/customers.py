"""The part of a store's file that is about customers: whether they become contacts ahead of their orders."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Group = Annotated[int, Field(ge=0)]  # 0: the customers of no group
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class Customers(BaseModel):
    """Whether and how customers become contacts ahead of their orders (accounting.md 6).

    tax_number_field     the customer form field that holds the tax number, by its name in the shop
    currencies_by_group  the default currency of the contacts of a customer group, by the group's number; of others, none
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = False
    schedule: str = "40 * * * *"
    tax_number_field: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    currencies_by_group: Mapping[Group, Currency] = {}
