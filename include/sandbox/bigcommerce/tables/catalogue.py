"""Fields of the V3 catalogue: products, and the variants that carry the SKUs of those with options."""

PRODUCT = """
    id                                            integer                always     captured products 77 and 80
    name                                          text                   always     captured products 77 and 80
    type                                          text                   always     captured products 77 and 80
    sku                                           text                   always     captured products 77 and 80
    description                                   text                   always     captured products 77 and 80
    weight                                        number                 always     captured products 77 and 80
    width                                         number                 always     captured products 77 and 80
    depth                                         number                 always     captured products 77 and 80
    height                                        number                 always     captured products 77 and 80
    price                                         number                 always     captured products 77 and 80
    cost_price                                    number                 always     captured products 77 and 80
    retail_price                                  number                 always     captured products 77 and 80
    sale_price                                    number                 always     captured products 77 and 80
    map_price                                     number                 always     captured products 77 and 80
    tax_class_id                                  integer                always     captured products 77 and 80
    product_tax_code                              text                   always     captured products 77 and 80
    calculated_price                              number                 always     captured products 77 and 80
    categories                                    list                   always     captured products 77 and 80
    brand_id                                      integer                always     captured products 77 and 80
    option_set_id                                 integer|null           always     captured products 77 and 80
    option_set_display                            text                   always     captured products 77 and 80
    inventory_level                               integer                always     captured products 77 and 80
    inventory_warning_level                       integer                always     captured products 77 and 80
    inventory_tracking                            text                   always     captured products 77 and 80
    reviews_rating_sum                            integer                always     captured products 77 and 80
    reviews_count                                 integer                always     captured products 77 and 80
    total_sold                                    integer                always     captured products 77 and 80
    fixed_cost_shipping_price                     number                 always     captured products 77 and 80
    is_free_shipping                              boolean                always     captured products 77 and 80
    is_visible                                    boolean                always     captured products 77 and 80
    is_featured                                   boolean                always     captured products 77 and 80
    related_products                              list                   always     captured products 77 and 80
    warranty                                      text                   always     captured products 77 and 80
    bin_picking_number                            text                   always     captured products 77 and 80
    layout_file                                   text                   always     captured products 77 and 80
    upc                                           text                   always     captured products 77 and 80
    mpn                                           text                   always     captured products 77 and 80
    gtin                                          text                   always     captured products 77 and 80
    date_last_imported                            text|null              always     captured products 77 and 80
    search_keywords                               text                   always     captured products 77 and 80
    availability                                  text                   always     captured products 77 and 80
    availability_description                      text                   always     captured products 77 and 80
    gift_wrapping_options_type                    text                   always     captured products 77 and 80
    gift_wrapping_options_list                    list                   always     captured products 77 and 80
    sort_order                                    integer                always     captured products 77 and 80
    condition                                     text                   always     captured products 77 and 80
    is_condition_shown                            boolean                always     captured products 77 and 80
    order_quantity_minimum                        integer                always     captured products 77 and 80
    order_quantity_maximum                        integer                always     captured products 77 and 80
    page_title                                    text                   always     captured products 77 and 80
    meta_keywords                                 list                   always     captured products 77 and 80
    meta_description                              text                   always     captured products 77 and 80
    date_created                                  text                   always     captured products 77 and 80
    date_modified                                 text                   always     captured products 77 and 80
    view_count                                    integer                always     captured products 77 and 80
    preorder_release_date                         text|null              always     captured products 77 and 80
    preorder_message                              text                   always     captured products 77 and 80
    is_preorder_only                              boolean                always     captured products 77 and 80
    is_price_hidden                               boolean                always     captured products 77 and 80
    price_hidden_label                            text                   always     captured products 77 and 80
    custom_url                                    object                 always     captured products 77 and 80
    base_variant_id                               integer|null           always     captured products 77 and 80
    open_graph_type                               text                   always     captured products 77 and 80
    open_graph_title                              text                   always     captured products 77 and 80
    open_graph_description                        text                   always     captured products 77 and 80
    open_graph_use_meta_description               boolean                always     captured products 77 and 80
    open_graph_use_product_name                   boolean                always     captured products 77 and 80
    open_graph_use_image                          boolean                always     captured products 77 and 80
    variants                                      [Variant]              sometimes  spec IncludeParamBase: only where asked for
"""

VARIANT = """
    id                                            integer                always     captured variants of 77
    product_id                                    integer                always     captured variants of 77
    sku                                           text                   always     captured variants of 77
    sku_id                                        integer|null           always     captured variants of 77
    price                                         number|null            always     captured variants of 77
    calculated_price                              number                 always     captured variants of 77
    sale_price                                    number|null            always     captured variants of 77
    retail_price                                  number|null            always     captured variants of 77
    map_price                                     number|null            always     captured variants of 77
    fixed_cost_shipping_price                     number|null            always     captured variants of 77
    cost_price                                    number|null            always     captured variants of 77
    weight                                        number|null            always     captured variants of 77
    width                                         number|null            always     captured variants of 77
    height                                        number|null            always     captured variants of 77
    depth                                         number|null            always     captured variants of 77
    is_free_shipping                              boolean                always     captured variants of 77
    calculated_weight                             number                 always     captured variants of 77
    purchasing_disabled                           boolean                always     captured variants of 77
    purchasing_disabled_message                   text                   always     captured variants of 77
    image_url                                     text                   always     captured variants of 77
    upc                                           text                   always     captured variants of 77
    mpn                                           text                   always     captured variants of 77
    gtin                                          text                   always     captured variants of 77
    inventory_level                               integer                always     captured variants of 77
    inventory_warning_level                       integer                always     captured variants of 77
    bin_picking_number                            text                   always     captured variants of 77
    option_values                                 [VariantOption]        always     captured variants of 77
"""

VARIANT_OPTION = """
    id                                            integer                always     captured variants of 77
    label                                         text                   always     captured variants of 77
    option_id                                     integer                always     captured variants of 77
    option_display_name                           text                   always     captured variants of 77
"""
