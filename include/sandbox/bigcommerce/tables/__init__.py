"""Every field that an answer of the store may have, its type, and where it is known from."""

from include.sandbox.bigcommerce.tables import catalogue, consignments, hooks, money, orders, stock, storefront
from include.sandbox.field_tables import Tables

APPLIED_DISCOUNT = """
    id        text             always     spec orderProductAppliedDiscounts, captured order 519
    amount    text|number      always     captured order 519; a number in older pages (order 115)
    name      text             sometimes  captured order 519; absent in older pages
    code      text|null        sometimes  captured order 519; absent in older pages
    target    text             sometimes  captured order 519; absent in older pages
"""

PRODUCT_OPTION = """
    id                      integer    always     spec orderProductOptions, captured order 7755
    option_id               integer    always     spec orderProductOptions, captured order 7755
    order_product_id        integer    always     spec orderProductOptions, captured order 7755
    product_option_id       integer    always     spec orderProductOptions, captured order 7755
    display_name            text       always     spec orderProductOptions, captured order 7755
    display_name_customer   text       always     spec orderProductOptions, captured order 7755
    display_name_merchant   text       always     spec orderProductOptions, captured order 7755
    display_value           text       always     spec orderProductOptions, captured order 7755
    display_value_customer  text       always     spec orderProductOptions, captured order 7755
    display_value_merchant  text       always     spec orderProductOptions, captured order 7755
    value                   text       always     spec orderProductOptions, captured order 7755
    type                    text       always     spec orderProductOptions, captured order 7755
    name                    text       always     spec orderProductOptions, captured order 7755
    display_style           text       always     spec orderProductOptions, captured order 7755
"""

_TEXTS = {
    "Order": orders.ORDER,
    "OrderProduct": orders.ORDER_PRODUCT,
    "AppliedDiscount": APPLIED_DISCOUNT,
    "ProductOption": PRODUCT_OPTION,
    "ShippingAddress": orders.SHIPPING_ADDRESS,
    "Address": orders.ADDRESS,
    "Consignments": consignments.CONSIGNMENTS,
    "ShippingConsignment": consignments.SHIPPING_CONSIGNMENT,
    "PickupConsignment": consignments.PICKUP_CONSIGNMENT,
    "PickupLocation": consignments.PICKUP_LOCATION,
    "MailConsignment": consignments.MAIL_CONSIGNMENT,
    "EmailConsignments": consignments.EMAIL_CONSIGNMENTS,
    "TaxRow": money.TAX_ROW,
    "Fee": money.FEE,
    "Fees": money.FEES,
    "OrderCoupon": money.COUPON,
    "Transaction": money.TRANSACTION,
    "Refund": money.REFUND,
    "RefundItem": money.REFUND_ITEM,
    "RefundPayment": money.REFUND_PAYMENT,
    "TransactionList": storefront.envelope("[Transaction]"),
    "RefundList": storefront.envelope("[Refund]"),
    "RefundById": storefront.envelope("Refund"),
    "Store": storefront.STORE,
    "Timezone": storefront.TIMEZONE,
    "Time": storefront.TIME,
    "OrderStatus": storefront.ORDER_STATUS,
    "OrderCount": storefront.ORDER_COUNT,
    "StatusCount": storefront.STATUS_COUNT,
    "Product": catalogue.PRODUCT,
    "Variant": catalogue.VARIANT,
    "VariantOption": catalogue.VARIANT_OPTION,
    "VariantList": storefront.envelope("[Variant]"),
    "ProductList": storefront.envelope("[Product]"),
    "ProductById": storefront.envelope("Product"),
    "Customer": storefront.CUSTOMER,
    "CustomerList": storefront.envelope("[Customer]"),
    "CustomerAddress": storefront.CUSTOMER_ADDRESS,
    "CustomerFormField": storefront.CUSTOMER_FORM_FIELD,
    "CustomerAddressList": storefront.envelope("[CustomerAddress]"),
    "Metafield": storefront.METAFIELD,
    "MetafieldList": storefront.envelope("[Metafield]"),
    "InventoryItem": stock.ITEM,
    "InventoryIdentity": stock.IDENTITY,
    "InventoryLevel": stock.LEVEL,
    "InventorySettings": stock.SETTINGS,
    "InventoryItemList": storefront.envelope("[InventoryItem]"),
    "Location": stock.LOCATION,
    "LocationAddress": stock.LOCATION_ADDRESS,
    "LocationList": storefront.envelope("[Location]"),
    "InventoryTransaction": stock.TRANSACTION,
    "Hook": hooks.HOOK,
    "HookList": storefront.envelope("[Hook]"),
    "HookById": storefront.envelope("Hook"),
    "Problem": stock.PROBLEM,
    "Link": storefront.LINK,
    "Pagination": storefront.PAGINATION,
    "Meta": storefront.META,
    "CursorPagination": storefront.CURSOR_PAGINATION,
    "AppToken": storefront.APP_TOKEN,
    "AppPerson": storefront.APP_PERSON,
    "V2Error": storefront.V2_ERROR,
    "V3Error": storefront.V3_ERROR,
}

TABLES = Tables("bigcommerce")
for _name, _text in _TEXTS.items():
    TABLES.add(_name, _text)
