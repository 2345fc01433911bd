"""The store's routes, each with its source, and the gate before them: address, token, scope, quota."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from include.sandbox.bigcommerce import apps, catalogue_calls, customers, hooks, inventory, money, orders, storefront
from include.sandbox.bigcommerce.answers import no, problem
from include.sandbox.bigcommerce.filters import FILTERS
from include.sandbox.bigcommerce.shop import QUOTA_MAX, QUOTA_WINDOW_S
from include.sandbox.bigcommerce.tables import TABLES
from include.sandbox.ground import Answer, Asked, Handler, Route, Service, route

if TYPE_CHECKING:
    from include.sandbox.town import Town

QUOTA_FIGURE = "bigcommerce_calls_per_30_s"

ORDERS = ("store_v2_orders_read_only", "store_v2_orders")
TRANSACTIONS = ("store_v2_transactions_read_only", "store_v2_transactions")
CUSTOMERS = ("store_v2_customers_read_only", "store_v2_customers")
PRODUCTS = ("store_v2_products_read_only", "store_v2_products")
SETTINGS = ("store_v2_information_read_only", "store_v2_information")
INVENTORY = ("store_inventory_read_only", "store_inventory")
INVENTORY_EDIT = ("store_inventory",)
LOCATIONS = ("store_locations_read_only", "store_locations")

PAGED = ("page", "limit")


def service(town: Town) -> Service:
    """The store of a town as the dispatch wants it."""
    town.limits.figures.setdefault(QUOTA_FIGURE, QUOTA_MAX)
    scopes: dict[str, tuple[str, ...]] = {}
    return Service(
        vendor="bigcommerce",
        prefixes=("/stores/", "/app/", "/oauth2/"),
        routes=[*_routes(town, scopes), *_installing(town)],
        gate=lambda asked, known, work: _gate(town, scopes, asked, known, work),
        throttled=lambda with_headers: too_many(town, with_headers=with_headers),
        # The only writes are the inventory's, which refuses with 422.
        refused=lambda asked: problem(422, "The sandbox was told to refuse this."),
        shapes={
            **{status: TABLES.shape("V3Error|[V2Error]") for status in (400, 401, 403, 404)},
            422: TABLES.shape("Problem"),
        },
    )


def _routes(town: Town, scopes: dict[str, tuple[str, ...]]) -> list[Route]:
    routes: list[Route] = []

    def call(
        method: str,
        path: str,
        handler: Handler,
        scope: tuple[str, ...],
        shape: str,
        source: str,
        query: tuple[str, ...] = (),
    ) -> None:
        whole = f"/stores/{{store_hash}}{path}"
        scopes[whole] = scope
        routes.append(route(method, whole, handler, source=source, query=query, shape=TABLES.shape(shape)))

    def get(
        path: str, handler: Handler, scope: tuple[str, ...], shape: str, source: str, query: tuple[str, ...] = ()
    ) -> None:
        call("GET", path, handler, scope, shape, source, query)

    spec = "orders.v2.oas2.yml"
    chosen = (*FILTERS, "include", "consignment_structure", "sort", *PAGED)
    get(
        "/v2/orders",
        orders.list_orders(town),
        ORDERS,
        "[Order]",
        f"{spec} getOrders; captured orders list page",
        chosen,
    )
    get("/v2/orders/count", orders.count_orders(town), ORDERS, "OrderCount", f"{spec} ordersCount_Full", FILTERS)
    get("/v2/order_statuses", storefront.order_statuses(town), ORDERS, "[OrderStatus]", "captured order statuses")
    get(
        "/v2/orders/{order_id}",
        orders.one_order(town),
        ORDERS,
        "Order",
        f"{spec} getOrder; captured order 519",
        ("include", "consignment_structure"),
    )
    of_order = "/v2/orders/{order_id}"
    get(
        f"{of_order}/products",
        orders.part(town, "products"),
        ORDERS,
        "[OrderProduct]",
        f"{spec} getOrderProducts; captured order 519 products",
        PAGED,
    )
    get(
        f"{of_order}/products/{{row_id}}",
        orders.row_of_part(town, "products"),
        ORDERS,
        "OrderProduct",
        f"{spec} getOrderProduct",
    )
    get(
        f"{of_order}/taxes",
        orders.taxes(town),
        ORDERS,
        "[TaxRow]",
        f"{spec} getOrderTaxes; order-taxes-v2-spec",
        ("details", *PAGED),
    )
    get(
        f"{of_order}/coupons",
        orders.part(town, "coupons"),
        ORDERS,
        "[OrderCoupon]",
        f"{spec} getOrderCoupons; order-coupons-v2-spec",
        PAGED,
    )
    get(
        f"{of_order}/shipping_addresses",
        orders.shipping_addresses(town),
        ORDERS,
        "[ShippingAddress]",
        f"{spec} getOrderShippingAddresses; captured order 519 shipping addresses",
        PAGED,
    )
    get(
        f"{of_order}/consignments",
        orders.consignments(town),
        ORDERS,
        "Consignments",
        f"{spec} getOrderConsignments; order-consignments-v2-spec",
        ("include",),
    )
    get(f"{of_order}/fees", orders.fees(town), ORDERS, "Fees", f"{spec} getOrderFees; order-fees-v2-spec")
    get("/v2/store", storefront.store(town), SETTINGS, "Store", "store_information.v2.yml getStoreInformation")
    get("/v2/time", storefront.time(town), SETTINGS, "Time", "store_information.v2.yml timeStamp_Full")

    spec = "orders.v3.yml"
    get(
        "/v3/orders/{order_id}/transactions",
        money.transactions(town),
        TRANSACTIONS,
        "TransactionList",
        f"{spec} getOrderTransactions; order 121 of the vendor's guide",
    )
    get(
        "/v3/orders/{order_id}/payment_actions/refunds",
        money.refunds_of_order(town),
        (*ORDERS, *TRANSACTIONS),
        "RefundList",
        f"{spec} getOrderRefunds",
        ("transaction_id",),
    )
    get(
        "/v3/orders/payment_actions/refunds",
        money.refunds(town),
        (*ORDERS, *TRANSACTIONS),
        "RefundList",
        f"{spec} getOrdersRefunds",
        ("order_id:in", "id:in", "created:min", "created:max", "transaction_id", *PAGED),
    )
    get(
        "/v3/orders/payment_actions/refunds/{refund_id}",
        money.one_refund(town),
        (*ORDERS, *TRANSACTIONS),
        "RefundById",
        f"{spec} getOrderRefund; refund-v3-spec-get-by-id",
    )
    get(
        "/v3/orders/{order_id}/metafields",
        money.metafields(town),
        ORDERS,
        "MetafieldList",
        f"{spec} getOrderMetafields",
        PAGED,
    )
    get(
        "/v3/catalog/products",
        catalogue_calls.products(town),
        PRODUCTS,
        "ProductList",
        "products_catalog.v3.yml getProducts; captured products 77 and 80",
        (*catalogue_calls.FILTERS, "include", "sort", "direction", *PAGED),
    )
    get(
        "/v3/catalog/products/{product_id}",
        catalogue_calls.one_product(town),
        PRODUCTS,
        "ProductById",
        "captured product 77",
        ("include",),
    )
    get(
        "/v3/customers",
        customers.customers(town),
        CUSTOMERS,
        "CustomerList",
        "customers.v3.yml getCustomers; captured customers page",
        customers.QUERY,
    )
    get(
        "/v3/customers/addresses",
        customers.addresses(town),
        CUSTOMERS,
        "CustomerAddressList",
        "customers.v3.yml getCustomersAddresses; customer-addresses-v3-spec-list",
        customers.ADDRESS_QUERY,
    )

    spec = "inventory.v3.yml"
    get(
        "/v3/inventory/items",
        inventory.items(town),
        INVENTORY,
        "InventoryItemList",
        f"{spec} get-inventory-items; reference 8",
        (*inventory.ITEM_FILTERS, *PAGED),
    )
    get(
        "/v3/inventory/locations",
        inventory.locations(town),
        LOCATIONS,
        "LocationList",
        "locations.v3.yml getLocations",
        (*inventory.LOCATION_FILTERS, *PAGED),
    )
    call(
        "PUT",
        "/v3/inventory/adjustments/absolute",
        inventory.adjust(town, "absolute"),
        INVENTORY_EDIT,
        "InventoryTransaction",
        f"{spec} put-absolute-adjustment; guide to inventory adjustments",
    )
    call(
        "POST",
        "/v3/inventory/adjustments/relative",
        inventory.adjust(town, "relative"),
        INVENTORY_EDIT,
        "InventoryTransaction",
        f"{spec} post-relative-adjustment; guide to inventory adjustments",
    )

    # Any token may: a webhook wants no scope of its own, and the description names none.
    spec = "webhooks.v3.yml"
    any_scope = (*ORDERS, *TRANSACTIONS, *CUSTOMERS, *PRODUCTS, *SETTINGS, *INVENTORY, *LOCATIONS)
    a_hook = "/v3/hooks/{webhook_id}"
    get("/v3/hooks", hooks.listed(town), any_scope, "HookList", f"{spec} getWebhooks", hooks.QUERY)
    get(a_hook, hooks.one(town), any_scope, "HookById", f"{spec} getWebhook")
    call("POST", "/v3/hooks", hooks.made(town), any_scope, "HookById", f"{spec} createWebhooks")
    call("PUT", a_hook, hooks.changed(town), any_scope, "HookById", f"{spec} updateWebhook")
    call("DELETE", a_hook, hooks.deleted(town), any_scope, "HookById", f"{spec} deleteWebhook")
    return routes


def _installing(town: Town) -> list[Route]:
    """The login host's calls: no token yet, no quota."""

    def call(method: str, path: str, act: Callable[[Town, Asked], Answer], source: str, shape: str = "") -> Route:
        judged = TABLES.shape(shape) if shape else lambda body: []  # a page has no fields
        return route(method, path, lambda asked: act(town, asked), source=source, shape=judged, is_token_call=True)

    guide = "docs/integrations/apps/guide/auth.mdx"
    return [
        call("GET", "/app/{client_id}/install", apps.question, "dev-docs, Creating an install button"),
        call("POST", "/app/{client_id}/install", apps.answered, f"ours: what the owner presses; {guide}"),
        call("POST", "/oauth2/token", apps.token_answer, guide, "AppToken"),
        call(
            "GET", "/oauth2/authorize", apps.undescribed, "[U]: no page of the vendor; named so that it is not guessed"
        ),
    ]


def _gate(
    town: Town, scopes: dict[str, tuple[str, ...]], asked: Asked, known: Route, work: Callable[[], Answer]
) -> Answer:
    """Who asks, for what, how often: then the work. Every answer bears the state of the quota."""
    if known.is_token_call:
        return work()
    shop = town.shop
    token = asked.headers.get("x-auth-token", "")
    if token and town.stories.take("bigcommerce", "revoke_the_token") is not None:
        shop.tokens.pop(token, None)
    if town.stories.take("bigcommerce", "spend_the_minute") is not None:
        shop.window.spend(town.limits.figures[QUOTA_FIGURE])
    granted = shop.tokens.get(token)
    if granted is None:
        return no(asked, 401, "The X-Auth-Token header is missing, or names no token of this store.")
    # A wrong store hash is a 403 as well (reference bigcommerce.md 1).
    if asked.params["store_hash"] != shop.store_hash or not granted & set(scopes[known.path]):
        return no(asked, 403, "Unauthorized Access. You do not have permission to make this request.")
    quota = town.limits.figures[QUOTA_FIGURE]
    state = shop.window.take(quota) if town.limits.enforced else (quota - 1, shop.window.closes_in_ms)
    if state is None:
        return too_many(town, with_headers=True)
    answer = work()
    if answer.status == 501:
        return answer
    return Answer(answer.status, answer.body, {**answer.headers, **_quota(quota, *state)}, answer.content_type)


def too_many(town: Town, *, with_headers: bool) -> Answer:
    """429: the quota is spent; without headers it is the platform that is busy (reference bigcommerce.md 2).

    The body is empty: no source shows one.
    """
    quota = town.limits.figures[QUOTA_FIGURE]
    closes_in_ms = town.shop.window.closes_in_ms or int(QUOTA_WINDOW_S * 1000)
    headers = _quota(quota, 0, closes_in_ms) if with_headers else {}
    return Answer(429, None, headers, content_type="")


def _quota(quota: int, left: int, closes_in_ms: int) -> dict[str, str]:
    """The four headers (captured-nango-orders-list-rate-headers)."""
    return {
        "X-Rate-Limit-Requests-Left": str(left),
        "X-Rate-Limit-Requests-Quota": str(quota),
        "X-Rate-Limit-Time-Reset-Ms": str(closes_in_ms),
        "X-Rate-Limit-Time-Window-Ms": str(int(QUOTA_WINDOW_S * 1000)),
    }
