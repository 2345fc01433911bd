"""Ordinary shops: five countries, orders in a fixed mix, and what each shopper was charged, paid and got back.

    organisations   country, zone, chart of accounts, and what is taxed how where
    mix             the shares of the mix, dealt out by a seed
    people, baskets, tills    who buys, what, and how it is paid, edited and refunded
    charged         what the books must show of an order, by the shop's own arithmetic
    lives           what becomes of an order over time, and by which rule accounting.md itself holds it
    sales           all of it together: `ordinary_sales(AU, 1000, seed=1)`

Nothing here knows how an order becomes books. What accounting.md itself holds is named by its section: more given
back than the invoice is worth (1, T4), credit spent in another currency (5), archived contacts (6), edits after payment
and free amounts given back (7).
"""

from include.sandbox.ordinary.charged import Charged, GivenBack
from include.sandbox.ordinary.lives import Rule
from include.sandbox.ordinary.organisations import ACCOUNTS, ORGANISATIONS, Organisation
from include.sandbox.ordinary.sales import Fate, Sale, ordinary_sales

__all__ = [
    "ACCOUNTS",
    "ORGANISATIONS",
    "Charged",
    "Fate",
    "GivenBack",
    "Organisation",
    "Rule",
    "Sale",
    "ordinary_sales",
]
