"""Fields of V2 consignments in the object structure."""

CONSIGNMENTS = """
    pickups                                       [PickupConsignment]    always     spec orderConsignment_Get
    shipping                                      [ShippingConsignment]  always     spec orderConsignment_Get
    downloads                                     [MailConsignment]      always     spec orderConsignment_Get
    email                                         EmailConsignments      always     spec orderConsignment_Get
"""

EMAIL_CONSIGNMENTS = """
    gift_certificates                             [MailConsignment]      always     spec orderConsignment_Get
"""

MAIL_CONSIGNMENT = """
    recipient_email                               text                   always     spec digitalConsignment_Get
    line_items                                    [Link|OrderProduct]    always     spec; one object in its example
    __warning__                                   text                   sometimes  as for shipping consignments
"""

SHIPPING_CONSIGNMENT = """
    id                                            integer                always     spec shippingConsignment_Get and its example
    first_name                                    text                   always     spec shippingConsignment_Get and its example
    last_name                                     text                   always     spec shippingConsignment_Get and its example
    company                                       text                   always     spec shippingConsignment_Get and its example
    street_1                                      text                   always     spec shippingConsignment_Get and its example
    street_2                                      text                   always     spec shippingConsignment_Get and its example
    city                                          text                   always     spec shippingConsignment_Get and its example
    state                                         text                   always     spec shippingConsignment_Get and its example
    zip                                           text                   always     spec shippingConsignment_Get and its example
    country                                       text                   always     spec shippingConsignment_Get and its example
    country_iso2                                  text                   always     spec shippingConsignment_Get and its example
    phone                                         text                   always     spec shippingConsignment_Get and its example
    email                                         text                   always     spec shippingConsignment_Get and its example
    form_fields                                   list                   always     spec shippingConsignment_Get and its example
    shipping_method                               text                   always     spec shippingConsignment_Get and its example
    line_items                                    [Link|OrderProduct]    always     spec shippingConsignment_Get and its example
    items_total                                   integer                always     spec shippingConsignment_Get and its example
    items_shipped                                 integer                always     spec shippingConsignment_Get and its example
    base_cost                                     number                 always     spec shippingConsignment_Get and its example
    cost_ex_tax                                   number                 always     spec shippingConsignment_Get and its example
    cost_inc_tax                                  number                 always     spec shippingConsignment_Get and its example
    cost_tax                                      number                 always     spec shippingConsignment_Get and its example
    cost_tax_class_id                             integer                always     spec shippingConsignment_Get and its example
    base_handling_cost                            number                 always     spec shippingConsignment_Get and its example
    handling_cost_ex_tax                          number                 always     spec shippingConsignment_Get and its example
    handling_cost_inc_tax                         number                 always     spec shippingConsignment_Get and its example
    handling_cost_tax                             number                 always     spec shippingConsignment_Get and its example
    handling_cost_tax_class_id                    integer                always     spec shippingConsignment_Get and its example
    shipping_zone_id                              integer                always     spec shippingConsignment_Get and its example
    shipping_zone_name                            text                   always     spec shippingConsignment_Get and its example
    shipping_quotes                               Link                   always     spec shippingConsignment_Get and its example
    __warning__                                   text                   sometimes  github.com/bigcommerce/docs issue 960
"""

PICKUP_CONSIGNMENT = """
    id                                            integer                always     spec pickupConsignment_Get and its example
    pickup_method_id                              integer                always     spec pickupConsignment_Get and its example
    pickup_method_display_name                    text                   always     spec pickupConsignment_Get and its example
    collection_instructions                       text                   always     spec pickupConsignment_Get and its example
    collection_time_description                   text                   always     spec pickupConsignment_Get and its example
    location                                      PickupLocation         always     spec pickupConsignment_Get and its example
    line_items                                    [Link|OrderProduct]    always     spec pickupConsignment_Get and its example
    __warning__                                   text                   sometimes  as for shipping consignments
"""

PICKUP_LOCATION = """
    id                                            integer                always     spec pickupConsignmentLocation_Get
    name                                          text                   always     spec pickupConsignmentLocation_Get
    code                                          text                   always     spec pickupConsignmentLocation_Get
    address_line_1                                text                   always     spec pickupConsignmentLocation_Get
    address_line_2                                text                   always     spec pickupConsignmentLocation_Get
    city                                          text                   always     spec pickupConsignmentLocation_Get
    state                                         text                   always     spec pickupConsignmentLocation_Get
    postal_code                                   text                   always     spec pickupConsignmentLocation_Get
    country_alpha2                                text                   always     spec pickupConsignmentLocation_Get
    email                                         text                   sometimes  spec pickupConsignmentLocation_Get
    phone                                         text                   sometimes  spec pickupConsignmentLocation_Get
"""
