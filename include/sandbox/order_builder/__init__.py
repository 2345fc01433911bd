"""Orders for tests and for the demo, told in a sentence and built by the shop's own rules of money.

>>> from include.sandbox.order_builder import an_order
>>> bundle = an_order(1001).line("MUG", price="22.00", quantity=2).discount("5.00").shipping("11.00").paid("card").build()
>>> bundle["order"]["total_inc_tax"], bundle["order"]["total_tax"]
('50.0000', '4.5500')

Say only what your test is about: `an_order().build()` is one mug at 22.00 with 2.00 GST, paid by card, to be sent to
Melbourne. Every verb gives a new order, so a base can be varied; `build()` may be called as often as you like.

| to say                                   | write                                                            |
|------------------------------------------|------------------------------------------------------------------|
| prices are before tax                    | `.prices_without_tax()` first, then amounts before tax           |
| a rate, a named rate, stacked rates      | `tax="10"`, `tax=("VAT", "20")`, `tax={"GST": "5", "PST": "7"}`  |
| all that follows is free of tax          | `.taxed("0")`                                                    |
| a second address                         | `.line(..).sent_to("NZ").line(..).shipping("5.00")`              |
| money off                                | `.discount("5.00")`, `.coupon("TEN", percent="10")`, `on="MUG"`  |
| paid by a certificate and a card         | `.gift_certificate("50.00").paid("card")`                        |
| reserved, then partly taken              | `.authorised("card").captured("99.00")`                          |
| not paid                                 | `.unpaid("Bank Deposit")`                                        |
| given back                               | `.refunded({"MUG": 1}, to="store_credit")`                       |
| edited after it was paid                 | `paid = order.settled()`, then `paid.line(..).modified("...")`   |
| a shop that contradicts itself           | `.stating(total_tax="9.9900")`, `.line(.., stating={..})`        |

A bundle has the form of the project's cases: `order`, `products`, `shipping_addresses`, `pickups`, `taxes` (details),
`fees`, `coupons`, and `transactions` and `refunds` in their V3 envelopes. Order and line money is text with four decimals;
V3 money is Decimal, which `as_json` writes as numbers. Ids follow from the order's: line n is `id * 1000 + n`, address n
is `id * 10 + n`, transaction n is `id * 100 + n`, refund n is `id * 10 + n`.

What no source settles is marked where it is built: the word for a promotion's discount, whether the stated total is
before or after certificates (`total_stated`), the status texts of payments that nobody recorded.
"""

import json
from decimal import Decimal

from include.sandbox.order_builder.builder import OrderBuilder, an_order
from include.sandbox.order_builder.parts import STATUSES
from include.sandbox.order_builder.stated import JsonObject

__all__ = ["STATUSES", "JsonObject", "OrderBuilder", "an_order", "as_json"]


def as_json(bundle: JsonObject) -> str:
    """The bundle as JSON text, e.g. for `POST /_sandbox/orders`. Decimals become numbers."""

    def number(value: object) -> float:
        if isinstance(value, Decimal):
            return float(value)  # at most 15 digits: its shortest form is the very text of the amount
        raise TypeError(f"{type(value).__name__} has no JSON form here")

    return json.dumps(bundle, default=number)
