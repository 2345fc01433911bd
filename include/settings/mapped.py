"""The settings against the organisation: accounts, tax types, tracking and currency that would be held, or refused by Xero."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from include.domain.policy import Account, Policy, Reference, TaxRule
from include.settings.finding import Finding, fail, ok, warn
from include.settings.store import Store

RATE_TOLERANCE = Decimal("0.0001")  # as the core compares them (domain/tax.py)
SALES_ROLES = ("sales", "shipping", "handling", "wrapping")
LIABILITY_ROLES = ("gift_card_liability", "store_credit_liability", "sales_tax_liability")
# Accounts that Xero moves by itself; an invoice line on one is refused (reference xero.md 8.2).
SYSTEM_ROLES = ("DEBTORS", "CREDITORS", "GST", "BANKCURRENCYGAIN", "UNREALISEDCURRENCYGAIN", "REALISEDCURRENCYGAIN")


def account_findings(store: Store, policy: Policy, reference: Reference, shop_currency: str) -> Iterator[Finding]:
    """One line for each account code of the settings, by role."""
    codes = store.file.accounts
    for role in SALES_ROLES:
        yield _on_a_line(store.place_of("accounts", role), role, getattr(codes, role), reference, ("REVENUE",))
    for name, code in codes.fees.items():
        place = store.place_of("accounts", "fees", name)
        yield _on_a_line(place, f"fees.{name}", code, reference, ("REVENUE",))
    yield _rounding(store.place_of("accounts", "rounding"), codes.rounding, reference)
    for role in LIABILITY_ROLES:
        if code := getattr(codes, role):
            yield _on_a_line(store.place_of("accounts", role), role, code, reference, ("LIABILITY",))
    if policy.tax_posting == "liability_line" and not codes.sales_tax_liability:
        yield fail(
            "account sales_tax_liability",
            "tax_posting is liability_line, and there is no account for the tax.",
            f"Set accounts.sales_tax_liability: {store.place_of('accounts')}.",
        )
    paid_into = {rule.account: rule.tender for rule in policy.tenders if not rule.excluded}
    for code, tender in sorted(paid_into.items(), key=lambda pair: pair[1]):
        yield _takes_payments(_paid_by(store, tender, code), tender, code, reference, shop_currency)
    if not paid_into:
        yield warn(
            "payments",
            "no way of paying has an account: every payment would be held.",
            f"Map them: {store.place_of('payments')}.",
        )


def currency_findings(reference: Reference, shop_currency: str) -> Iterator[Finding]:
    """Whether the organisation knows the currency that the shop sells in; nothing where the shop did not say."""
    if not shop_currency:
        return
    if shop_currency not in reference.currencies:
        words = (
            f"the shop sells in {shop_currency}, which the organisation ({reference.base_currency}) has not enabled."
        )
        yield fail("currency", words, f"Add {shop_currency} in Xero (it stays for good), or correct the shop.")
    elif shop_currency != reference.base_currency:
        words = f"the shop sells in {shop_currency}, the organisation's base is {reference.base_currency}."
        yield warn("currency", words, "See with the accountant whose rate is used: policies.currency_rate.")
    else:
        yield ok("currency", f"{shop_currency} in shop and books.")


def _paid_by(store: Store, tender: str, code: str) -> str:
    """The place of a way of paying: its own row, else the account of its role."""
    for number, row in enumerate(store.file.payments):
        if (row.tender, row.account) == (tender, code):
            return store.place_of("payments", number)
    return store.place_of("accounts", tender)


def _there(place: str, check: str, code: str, reference: Reference) -> Account | Finding:
    account = reference.accounts.get(code)
    if account is None:
        return fail(check, f"{code} does not exist in Xero.", f"Correct {place}, or add it in Xero.")
    if not account.active:
        return fail(check, f"{code} is archived in Xero.", f"Restore it in Xero, or name another at {place}.")
    return account


def _on_a_line(place: str, role: str, code: str, reference: Reference, classes: tuple[str, ...]) -> Finding:
    check = f"account {role}"
    account = _there(place, check, code, reference)
    if isinstance(account, Finding):
        return account
    if account.type == "BANK" or account.system in SYSTEM_ROLES:
        what = "a bank account" if account.type == "BANK" else f"the system account {account.system}"
        return fail(check, f"{code} is {what}, which takes no invoice line.", f"Name another at {place}.")
    if account.account_class and account.account_class not in classes:
        kind = f"{account.account_class.lower()} ({account.type})"
        wanted = " or ".join(classes).lower()
        return warn(check, f"{code} is {kind}, not {wanted}.", f"Ask the accountant, or correct {place}.")
    return ok(check, f"{code} is active, {account.type}.")


def _rounding(place: str, code: str, reference: Reference) -> Finding:
    check = "account rounding"
    account = _there(place, check, code, reference)
    if isinstance(account, Finding):
        return account
    if account.system != "ROUNDING":
        marked = next((each.code for each in reference.accounts.values() if each.system == "ROUNDING"), "")
        remedy = f"Set accounts.rounding to {marked or 'the account that Xero marks so'} at {place}."
        return fail(check, f"{code} is not the account that Xero marks ROUNDING.", remedy)
    return ok(check, f"{code} is active, the system account ROUNDING.")


def _takes_payments(place: str, tender: str, code: str, reference: Reference, shop_currency: str) -> Finding:
    check = f"payments {tender}"
    account = _there(place, check, code, reference)
    if isinstance(account, Finding):
        return account
    if not account.takes_payments:
        remedy = f"In Xero, account {code}: tick `Enable payments to this account`; or name another at {place}."
        return fail(check, f"{code} takes no payments.", remedy)
    if account.currency and shop_currency and account.currency != shop_currency:
        words = f"{code} is a bank account in {account.currency}, the shop sells in {shop_currency}."
        return warn(check, words, "Pay into a clearing account, or one in the shop's currency.")
    return ok(check, f"{code} is active and takes payments.")


def tax_findings(store: Store, policy: Policy, reference: Reference) -> Iterator[Finding]:
    """One line for each tax rule, and one for the tax type of what bears no tax."""
    for number, rule in enumerate(policy.tax_rules):
        yield _tax_rule(store.place_of("tax_rules", number), rule, reference)
    yield _no_tax_type(store.place_of("policies", "no_tax_type"), policy.no_tax_type, reference)


def _tax_rule(place: str, rule: TaxRule, reference: Reference) -> Finding:
    check = f"tax rule {rule.name}"
    tax_type = reference.tax_types.get(rule.tax_type)
    if tax_type is None or not tax_type.active:
        alive = ", ".join(sorted(each.code for each in reference.tax_types.values() if each.active and each.on_revenue))
        what = "does not exist" if tax_type is None else "is not active"
        return fail(check, f"{rule.tax_type} {what} in Xero.", f"Choose one of {alive or 'none'} for {place}.")
    if not tax_type.on_revenue:
        return fail(check, f"{rule.tax_type} may not be used on sales.", f"Choose another at {place}.")
    if abs(tax_type.effective_rate - rule.rate) > RATE_TOLERANCE:
        ours, theirs = _percent(rule.rate), _percent(tax_type.effective_rate)
        return fail(check, f"the rule says {ours} %, {rule.tax_type} is {theirs} %.", f"Correct the rate at {place}.")
    return ok(check, f"{rule.tax_type} is active, {_percent(rule.rate)} %.")


def item_findings(store: Store, reference: Reference) -> Iterator[Finding]:
    """One line for the account and each tax type of items; nothing where no products become items."""
    products = store.file.products
    if not products.enabled:
        return
    if products.sales_account is not None:
        place = store.place_of("products", "sales_account")
        yield _on_a_line(place, "of items", products.sales_account, reference, ("REVENUE",))
    for tax_class, code in products.tax_types.items():
        check, place = f"tax class {tax_class} of items", store.place_of("products", "tax_types", tax_class)
        tax_type = reference.tax_types.get(code)
        if tax_type is None or not tax_type.active:
            what = "does not exist" if tax_type is None else "is not active"
            yield fail(check, f"{code} {what} in Xero.", f"Choose another at {place}.")
        elif not tax_type.on_revenue:
            yield fail(check, f"{code} may not be used on sales.", f"Choose another at {place}.")
        else:
            yield ok(check, f"{code} is active.")


def stock_findings(store: Store, reference: Reference) -> Iterator[Finding]:
    """One line for each kit, and for each item that the settings of stock name, where Xero is the source."""
    stock = store.file.stock
    if not stock.enabled or stock.source != "xero" or reference.items is None:
        return
    for sku, kit in stock.kits.items():
        missing = sorted(set(kit.parts) - reference.items)
        if missing:
            place = store.place_of("stock", "kits", sku)
            words = f"{', '.join(missing)} is no item in Xero: orders of {sku} are held, and it is not offered."
            yield fail(f"kit {sku}", words, f"Add it in Xero, or correct {place}.")
        else:
            yield ok(f"kit {sku}", f"made of {', '.join(f'{units} x {code}' for code, units in kit.parts.items())}.")
    for code in sorted(set(stock.safety_of) - reference.items):
        place = store.place_of("stock", "safety_of", code)
        yield warn(f"safety of {code}", "no such item in Xero: nothing is kept back.", f"Correct {place}.")


def _no_tax_type(place: str, code: str, reference: Reference) -> Finding:
    check = "no_tax_type"
    tax_type = reference.tax_types.get(code)
    remedy = f"Set policies.no_tax_type at {place} to a type of 0 %."
    if tax_type is None or not tax_type.active:
        return fail(check, f"{code} {'does not exist' if tax_type is None else 'is not active'} in Xero.", remedy)
    if tax_type.effective_rate != 0:
        return fail(check, f"{code} is {_percent(tax_type.effective_rate)} %, not free of tax.", remedy)
    if not (tax_type.on_liabilities and tax_type.on_revenue):
        return warn(check, f"{code} may not be used on every line that bears no tax.", remedy)
    return ok(check, f"{code} is active, 0 %.")


def tracking_findings(store: Store, categories: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """One line for each tracking category that the settings name."""
    options = {
        str(each.get("Name")): {
            str(one.get("Name")) for one in each.get("Options") or () if one.get("Status", "ACTIVE") == "ACTIVE"
        }
        for each in categories
        if each.get("Status", "ACTIVE") == "ACTIVE"
    }
    for category, option in _tracked(store):
        check = f"tracking {category}"
        if option in options.get(category, ()):
            yield ok(check, f"{option} is there.")
        else:
            what = f"the category has no active option {option!r}." if category in options else "no such category."
            yield fail(check, what, f"Add it in Xero, or correct {store.place_of('tracking', category)}.")


def _tracked(store: Store) -> Iterator[tuple[str, str]]:
    """Every category with each option that the settings may give a line."""
    for category, options in store.file.tracking.items():
        for option in dict.fromkeys([options] if isinstance(options, str) else options.values()):
            yield category, option


def _percent(rate: Decimal) -> str:
    return f"{rate.normalize():f}"
