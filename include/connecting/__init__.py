"""How a store is connected with its vendors, and how its Connections stand. The console's page and the commands share it.

books.py         the consent to Xero: the link, what its code brings, which organisation, the sealed row
shop.py          the installation of our app in BigCommerce
handshakes.py    one that is under way: whose it is, for ten minutes, answered once
standing.py      how a Connection stands, and what is about to end
books_scopes.py  which of Xero's scopes are needed, and for what
shop_scopes.py   the same of BigCommerce, asked by a call each
listening.py     what an answer tells beside its content
"""
