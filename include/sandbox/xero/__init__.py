"""The books: Xero's token endpoint, its gateway, and the part of its Accounting API that a shop needs.

Map
    service         the routes, each with its source
    gate            who asks (tokens), how often (allowance), again? (idempotency)
    books           one organisation: its contacts, documents, payments, and its settings
    reference_data  accounts, tax rates, currencies, tracking, organisation
    items, stock    the price list; what is on hand of tracked items, and how documents move it
    contacts, invoices, credit_notes, payments, allocations   what may be done with each
    documents       what invoices and credit notes have in common: lines, totals, status moves
    lines, arithmetic   one line: its account, tax type and amounts, rounded as Xero rounds
    batches         several elements in one call, with and without summarizeErrors
    listing, where  pages, filters and order
    answers, dates, tables   how Xero spells it, and our own lists of the fields it spells

Source  reference/xero.md and the vendor's OpenAPI file; `[U]` marks what no source confirms: there we chose.
"""
