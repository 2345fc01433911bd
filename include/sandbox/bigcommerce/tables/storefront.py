"""Fields of the store, its statuses, its minimal catalogue and customers, and of what surrounds lists and errors."""

STORE = """
    id                                            text                   always     store-information-v2-spec
    account_uuid                                  text                   always     store-information-v2-spec
    domain                                        text                   always     store-information-v2-spec
    secure_url                                    text                   always     store-information-v2-spec
    control_panel_base_url                        text                   always     store-information-v2-spec
    status                                        text                   always     store-information-v2-spec
    name                                          text                   always     store-information-v2-spec
    first_name                                    text                   always     store-information-v2-spec
    last_name                                     text                   always     store-information-v2-spec
    address                                       text                   always     store-information-v2-spec
    country                                       text                   always     store-information-v2-spec
    country_code                                  text                   always     store-information-v2-spec
    phone                                         text                   always     store-information-v2-spec
    admin_email                                   text                   always     store-information-v2-spec
    order_email                                   text                   always     store-information-v2-spec
    timezone                                      Timezone               always     store-information-v2-spec
    language                                      text                   always     store-information-v2-spec
    currency                                      text                   always     store-information-v2-spec
    currency_symbol                               text                   always     store-information-v2-spec
    decimal_separator                             text                   always     store-information-v2-spec
    thousands_separator                           text                   always     store-information-v2-spec
    decimal_places                                integer                always     store-information-v2-spec
    currency_symbol_location                      text                   always     store-information-v2-spec
    weight_units                                  text                   always     store-information-v2-spec
    dimension_units                               text                   always     store-information-v2-spec
    dimension_decimal_places                      integer                always     store-information-v2-spec
    dimension_decimal_token                       text                   always     store-information-v2-spec
    dimension_thousands_token                     text                   always     store-information-v2-spec
    plan_name                                     text                   always     store-information-v2-spec
    plan_level                                    text                   always     store-information-v2-spec
    plan_is_trial                                 boolean                always     store-information-v2-spec
    industry                                      text                   always     store-information-v2-spec
    logo                                          object|list            always     spec StoreInformation: either
    is_price_entered_with_tax                     boolean                always     store-information-v2-spec
    store_id                                      integer                always     store-information-v2-spec
    default_channel_id                            integer                always     store-information-v2-spec
    default_site_id                               integer                always     store-information-v2-spec
    active_comparison_modules                     list                   always     store-information-v2-spec
    features                                      object                 always     store-information-v2-spec
"""

TIMEZONE = """
    name                                          text                   always     store-information-v2-spec
    raw_offset                                    integer                always     store-information-v2-spec
    dst_offset                                    integer                always     store-information-v2-spec
    dst_correction                                boolean                always     store-information-v2-spec
    date_format                                   object                 always     store-information-v2-spec
"""

TIME = """
    time                                          integer                always     store_information.v2.yml timeStamp_Full
"""

ORDER_STATUS = """
    id                                            integer                always     captured order statuses
    name                                          text                   always     captured order statuses
    system_label                                  text                   always     captured order statuses
    custom_label                                  text                   always     captured order statuses
    system_description                            text                   always     captured order statuses
    order                                         integer                always     captured order statuses; not in spec
"""

ORDER_COUNT = """
    statuses                                      [StatusCount]          always     spec ordersCount_Full
    count                                         integer                always     spec ordersCount_Full
"""

STATUS_COUNT = """
    id                                            integer                always     order-count-v2-spec
    name                                          text                   always     order-count-v2-spec
    system_label                                  text                   always     order-count-v2-spec
    custom_label                                  text                   always     order-count-v2-spec
    system_description                            text                   always     order-count-v2-spec
    count                                         integer                always     order-count-v2-spec
    sort_order                                    integer                always     order-count-v2-spec
"""

CUSTOMER = """
    id                                            integer                always     captured customers page
    company                                       text                   always     captured customers page
    customer_group_id                             integer                always     captured customers page
    email                                         text                   always     captured customers page
    first_name                                    text                   always     captured customers page
    last_name                                     text                   always     captured customers page
    notes                                         text                   always     captured customers page
    phone                                         text                   always     captured customers page
    tax_exempt_category                           text                   always     captured customers page
    date_created                                  text                   always     captured customers page
    date_modified                                 text                   always     captured customers page
    origin_channel_id                             integer                always     captured customers page
    channel_ids                                   list|null              always     null in captured customers page
    authentication                                object                 sometimes  captured customers page
    registration_ip_address                       text                   sometimes  captured customers page
    accepts_product_review_abandoned_cart_emails  boolean                sometimes  captured customers page
    addresses                                     [CustomerAddress]      sometimes  spec customer_Full, with include=addresses
    address_count                                 integer                sometimes  spec customer_Full
    form_fields                                   [CustomerFormField]    sometimes  spec customer_Full, with include=formfields
"""

CUSTOMER_ADDRESS = """
    id                                            integer                sometimes  spec address_Full, not in all captures
    customer_id                                   integer                sometimes  spec address_Full, not in all captures
    address1                                      text                   always     spec address_Full
    address2                                      text                   always     captured customer with address
    address_type                                  text                   always     captured customer with address
    city                                          text                   always     spec address_Full
    company                                       text                   always     captured customer with address
    country                                       text                   sometimes  captured addresses, not in all captures
    country_code                                  text                   always     spec address_Full
    first_name                                    text                   always     spec address_Full
    last_name                                     text                   always     spec address_Full
    phone                                         text                   always     captured customer with address
    postal_code                                   text                   always     spec address_Full
    state_or_province                             text                   always     spec address_Full
"""

CUSTOMER_FORM_FIELD = """
    customer_id                                   integer                always     spec formFieldValue_Customer
    name                                          text                   always     spec formFieldValue_Customer
    value                                         text|number|list       always     spec formFieldValue_Customer
"""

METAFIELD = """
    id                                            integer                sometimes  spec Metafield
    key                                           text                   always     spec MetafieldBase
    value                                         text                   always     spec MetafieldBase
    namespace                                     text                   sometimes  spec MetafieldBase
    permission_set                                text                   sometimes  spec MetafieldBase
    resource_type                                 text                   sometimes  spec MetafieldBase
    resource_id                                   integer                sometimes  spec MetafieldBase
    description                                   text                   sometimes  spec MetafieldBase
    date_created                                  text                   sometimes  spec Metafield
    date_modified                                 text                   sometimes  spec Metafield
    owner_client_id                               text                   sometimes  spec Metafield
"""

LINK = """
    url                                           text                   always     captured order 519
    resource                                      text                   always     captured order 519
"""

PAGINATION = """
    total                                         integer                always     spec pagination_Full
    count                                         integer                always     spec pagination_Full
    per_page                                      integer                always     spec pagination_Full
    current_page                                  integer                always     spec pagination_Full
    total_pages                                   integer                always     spec pagination_Full
    links                                         object                 sometimes  spec links_Full
    too_many                                      boolean                sometimes  captured list of products; no page names it
"""

META = """
    pagination                                    Pagination             sometimes  spec metaCollection_Full, metaEmpty_Full
    cursor_pagination                             CursorPagination       sometimes  captured customers page
"""

CURSOR_PAGINATION = """
    count                                         integer                always     captured customers page
    per_page                                      integer                always     captured customers page
    start_cursor                                  text                   sometimes  captured customers page
    end_cursor                                    text                   sometimes  captured customers page
    links                                         object                 always     captured customers page
"""

V2_ERROR = """
    status                                        integer                always     order-404-v2-spec
    message                                       text                   always     order-404-v2-spec
"""

V3_ERROR = """
    status                                        integer                always     orders-v3-spec-error-403
    title                                         text                   always     orders-v3-spec-error-403
    type                                          text                   always     orders-v3-spec-error-403
    errors                                        object                 sometimes  orders-v3-spec-error-422
"""

APP_TOKEN = """
    access_token                                  text                   always     integrations/apps/guide/auth.mdx
    scope                                         text                   always     auth.mdx
    user                                          AppPerson              always     auth.mdx
    owner                                         AppPerson              always     auth.mdx
    context                                       text                   always     auth.mdx
    account_uuid                                  text                   always     auth.mdx
"""

APP_PERSON = """
    id                                            integer                always     auth.mdx
    username                                      text                   always     auth.mdx
    email                                         text                   always     auth.mdx
"""


def envelope(of: str) -> str:
    """The table of a V3 envelope whose `data` is of this type."""
    return f"""
    data                                          {of}  always  reference bigcommerce.md 2
    meta                                          Meta  always  reference bigcommerce.md 2
"""
