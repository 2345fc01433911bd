"""Both vendors as one small stateful server, so that nobody needs an account at either to work on this project.

Map
    ground         clock, recorded calls, limits, and what a vendor route is
    stories        bad days to come
    field_tables   our own lists of the fields that answers carry, and the checker that holds answers against them
    dispatch       one request from the wire through stories, gate and handler back to the wire
    admin          /_sandbox/...: the operator's knobs
    town           one shop, one organisation, one warehouse and the server around them
    xero           the books: a server written from Xero's published description and recorded answers
    bigcommerce    the shop, made the same way
    warehouse      a feed of stock, in the shape that docs/warehouse_feed.md describes
    pages          what a person sees in a browser
    demo           the contents of the demo shop and the demo books

Rule    An answer is recorded, published, or not given: what nobody has seen answers 501 and says so.
Layer   Nothing here imports anything of this project outside this package. A server that borrowed the client's
        opinion of the vendor would agree with its mistakes.
"""
