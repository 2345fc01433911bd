"""Fields of inventory items, locations, adjustments, and of the errors that they answer with."""

ITEM = """
    identity                  InventoryIdentity     always     spec ItemResponse
    locations                 [InventoryLevel]      always     spec ItemResponse
"""

IDENTITY = """
    sku                       text                  always     spec ItemResponse, guide
    variant_id                integer               always     spec ItemResponse, guide
    product_id                integer               always     spec ItemResponse, guide
    sku_id                    integer|null          always     spec ItemResponse: null of a base variant, in its words
"""

LEVEL = """
    location_id               integer               always     spec ItemResponse
    location_code             text                  always     spec ItemResponse
    location_name             text                  always     spec ItemResponse
    available_to_sell         integer               always     spec ItemResponse, guide
    total_inventory_onhand    integer               always     spec ItemResponse, guide
    location_enabled          boolean               always     spec ItemResponse
    settings                  InventorySettings     always     spec ItemResponse
"""

SETTINGS = """
    safety_stock              integer               always     spec ItemResponse, guide
    is_in_stock               boolean               always     spec ItemResponse, guide
    warning_level             integer               always     spec ItemResponse, guide
    bin_picking_number        text                  always     spec ItemResponse; its empty form is [U]
"""

LOCATION = """
    id                            integer           always     spec LocationResponse
    code                          text              always     spec LocationResponse
    label                         text              always     spec LocationResponse
    description                   text              always     spec LocationResponse
    managed_by_external_source    boolean           always     spec LocationResponse
    type_id                       text              always     spec LocationResponse
    enabled                       boolean           always     spec LocationResponse
    operating_hours               object            always     spec LocationResponse
    time_zone                     text              always     spec LocationResponse
    created_at                    text              always     spec LocationResponse
    updated_at                    text              always     spec LocationResponse
    address                       LocationAddress   always     spec LocationResponse
    storefront_visibility         boolean           always     spec LocationResponse
"""

LOCATION_ADDRESS = """
    address1                  text                  always     spec LocationResponse
    address2                  text                  always     spec LocationResponse
    city                      text                  always     spec LocationResponse
    state                     text                  always     spec LocationResponse
    zip                       text                  always     spec LocationResponse
    email                     text                  always     spec LocationResponse
    phone                     text                  always     spec LocationResponse
    geo_coordinates           object                always     spec LocationResponse
    country_code              text                  always     spec LocationResponse: alpha-3 by its words, US by its example
"""

TRANSACTION = """
    transaction_id            text                  always     spec SimpleTransactionResponse
"""

PROBLEM = """
    status                    integer               always     inventory-v3-spec-adjustment-422-tracking-mode
    title                     text                  always     inventory-v3-spec-adjustment-422-tracking-mode
    type                      text                  always     inventory-v3-spec-adjustment-422-tracking-mode
    errors                    object                always     inventory-v3-spec-adjustment-422-tracking-mode
"""
