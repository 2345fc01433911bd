"""Asks for real whether a store can run: `python -m include.commands.doctor --store KEY`. It writes nothing anywhere.

finding.py       a finding: ok, warn or FAIL, a sentence, a remedy
connections.py   what a Connection says, checked; where Connections are kept (the hooks read them with it, too)
surroundings.py  the environment, .env, and a local stack that runs
vendor_clock.py  how far our clock is from a vendor's
examination.py   the order of the questions
shop.py          BigCommerce: token, scopes, currency, clock
books.py         Xero: token, scopes, organisation, plan, calls left, clock
tokens.py        how the books' tokens stand: age, scopes, ended or not
mapping.py       the settings' accounts and tax types against the organisation's
house.py         our own: database, roles, key, mail, pools
"""
