"""V2 store, time and order statuses."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from include.sandbox.bigcommerce.shop import JsonObject, Shop
from include.sandbox.ground import Answer, Handler
from include.sandbox.order_builder import STATUSES

if TYPE_CHECKING:
    from include.sandbox.town import Town

#: Where each status stands in the control panel's list (captured-nango-order-statuses).
_PLACES = {0: 0, 1: 1, 7: 2, 11: 3, 9: 4, 8: 5, 3: 6, 10: 7, 2: 8, 5: 9, 6: 10, 4: 11, 13: 12, 12: 13, 14: 14}

STATUS_ROWS = [
    {
        "id": status_id,
        "name": label,
        "system_label": label,
        "custom_label": label,
        "system_description": f"Orders of this sandbox that stand at {label}.",
        "order": _PLACES[status_id],
    }
    for status_id, label in STATUSES.items()
]


def order_statuses(town: Town) -> Handler:
    """GET /order_statuses: all fifteen, by id."""
    return lambda asked: Answer(200, STATUS_ROWS)


def time(town: Town) -> Handler:
    """GET /time: the store's clock in whole Unix seconds."""
    return lambda asked: Answer(200, {"time": int(town.clock.now().timestamp())})


def store(town: Town) -> Handler:
    """GET /store."""
    return lambda asked: Answer(200, store_of(town.shop))


def store_of(shop: Shop) -> JsonObject:
    """The store's own settings in the vendor's spelling (store-information-v2-spec)."""
    told = shop.settings
    now = shop.clock.now().astimezone(ZoneInfo(told["timezone"]))
    offset = int((now.utcoffset() or now - now).total_seconds())
    summer = int((now.dst() or now - now).total_seconds())
    return {
        "id": shop.store_hash,
        "account_uuid": "00000000-0000-4000-8000-000000000001",
        "domain": f"{shop.store_hash}.example.com",
        "secure_url": f"https://{shop.store_hash}.example.com",
        "control_panel_base_url": f"https://store-{shop.store_hash}.mybigcommerce.com",
        "status": "live",
        "name": told["name"],
        "first_name": "Noor",
        "last_name": "Field",
        "address": "1 Example Street",
        "country": told["country"],
        "country_code": told["country_code"],
        "phone": "",
        "admin_email": "owner@example.com",
        "order_email": "orders@example.com",
        "timezone": {
            "name": told["timezone"],
            "raw_offset": offset - summer,
            "dst_offset": offset - summer + 3600 if summer or _has_summer(told["timezone"]) else offset,
            "dst_correction": bool(summer),
            "date_format": {"display": "jS M Y", "export": "jS M Y", "extended_display": "jS M Y @ g:i A"},
        },
        "language": "en",
        "currency": told["currency"],
        "currency_symbol": told["currency_symbol"],
        "decimal_separator": ".",
        "thousands_separator": ",",
        "decimal_places": 2,
        "currency_symbol_location": "left",
        "weight_units": "KGS",
        "dimension_units": "Centimeters",
        "dimension_decimal_places": 2,
        "dimension_decimal_token": ".",
        "dimension_thousands_token": ",",
        "plan_name": "Standard",
        "plan_level": "Standard",
        "plan_is_trial": False,
        "industry": "",
        "logo": [],
        "is_price_entered_with_tax": told["is_price_entered_with_tax"],
        "store_id": 1,
        "default_channel_id": 1,
        "default_site_id": 1000,
        "active_comparison_modules": [],
        "features": {"stencil_enabled": True, "checkout_type": "optimized", "multi_storefront_enabled": False},
    }


def _has_summer(zone: str) -> bool:
    return len({datetime(2026, month, 1, tzinfo=ZoneInfo(zone)).utcoffset() for month in (1, 7)}) > 1
