"""Connect a store with a vendor by a person's consent (OAuth 2.0): `make connect-xero`, `make connect-bigcommerce`.

redirect_page.py  the page on this machine to which the vendor sends the browser back
asking.py         the link, the browser, and what came back
xero.py           the consent to Xero: tokens go into their sealed row
bigcommerce.py    the installation in the store: its token goes to where the Connection lives
connection_kept.py  where that is
"""
