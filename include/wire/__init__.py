"""How the vendors spell it: their JSON on one side, the domain on the other, one line per field.

bigcommerce_order.py    what the shop sends, part by part -> `Order`, or the problems that keep it from being one
xero_documents.py       invoices, payments, contacts, credit notes -> Xero's bodies, to the byte
xero_reference.py       organisation, accounts, tax rates, items -> `Reference`
xero_found.py           what Xero says it holds -> `InBooks`, `Known`
"""
