"""Fields of a V2 order, its lines, and its addresses.

Money is text with four decimals wherever it was recorded; the description allows numbers as well, so a bundle may too.
"""

ORDER = """
    id                                            integer                always     spec order_Resp, captured order 519
    customer_id                                   integer                always     spec order_Resp, captured order 519
    date_created                                  text                   always     spec order_Resp, captured order 519
    is_tax_inclusive_pricing                      boolean                sometimes  spec order_Resp, captured order 519
    date_modified                                 text                   always     spec order_Resp, captured order 519
    date_shipped                                  text                   always     spec order_Resp, captured order 519
    status_id                                     integer                always     spec order_Resp, captured order 519
    status                                        text                   always     spec order_Resp, captured order 519
    subtotal_ex_tax                               text|number            always     spec order_Resp, captured order 519
    subtotal_inc_tax                              text|number            always     spec order_Resp, captured order 519
    subtotal_tax                                  text|number            always     spec order_Resp, captured order 519
    base_shipping_cost                            text|number            always     spec order_Resp, captured order 519
    shipping_cost_ex_tax                          text|number            always     spec order_Resp, captured order 519
    shipping_cost_inc_tax                         text|number            always     spec order_Resp, captured order 519
    shipping_cost_tax                             text|number            always     spec order_Resp, captured order 519
    shipping_cost_tax_class_id                    integer                always     spec order_Resp, captured order 519
    base_handling_cost                            text|number            always     spec order_Resp, captured order 519
    handling_cost_ex_tax                          text|number            always     spec order_Resp, captured order 519
    handling_cost_inc_tax                         text|number            always     spec order_Resp, captured order 519
    handling_cost_tax                             text|number            always     spec order_Resp, captured order 519
    handling_cost_tax_class_id                    integer                always     spec order_Resp, captured order 519
    base_wrapping_cost                            text|number            always     spec order_Resp, captured order 519
    wrapping_cost_ex_tax                          text|number            always     spec order_Resp, captured order 519
    wrapping_cost_inc_tax                         text|number            always     spec order_Resp, captured order 519
    wrapping_cost_tax                             text|number            always     spec order_Resp, captured order 519
    wrapping_cost_tax_class_id                    integer                always     spec order_Resp, captured order 519
    total_ex_tax                                  text|number            always     spec order_Resp, captured order 519
    total_inc_tax                                 text|number            always     spec order_Resp, captured order 519
    total_tax                                     text|number            always     spec order_Resp, captured order 519
    items_total                                   integer                always     spec order_Resp, captured order 519
    items_shipped                                 integer                always     spec order_Resp, captured order 519
    payment_method                                text                   always     spec order_Resp, captured order 519
    payment_provider_id                           text|number|null       always     spec order_Resp, captured order 519
    payment_status                                text                   always     spec order_Resp, captured order 519
    refunded_amount                               text|number            always     spec order_Resp, captured order 519
    order_is_digital                              boolean                always     spec order_Resp, captured order 519
    store_credit_amount                           text|number            always     spec order_Resp, captured order 519
    gift_certificate_amount                       text|number            always     spec order_Resp, captured order 519
    ip_address                                    text                   always     spec order_Resp, captured order 519
    ip_address_v6                                 text                   sometimes  spec order_Resp, captured order 519
    geoip_country                                 text                   sometimes  spec order_Resp, captured order 519
    geoip_country_iso2                            text                   sometimes  spec order_Resp, captured order 519
    currency_id                                   integer                always     spec order_Resp, captured order 519
    currency_code                                 text                   always     spec order_Resp, captured order 519
    currency_exchange_rate                        text                   always     spec order_Resp, captured order 519
    default_currency_id                           integer                always     spec order_Resp, captured order 519
    default_currency_code                         text                   always     spec order_Resp, captured order 519
    staff_notes                                   text|null              always     spec order_Resp, captured order 519
    customer_message                              text|null              always     spec order_Resp, captured order 519
    discount_amount                               text|number            always     spec order_Resp, captured order 519
    coupon_discount                               text|number            always     spec order_Resp, captured order 519
    shipping_address_count                        integer                always     spec order_Resp, captured order 519
    is_deleted                                    boolean                always     spec order_Resp, captured order 519
    ebay_order_id                                 text                   always     spec order_Resp, captured order 519
    cart_id                                       text|null              always     spec order_Resp, captured order 519
    billing_address                               Address                always     spec order_Resp, captured order 519
    fees                                          Link|[Fee]             sometimes  spec order_Resp, captured order 519
    is_email_opt_in                               boolean                sometimes  spec order_Resp, captured order 519
    credit_card_type                              text|null              sometimes  captured order 519 only
    order_source                                  text                   always     spec order_Resp, captured order 519
    channel_id                                    integer                always     spec order_Resp, captured order 519
    external_source                               text|null              always     spec order_Resp, captured order 519
    consignments                                  Link|Consignments      sometimes  spec order_Resp, captured order 519
    products                                      Link                   always     spec order_Resp, captured order 519
    shipping_addresses                            Link                   always     spec order_Resp, captured order 519
    coupons                                       Link                   always     spec order_Resp, captured order 519
    external_id                                   text|integer|null      always     spec order_Resp, captured order 519
    external_merchant_id                          text|null              sometimes  spec order_Resp, captured order 519
    tax_provider_id                               text                   always     spec order_Resp, captured order 519
    customer_locale                               text                   always     spec order_Resp, captured order 519
    external_order_id                             text                   sometimes  spec order_Resp, captured order 519
    store_default_currency_code                   text                   always     spec order_Resp, captured order 519
    store_default_to_transactional_exchange_rate  text                   always     spec order_Resp, captured order 519
    custom_status                                 text                   sometimes  captured order 519 only
"""

ORDER_PRODUCT = """
    id                                            integer                always     spec orderProducts, captured order 519
    order_id                                      integer                always     spec orderProducts, captured order 519
    product_id                                    integer                always     spec orderProducts, captured order 519
    variant_id                                    integer                sometimes  spec orderProducts, captured order 519
    order_pickup_method_id                        integer                sometimes  spec orderProducts, captured order 519
    order_address_id                              integer                always     spec orderProducts, captured order 519
    name                                          text                   always     spec orderProducts, captured order 519
    name_customer                                 text                   always     spec orderProducts, captured order 519
    name_merchant                                 text                   always     spec orderProducts, captured order 519
    sku                                           text                   always     spec orderProducts, captured order 519
    upc                                           text                   always     spec orderProducts, captured order 519
    type                                          text                   always     spec orderProducts, captured order 519
    base_price                                    text|number            always     spec orderProducts, captured order 519
    price_ex_tax                                  text|number            always     spec orderProducts, captured order 519
    price_inc_tax                                 text|number            always     spec orderProducts, captured order 519
    price_tax                                     text|number            always     spec orderProducts, captured order 519
    base_total                                    text|number            always     spec orderProducts, captured order 519
    total_ex_tax                                  text|number            always     spec orderProducts, captured order 519
    total_inc_tax                                 text|number            always     spec orderProducts, captured order 519
    total_tax                                     text|number            always     spec orderProducts, captured order 519
    weight                                        text|number            sometimes  spec orderProducts, captured order 519
    width                                         text                   sometimes  spec orderProducts, captured order 519
    height                                        text                   sometimes  spec orderProducts, captured order 519
    depth                                         text                   sometimes  spec orderProducts, captured order 519
    quantity                                      integer                always     spec orderProducts, captured order 519
    base_cost_price                               text|number            sometimes  spec orderProducts, captured order 519
    cost_price_inc_tax                            text|number            sometimes  spec orderProducts, captured order 519
    cost_price_ex_tax                             text|number            sometimes  spec orderProducts, captured order 519
    cost_price_tax                                text|number            sometimes  spec orderProducts, captured order 519
    is_refunded                                   boolean                always     spec orderProducts, captured order 519
    quantity_refunded                             number                 always     spec orderProducts, captured order 519
    refund_amount                                 text|number            always     spec orderProducts, captured order 519
    return_id                                     integer                always     spec orderProducts, captured order 519
    wrapping_id                                   integer                sometimes  spec orderProducts, captured order 519
    wrapping_name                                 text|null              always     spec orderProducts, captured order 519
    base_wrapping_cost                            text|number            always     spec orderProducts, captured order 519
    wrapping_cost_ex_tax                          text|number            always     spec orderProducts, captured order 519
    wrapping_cost_inc_tax                         text|number            always     spec orderProducts, captured order 519
    wrapping_cost_tax                             text|number            always     spec orderProducts, captured order 519
    wrapping_message                              text                   sometimes  spec orderProducts, captured order 519
    quantity_shipped                              integer                always     spec orderProducts, captured order 519
    event_name                                    text|null              sometimes  spec orderProducts, captured order 519
    event_date                                    text|null              sometimes  spec orderProducts, captured order 519
    fixed_shipping_cost                           text|number            always     spec orderProducts, captured order 519
    ebay_item_id                                  text                   sometimes  spec orderProducts, captured order 519
    ebay_transaction_id                           text                   sometimes  spec orderProducts, captured order 519
    option_set_id                                 integer|null           sometimes  spec orderProducts, captured order 519
    parent_order_product_id                       integer|null           always     spec orderProducts, captured order 519
    is_bundled_product                            boolean                always     spec orderProducts, captured order 519
    bin_picking_number                            text                   sometimes  spec orderProducts, captured order 519
    external_id                                   text|null              sometimes  spec orderProducts, captured order 519
    fulfillment_source                            text                   sometimes  captured order 519 only
    brand                                         text                   sometimes  spec orderProducts, captured order 519
    gift_certificate_id                           integer|null           sometimes  spec orderProducts, captured order 519
    applied_discounts                             [AppliedDiscount]      always     spec orderProducts, captured order 519
    product_options                               [ProductOption]        always     spec orderProducts, captured order 519
    configurable_fields                           list                   always     spec orderProducts, captured order 519
    discounted_total_inc_tax                      text|number            sometimes  spec orderProducts, captured order 519
"""

SHIPPING_ADDRESS = """
    id                                            integer                always     spec orderShippingAddress, captured order 519
    order_id                                      integer                always     spec orderShippingAddress, captured order 519
    first_name                                    text                   always     spec orderShippingAddress, captured order 519
    last_name                                     text                   always     spec orderShippingAddress, captured order 519
    company                                       text                   always     spec orderShippingAddress, captured order 519
    street_1                                      text                   always     spec orderShippingAddress, captured order 519
    street_2                                      text                   always     spec orderShippingAddress, captured order 519
    city                                          text                   always     spec orderShippingAddress, captured order 519
    zip                                           text                   always     spec orderShippingAddress, captured order 519
    country                                       text                   always     spec orderShippingAddress, captured order 519
    country_iso2                                  text                   always     spec orderShippingAddress, captured order 519
    state                                         text                   always     spec orderShippingAddress, captured order 519
    email                                         text                   always     spec orderShippingAddress, captured order 519
    phone                                         text                   always     spec orderShippingAddress, captured order 519
    items_total                                   integer                always     spec orderShippingAddress, captured order 519
    items_shipped                                 integer                always     spec orderShippingAddress, captured order 519
    shipping_method                               text                   always     spec orderShippingAddress, captured order 519
    base_cost                                     text|number            always     spec orderShippingAddress, captured order 519
    cost_ex_tax                                   text|number            always     spec orderShippingAddress, captured order 519
    cost_inc_tax                                  text|number            always     spec orderShippingAddress, captured order 519
    cost_tax                                      text|number            always     spec orderShippingAddress, captured order 519
    cost_tax_class_id                             integer                always     spec orderShippingAddress, captured order 519
    base_handling_cost                            text|number            sometimes  spec orderShippingAddress, captured order 519
    handling_cost_ex_tax                          text|number            sometimes  spec orderShippingAddress, captured order 519
    handling_cost_inc_tax                         text|number            sometimes  spec orderShippingAddress, captured order 519
    handling_cost_tax                             text|number            sometimes  spec orderShippingAddress, captured order 519
    handling_cost_tax_class_id                    integer                sometimes  spec orderShippingAddress, captured order 519
    shipping_zone_id                              integer                sometimes  spec orderShippingAddress, captured order 519
    shipping_zone_name                            text                   sometimes  spec orderShippingAddress, captured order 519
    shipping_quotes                               Link                   always     spec orderShippingAddress, captured order 519
    form_fields                                   list                   always     spec orderShippingAddress, captured order 519
"""

ADDRESS = """
    first_name                                    text                   always     spec billingAddress_Resp, captured order 519
    last_name                                     text                   always     spec billingAddress_Resp, captured order 519
    company                                       text                   sometimes  spec billingAddress_Resp, captured order 519
    street_1                                      text                   always     spec billingAddress_Resp, captured order 519
    street_2                                      text                   sometimes  spec billingAddress_Resp, captured order 519
    city                                          text                   always     spec billingAddress_Resp, captured order 519
    state                                         text                   always     spec billingAddress_Resp, captured order 519
    zip                                           text                   always     spec billingAddress_Resp, captured order 519
    country                                       text                   always     spec billingAddress_Resp, captured order 519
    country_iso2                                  text                   always     spec billingAddress_Resp, captured order 519
    phone                                         text                   always     spec billingAddress_Resp, captured order 519
    email                                         text                   always     spec billingAddress_Resp, captured order 519
    form_fields                                   list                   sometimes  spec billingAddress_Resp, captured order 519
"""
