"""What a store offers: products and their variants, sold or not.

Source  products_catalog.v3.yml, product-variants_catalog.v3.yml; recordings of products 77 and 80 and of their variants
        (captured-nango-product77-v3, -product77-variants-trimmed, -product80-base-variant); reference bigcommerce.md 7.

A product without options is its own one variant, `base_variant_id`; one with options has null there, and its variants
carry the SKUs. What an order names and nobody put here is offered as well, at the price of its latest sale.
Whether an edit of a variant moves its product's `date_modified` is [U]: `variants_move_products`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from include.sandbox.ground import Clock, Tell, untold

JsonObject = dict[str, Any]

#: A whole product as recorded (product 80), but for what each product says of itself.
_PRODUCT: JsonObject = {
    **{"type": "physical", "sku": "", "description": "", "weight": 1, "width": 0, "depth": 0, "height": 0},
    **{"price": Decimal(0), "cost_price": 0, "retail_price": 0, "sale_price": 0, "map_price": 0, "tax_class_id": 0},
    **{"product_tax_code": "", "categories": [], "brand_id": 0, "option_set_id": None, "option_set_display": "right"},
    **{"inventory_level": 0, "inventory_warning_level": 0, "inventory_tracking": "none", "reviews_rating_sum": 0},
    **{"reviews_count": 0, "total_sold": 0, "fixed_cost_shipping_price": 0, "is_free_shipping": False},
    **{"is_visible": True, "is_featured": False, "related_products": [-1], "warranty": "", "bin_picking_number": ""},
    **{"layout_file": "product.html", "upc": "", "mpn": "", "gtin": "", "date_last_imported": None},
    **{"search_keywords": "", "availability": "available", "availability_description": ""},
    **{"gift_wrapping_options_type": "any", "gift_wrapping_options_list": [], "sort_order": 0, "condition": "New"},
    **{"is_condition_shown": False, "order_quantity_minimum": 0, "order_quantity_maximum": 0, "page_title": ""},
    **{"meta_keywords": [], "meta_description": "", "view_count": 0, "preorder_release_date": None},
    **{"preorder_message": "0", "is_preorder_only": False, "is_price_hidden": False, "price_hidden_label": "0"},
    **{"open_graph_type": "product", "open_graph_title": "", "open_graph_description": ""},
    **{"open_graph_use_meta_description": True, "open_graph_use_product_name": True, "open_graph_use_image": True},
}
#: A whole variant as recorded (product 77): what is null is the product's.
_VARIANT: JsonObject = {
    **{"sku_id": None, "price": None, "sale_price": None, "retail_price": None, "map_price": None},
    **{
        "fixed_cost_shipping_price": None,
        "cost_price": 0,
        "weight": None,
        "width": None,
        "height": None,
        "depth": None,
    },
    **{"is_free_shipping": False, "calculated_weight": 1, "purchasing_disabled": False},
    **{"purchasing_disabled_message": "", "image_url": "", "upc": "", "mpn": "", "gtin": "", "inventory_level": 0},
    **{"inventory_warning_level": 0, "bin_picking_number": "", "option_values": []},
}
FIRST_ID = 20_000  # beyond the ids that orders give to their SKUs
_VARIANTS_FROM = 500_000


def stamp(moment: datetime) -> str:
    """A moment as products write it: `2015-08-05T18:17:22+00:00` (captured product 77)."""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()


class Catalogue:
    """The products that were put here, by id. Money may be text; it is kept exact, and sent as numbers."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._products: dict[int, JsonObject] = {}
        self.tell: Tell = untold
        self.gone: set[int] = set()  # taken off the shop, though orders name them
        self.variants_move_products = True

    def __iter__(self) -> Any:
        """Every product with its variants, by id."""
        return (self._products[product_id] for product_id in sorted(self._products))

    def put(self, name: str, sku: str = "", *, variants: tuple[Mapping[str, Any], ...] = (), **fields: Any) -> int:
        """Offer a product, from now on. Gives its id.

        variants  of one with options: `{"sku": "TEE-S", "options": {"Size": "S"}, "price": "25.00"}`; their SKU and price
                  may be left out
        fields    in the vendor's spelling, those that are otherwise than a plain product's
        """
        product_id = int(fields.pop("id", FIRST_ID + len(self._products) + len(self.gone)))
        now = stamp(self._clock.now())
        product = {"id": product_id, "name": name, **_PRODUCT, "sku": sku, **_exact(fields)}
        product |= {"date_created": now, "date_modified": now, "calculated_price": product["price"]}
        product |= {"custom_url": {"url": f"/{product_id}/", "is_customized": False}}
        first = _VARIANTS_FROM + product_id * 100
        if variants:
            product |= {"base_variant_id": None, "option_set_id": 14}
            product["variants"] = [_variant_of(product, first + n, each) for n, each in enumerate(variants)]
        else:
            product |= {"base_variant_id": first}
            product["variants"] = [base_variant(product)]
        is_new = product_id not in self._products
        self._products[product_id] = product
        self.gone.discard(product_id)
        self._tell("created" if is_new else "updated", product_id)
        return product_id

    def edit(self, product_id: int, **fields: Any) -> None:
        """Change fields of a product now; a plain product's variant follows. Raises KeyError."""
        product = self._products[product_id]
        product |= {"date_modified": stamp(self._clock.now()), **_exact(fields)}
        product["calculated_price"] = product["price"]
        if product["base_variant_id"] is not None:
            product["variants"] = [base_variant(product)]
        self._tell("updated", product_id)

    def _tell(self, what: str, product_id: int) -> None:
        self.tell(f"store/product/{what}", {"type": "product", "id": product_id})

    def edit_variant(self, known_as: str, **fields: Any) -> None:
        """Change fields of the variant that is known by this SKU now. Raises KeyError."""
        for product in self._products.values():
            for variant in product["variants"]:
                if variant["sku"] == known_as:
                    variant |= _exact(fields)
                    if self.variants_move_products:
                        product["date_modified"] = stamp(self._clock.now())
                    sku = {"product_id": product["id"], "variant_id": variant["id"]}
                    self.tell(
                        "store/sku/updated", {"type": "sku", "id": variant["sku_id"] or variant["id"], "sku": sku}
                    )
                    return
        raise KeyError(known_as)

    def remove(self, product_id: int) -> None:
        """Take a product off the shop: no list names it any more."""
        self._products.pop(product_id, None)
        self.gone.add(product_id)
        self._tell("deleted", product_id)


def whole(product: Mapping[str, Any]) -> JsonObject:
    """A product of which a few fields are given, whole, with its one variant: as orders tell of it."""
    made = {**_PRODUCT, **product}
    made |= {"calculated_price": made["price"], "custom_url": {"url": f"/{made['id']}/", "is_customized": False}}
    return made | {"variants": [base_variant(made)]}


def base_variant(product: Mapping[str, Any]) -> JsonObject:
    """The one variant of a product without options (captured-nango-product80-base-variant)."""
    names = (
        "sku",
        "price",
        "sale_price",
        "retail_price",
        "map_price",
        "weight",
        "width",
        "height",
        "depth",
        "cost_price",
    )
    same = {name: product[name] for name in names}
    ids = {"id": product["base_variant_id"] or 0, "product_id": product["id"]}
    return {
        **ids,
        **_VARIANT,
        **same,
        "calculated_price": product["price"],
        "inventory_level": product["inventory_level"],
    }


def _variant_of(product: Mapping[str, Any], variant_id: int, given: Mapping[str, Any]) -> JsonObject:
    fields = dict(given)
    options = fields.pop("options", {})
    values = [
        {"id": variant_id * 10 + n, "label": label, "option_id": 100 + n, "option_display_name": name}
        for n, (name, label) in enumerate(options.items())
    ]
    made = {
        "id": variant_id,
        "product_id": product["id"],
        "sku": "",
        **_VARIANT,
        "sku_id": variant_id,
        **_exact(fields),
    }
    price = made["price"] if made["price"] is not None else product["price"]
    return made | {"option_values": values, "calculated_price": price}


def _exact(fields: Mapping[str, Any]) -> JsonObject:
    money = {name: Decimal(str(fields[name])) for name in ("price", "sale_price") if fields.get(name) is not None}
    return {**fields, **money}
