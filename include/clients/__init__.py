"""How to talk to the vendors: this package knows HTTP and no rule of the books.

errors       what a vendor's API can do to us, as a tree
answers      what came back over the line, and how its JSON is read (Decimals, exact slices)
after        what follows an attempt: one pure decision per vendor
sending      one call until it is answered or given up, within named limits
paging       pages until there are no more, never for ever
allowance    how much may be asked of a vendor, and what is spent, as values; `asking` holds the functions over them
circuit      whether a vendor that is down may be tried, as values
pacing       when the next call may start, kept in memory; include/keepers keeps it for all processes
bigcommerce  the shop: orders, their parts and stock, as it said them, byte for byte; and stock adjusted
xero         the books: bytes in, the fate of each element out; and what is read back
warehouse    a feed of what is on the shelves, where the books do not count it
bigcommerce_*  the shop's calls, parts and stock rows
warehouse_*  the feed's text, its rows, and what is taken of the whole
xero_*       Xero's token, its answers to writes, its dates, its questions in a URL

A client opens no database, reads no setting, logs nothing, and imports nothing of ours outside this package.
"""
