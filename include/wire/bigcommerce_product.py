"""A product of the shop as what it sells: one thing a SKU (reference bigcommerce.md 7)."""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from html.parser import HTMLParser
from typing import Any

from include.domain.item import Sellable
from include.wire.bigcommerce_rows import Problem

_BREAKS = ("p", "br", "div", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "h5", "h6")
_UNSEEN = ("script", "style")


def sellables_of(product: Any) -> tuple[Sellable, ...] | Problem:
    """The product's variants; the product itself where it has none. Or what keeps it from being read."""
    if not isinstance(product, dict) or not isinstance(product.get("name"), str):
        return Problem("unknown_shape", "name", "The shop answered a product without a name.")
    variants = product.get("variants")
    if variants is not None and not isinstance(variants, list):
        return Problem("unknown_shape", "variants", "The product's variants are not a list.")
    try:
        if not variants:
            return (_sellable(product, None),)
        return tuple(_sellable(product, each) for each in variants)
    except (AttributeError, InvalidOperation, KeyError, TypeError, ValueError) as error:
        return Problem("unknown_shape", type(error).__name__, "A field of the product has a form that we do not know.")


def modified_of(product: Any) -> datetime | None:
    """When the shop changed the product last; None where it does not say."""
    try:
        moment = datetime.fromisoformat(product["date_modified"])
    except (KeyError, TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _sellable(product: dict[str, Any], variant: dict[str, Any] | None) -> Sellable:
    own = variant or {}
    sku = _storable(own.get("sku") or ("" if own.get("option_values") else product.get("sku")) or "")
    price = own.get("price") if own.get("price") is not None else product.get("price")
    return Sellable(
        key=sku,
        sku=sku if sku.strip() else "",
        product_id=_whole(product["id"]),
        variant_id=_whole(own["id"]) if own else None,
        name=product["name"],
        options=tuple(f"{each['option_display_name']}: {each['label']}" for each in own.get("option_values") or ()),
        description=plain_text(product.get("description") or ""),
        price=None if price is None else _amount(price),
        tax_class_id=_whole(product.get("tax_class_id") or 0),
        visible=product.get("is_visible") is not False,
        modified_at=modified_of(product),
    )


def _amount(value: Any) -> Decimal:
    """A price whose digits can be written out: 1e999999999 is a number of JSON too."""
    amount = Decimal(str(value))
    if isinstance(value, bool) or not amount.is_finite() or (amount and not -30 < amount.adjusted() < 20):
        raise ValueError("a price is a number")
    return amount


def _whole(value: Any) -> int:
    number = int(value)
    if isinstance(value, bool) or number != value or not abs(number) < 2**63:
        raise ValueError("a whole number is due")
    return number


def _storable(value: Any) -> str:
    """A SKU that a table can hold and a link be known by: without NUL and halves of characters."""
    text = str(value)
    if "\x00" in text:
        raise ValueError("a SKU is text")
    text.encode()  # raises UnicodeEncodeError, a ValueError
    return text


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._unseen += tag in _UNSEEN
        if tag in _BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in _UNSEEN))
        if tag in _BREAKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.words.append(data)


def plain_text(html: str) -> str:
    """The words of a piece of HTML, a line a paragraph."""
    parser = _Words()
    parser.feed(html)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.words).splitlines())
    return "\n".join(line for line in lines if line)
