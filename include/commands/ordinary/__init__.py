"""`ordinary`: ordinary shops of five countries through the core and through the whole flow, and whether any order is wrong.

settings.py  an organisation's answers to the set-up, as a store's file
booked.py    what the books show of an order, wherever it was read, and where it differs from what the shop charged
core.py      the core alone: the shop's JSON, read and planned
flow.py      extract to audit, over HTTP and PostgreSQL, in three looks
read_back.py what the sandbox's books show of every order after that
tally.py     orders, shares, reasons, as a table
"""
