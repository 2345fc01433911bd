"""What of a shop's product becomes an item of Xero: its name, words, sales price, account and tax type.

Never its purchase side and never a quantity: an item's tracking is the bookkeeper's, and stock moves by documents.
Limits: reference xero.md 7.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Literal

from include.domain.outcome import Hold, Skip
from include.domain.policy import Reference

NAME_MAX = 50
DESCRIPTION_MAX = 4000
PRICE_DIGITS = 4
PRICE_MAX = Decimal(10) ** 12  # ours: no limit is documented, and beyond it is a mistyped price

NAME, DESCRIPTION = "Name", "Description"
PRICE, ACCOUNT, TAX_TYPE = "SalesDetails.UnitPrice", "SalesDetails.AccountCode", "SalesDetails.TaxType"
FIELDS = (NAME, DESCRIPTION, PRICE, ACCOUNT, TAX_TYPE)  # all that we ever send of an item


@dataclass(frozen=True, slots=True)
class Sellable:
    """One thing that the shop sells under one SKU: a variant, or a product without options.

    key          what names it in our tables: its SKU, or the product where the SKU is none or not its alone
    options      of a variant: `Size: S`
    description  the shop's own words, as plain text
    price        as entered in the shop, with or without tax as the shop enters prices; None where it states none
    """

    key: str
    sku: str
    product_id: int
    variant_id: int | None
    name: str
    options: tuple[str, ...]
    description: str
    price: Decimal | None
    tax_class_id: int
    visible: bool
    modified_at: datetime | None

    @property
    def title(self) -> str:
        """The name with its options, as the shop's order lines spell it."""
        return f"{self.name} ({', '.join(self.options)})" if self.options else self.name

    @property
    def facts(self) -> str:
        """What of the shop decides the item. Settings are not in it: they make no difference by themselves (T7)."""
        price = "" if self.price is None else f"{self.price.normalize():f}"
        return repr((self.sku, self.title, self.description, price, self.tax_class_id, self.visible))


@dataclass(frozen=True, slots=True)
class ItemPolicy:
    """The settings of a store's items.

    tax_types  the shop's tax class -> the tax type; a class that is not in it gets none, and Xero takes the account's
    """

    account: str
    tax_types: Mapping[int, str] = field(default_factory=dict)
    price: Literal["as_entered", "none"] = "as_entered"
    description: Literal["name", "shop"] = "name"
    visible_only: bool = False


def named(sellables: Sequence[Sellable]) -> list[Sellable]:
    """The same, each with a key of its own: the SKU, and the product's number where there is none or it stands twice."""
    times = Counter(each.sku for each in sellables)
    return [each if each.sku and times[each.sku] == 1 else replace(each, key=_numbered(each)) for each in sellables]


def _numbered(sellable: Sellable) -> str:
    variant = f", variant {sellable.variant_id}" if sellable.variant_id is not None else ""
    place = f"product {sellable.product_id}{variant}"
    return f"{sellable.sku} ({place})" if sellable.sku else place


def wanted(sellable: Sellable, policy: ItemPolicy) -> dict[str, str]:
    """The item's fields as they would be sent today, as text. What the settings leave to the bookkeeper is not in it."""
    words = sellable.description if policy.description == "shop" else sellable.title
    fields = {NAME: as_name(sellable.title), DESCRIPTION: as_words(words or sellable.title), ACCOUNT: policy.account}
    if policy.price == "as_entered" and sellable.price is not None:
        fields[PRICE] = as_price(sellable.price)
    if sellable.tax_class_id in policy.tax_types:
        fields[TAX_TYPE] = policy.tax_types[sellable.tax_class_id]
    return fields


def stopped(sellable: Sellable, policy: ItemPolicy, reference: Reference) -> Skip | Hold | None:
    """Why it becomes no item by itself; None where nothing stands against it."""
    if not sellable.sku:
        return Skip("no_sku", f"{as_name(sellable.title)}: neither the product nor this variant of it has a SKU.")
    if policy.visible_only and not sellable.visible:
        return Skip("excluded_by_setting", "It is not visible in the shop, and `products: visible_only` is set.")
    account = reference.accounts.get(policy.account)
    if account is None or not account.active:
        words = f"Account {policy.account}, which items are sold to, is missing or archived in Xero."
        return Hold("account_dead", words, {"account": policy.account})
    tax_type = policy.tax_types.get(sellable.tax_class_id)
    known = reference.tax_types.get(tax_type) if tax_type is not None else None
    if tax_type is not None and (known is None or not known.active or not known.on_revenue):
        words = f"Tax type {tax_type} of tax class {sellable.tax_class_id} may not be used on sales in Xero."
        return Hold(
            "tax_type_dead", words, {"tax_type": tax_type}, "Correct `products: tax_types` in the store's settings."
        )
    return None


def as_name(text: str) -> str:
    """A text as Xero's Name: one line, at most 50 characters."""
    return _one_line(text)[:NAME_MAX].rstrip()


def as_words(text: str) -> str:
    """A text as Xero's Description: lines without blanks around them, at most 4,000 characters."""
    lines = [_one_line(line) for line in text.splitlines()]
    return "\n".join(line for line in lines if line)[:DESCRIPTION_MAX].rstrip()


def as_price(price: Decimal) -> str:
    """A price with at most four decimals, halves away from zero; the same figure is the same text."""
    with localcontext() as exact:
        exact.prec = 60
        rounded = price.quantize(Decimal(1).scaleb(-PRICE_DIGITS), ROUND_HALF_UP).normalize()
    return f"{rounded or abs(rounded):f}"


def as_compared(name: str, text: str) -> str:
    """What stands in Xero as it would have been sent: blanks that Xero trims or keeps make no difference."""
    return as_words(text) if name == DESCRIPTION else _one_line(text)


def _one_line(text: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())
