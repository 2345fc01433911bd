"""A BigCommerce store on one machine, written from the vendor's documents and recordings, never from our client.

    moments.py    the three ways in which the vendor writes time
    shop.py       the state: orders with their parts, tokens with their scopes, settings, the quota window
    answers.py    the vendor's ways to say no, and how lists are cut into pages
    filters.py    what the order list can be asked for
    orders.py     V2: orders, and what hangs on an order
    consignments.py   V2: where an order's lines go
    storefront.py V2 store, time, statuses; V3 catalogue and customers, as far as anybody needs them here
    stock.py      the state of the shelves: items, locations, levels, what is shown of them
    inventory.py  V3: levels, locations, adjustments
    money.py      V3: transactions, refunds, metafields
    tables.py     every field that may leave this sandbox, with its type and where it is known from
    service.py    the routes, each with its source, and the gate before them: token, scope, quota

What no source settles is refused with 501, or is an attribute of `Shop` with a default that says so.
"""
