"""The account rules that follow from the vendor's own ways of paying, before a store adds its own (accounting.md 5).

Only what is known for certain: a card is a card whichever gateway took it. Whatever is not listed here or in the
store's file holds the payment; no account is ever guessed.
"""

from collections.abc import Iterable, Mapping

from include.domain.policy import TenderRule

# Methods of a transaction that are a card (reference bigcommerce.md 6).
CARD_METHODS = ("credit_card", "token", "bigpay_token", "apple_pay_card", "apple_pay_token", "nonce")


def standard_tenders(accounts: Mapping[str, str]) -> Iterable[TenderRule]:
    """Rules for the roles that have an account: certificates, store credit, PayPal, cards."""
    if accounts.get("gift_card_liability"):
        yield TenderRule("gift_card_liability", accounts["gift_card_liability"], method="gift_certificate")
    if accounts.get("store_credit_liability"):
        yield TenderRule("store_credit_liability", accounts["store_credit_liability"], method="store_credit")
    if accounts.get("paypal_clearing"):
        yield TenderRule("paypal_clearing", accounts["paypal_clearing"], gateway="paypal*")
        yield TenderRule("paypal_clearing", accounts["paypal_clearing"], gateway="braintree_paypal*")
    if accounts.get("card_clearing"):
        for method in CARD_METHODS:
            yield TenderRule("card_clearing", accounts["card_clearing"], method=method)
