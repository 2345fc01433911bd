"""Every call that the BigCommerce client can make, as BigCommerce's manual lists them."""

from __future__ import annotations

from include.clients.sending import Call

ORDERS = Call("GET", "/v2/orders")
ORDERS_COUNT = Call("GET", "/v2/orders/count")
ORDER = Call("GET", "/v2/orders/{order_id}")
PRODUCTS = Call("GET", "/v2/orders/{order_id}/products")
TAXES = Call("GET", "/v2/orders/{order_id}/taxes")
SHIPPING_ADDRESSES = Call("GET", "/v2/orders/{order_id}/shipping_addresses")
COUPONS = Call("GET", "/v2/orders/{order_id}/coupons")
FEES = Call("GET", "/v2/orders/{order_id}/fees")
METAFIELDS = Call("GET", "/v3/orders/{order_id}/metafields")
TRANSACTIONS = Call("GET", "/v3/orders/{order_id}/transactions")
REFUNDS = Call("GET", "/v3/orders/{order_id}/payment_actions/refunds")
REFUNDS_OF_STORE = Call("GET", "/v3/orders/payment_actions/refunds")
CUSTOMERS = Call("GET", "/v3/customers")
STORE = Call("GET", "/v2/store")
TIME = Call("GET", "/v2/time")
CATALOGUE = Call("GET", "/v3/catalog/products")
INVENTORY_ITEMS = Call("GET", "/v3/inventory/items")
LOCATIONS = Call("GET", "/v3/inventory/locations")
ADJUST_ABSOLUTE = Call("PUT", "/v3/inventory/adjustments/absolute")
ADJUST_RELATIVE = Call("POST", "/v3/inventory/adjustments/relative")
HOOKS = Call("GET", "/v3/hooks")
HOOK_MAKE = Call("POST", "/v3/hooks")
HOOK_CHANGE = Call("PUT", "/v3/hooks/{webhook_id}")
HOOK_DELETE = Call("DELETE", "/v3/hooks/{webhook_id}")

# Every call that this client can make. The sandbox must know each; a test compares.
CALLS = (
    ORDERS,
    ORDERS_COUNT,
    ORDER,
    PRODUCTS,
    TAXES,
    SHIPPING_ADDRESSES,
    COUPONS,
    FEES,
    METAFIELDS,
    TRANSACTIONS,
    REFUNDS,
    REFUNDS_OF_STORE,
    CUSTOMERS,
    STORE,
    TIME,
    CATALOGUE,
    INVENTORY_ITEMS,
    LOCATIONS,
    ADJUST_ABSOLUTE,
    ADJUST_RELATIVE,
    HOOKS,
    HOOK_MAKE,
    HOOK_CHANGE,
    HOOK_DELETE,
)
