"""Fields of taxes, fees and coupons (V2), transactions and refunds (V3)."""

TAX_ROW = """
    id                                            integer                always     spec orderTaxes_Base
    order_id                                      integer                sometimes  absent under automatic tax
    order_address_id                              integer|null           sometimes  absent under automatic tax
    tax_rate_id                                   integer                sometimes  spec orderTaxes_Base, deprecated
    sales_tax_id                                  text                   sometimes  spec orderTaxes_Base
    tax_class_id                                  integer|null           sometimes  spec orderTaxes_Base
    name                                          text                   always     spec orderTaxes_Base
    class                                         text                   always     spec orderTaxes_Base
    rate                                          text|number            always     spec orderTaxes_Base, order 138
    priority                                      integer                always     spec orderTaxes_Base
    priority_amount                               text|number            always     spec orderTaxes_Base, order 138
    line_amount                                   text|number            always     spec orderTaxes_Base, order 138
    order_pickup_method_id                        integer                sometimes  spec orderTaxes_Base, order 138
    order_product_id                              integer|null           sometimes  spec orderTaxes_Base, with details=true
    line_item_type                                text                   sometimes  spec orderTaxes_Base, with details=true
"""

FEE = """
    id                                            integer                always     spec orderFees_Resp
    type                                          text                   always     spec orderFees_Resp
    display_name_customer                         text                   always     spec orderFees_Resp
    display_name_merchant                         text                   always     spec orderFees_Resp
    source                                        text                   sometimes  spec orderFees_Resp
    base_cost                                     text|number            always     spec orderFees_Resp
    cost_ex_tax                                   text|number            sometimes  spec orderFees_Resp
    cost_exc_tax                                  text|number            sometimes  the misspelt key of the published example
    cost_inc_tax                                  text|number            always     spec orderFees_Resp
    cost_tax                                      text|number            always     spec orderFees_Resp
    tax_class_id                                  integer|null           sometimes  spec orderFees_Resp, null in its example
"""

FEES = """
    fees                                          [Fee]                  always     order-fees-v2-spec
"""

COUPON = """
    id                                            integer                always     spec orderCoupons_Base, order 120
    coupon_id                                     integer                always     spec orderCoupons_Base, order 120
    order_id                                      integer                always     spec orderCoupons_Base, order 120
    code                                          text|null              always     spec orderCoupons_Base
    amount                                        text|number            always     spec orderCoupons_Base
    type                                          integer                always     spec orderCoupons_Base
    discount                                      text|number            always     spec orderCoupons_Base
"""

TRANSACTION = """
    id                                            integer                always     spec Transaction, order 121
    order_id                                      text                   always     spec Transaction, order 121
    event                                         text                   always     spec Transaction, order 121
    method                                        text                   always     spec Transaction, order 121
    amount                                        number                 always     spec Transaction, order 121
    currency                                      text                   always     spec Transaction, order 121
    gateway                                       text                   always     spec Transaction; an open list
    gateway_transaction_id                        text|null              sometimes  spec Transaction, order 121
    status                                        text                   always     spec Transaction, order 121
    test                                          boolean                always     spec Transaction, order 121
    fraud_review                                  boolean                sometimes  spec Transaction, order 121
    reference_transaction_id                      integer|null|object    sometimes  {} where null is meant in order 121
    date_created                                  text                   always     spec Transaction, order 121
    avs_result                                    object|null            sometimes  spec Transaction, order 121
    cvv_result                                    object|null            sometimes  spec Transaction, order 121
    credit_card                                   object|null            sometimes  spec Transaction; {} in order 121
    gift_certificate                              object|null            sometimes  spec Transaction; {} in order 121
    store_credit                                  object|null            sometimes  spec Transaction; {} in order 121
    offline                                       object|null            sometimes  spec Transaction; {} in order 121
    custom                                        object|null            sometimes  spec Transaction; {} in order 121
    payment_instrument_token                      text|null|object       sometimes  spec Transaction; {} in order 121
    provider_instrument_token                     text|null              sometimes  spec Transaction, beta
    provider_customer_id                          text|null              sometimes  spec Transaction, beta
    custom_provider_field_result                  object|null            sometimes  spec Transaction
    payment_method_id                             text                   sometimes  spec Transaction, order 121
"""

REFUND = """
    id                                            integer                always     spec Refund, refund 12
    order_id                                      integer                always     spec Refund, refund 12
    user_id                                       integer                always     spec Refund, refund 12
    created                                       text                   always     spec Refund, refund 12
    reason                                        text|null              sometimes  spec Refund, refund 12
    total_amount                                  number                 always     spec Refund, refund 12
    total_tax                                     number                 always     spec Refund, may be negative
    uses_merchant_override_values                 boolean                sometimes  spec Refund, refund 12
    items                                         [RefundItem]           always     spec Refund; empty for tax only
    payments                                      [RefundPayment]        always     spec Refund, refund 12
"""

REFUND_ITEM = """
    item_type                                     text                   always     spec RefundItem
    item_id                                       integer                always     spec RefundItem
    reason                                        text|null              sometimes  spec RefundItem
    quantity                                      integer|null           sometimes  spec RefundItem, of PRODUCT only
    requested_amount                              number|null            sometimes  null on PRODUCT in refund 12
    adjustments                                   list|null              sometimes  spec RefundItem
"""

REFUND_PAYMENT = """
    id                                            integer                always     spec RefundPayment, refund 12
    provider_id                                   text                   always     spec RefundPayment, refund 12
    amount                                        number                 always     spec RefundPayment, refund 12
    offline                                       boolean                always     spec RefundPayment, refund 12
    is_declined                                   boolean                always     spec RefundPayment, refund 12
    declined_message                              text|null              sometimes  spec RefundPayment, refund 12
    transaction_id                                text|null              sometimes  spec RefundPayment; not in refund 12
"""
