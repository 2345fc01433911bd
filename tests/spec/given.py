"""What the specification's tests are written in: a shop's order, an Australian organisation, and the decision on it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from include.domain.document import Allocation, CreditNote, Invoice, Payment, RefundPayment, Standing
from include.domain.order import Order
from include.domain.outcome import Hold, OutcomeName, Skip, worst
from include.domain.plan import Plan, plan_order
from include.domain.policy import Account, Accounts, Policy, Reference, TaxRule, TaxType
from include.domain.status import DEFAULT_STATUSES
from include.sandbox.order_builder import OrderBuilder, as_json
from include.settings.countries import defaults_for
from include.settings.tenders import standard_tenders
from include.wire.bigcommerce_order import gathered, order_of

D = Decimal
PARTS = ("order", "products", "shipping_addresses", "taxes", "fees", "transactions", "refunds")
CODES = {
    "sales": "200",
    "shipping": "260",
    "handling": "261",
    "wrapping": "262",
    "rounding": "860",
    "gift_card_liability": "840",
    "store_credit_liability": "841",
    "sales_tax_liability": "820",
    "card_clearing": "615",
    "paypal_clearing": "616",
}
POLICY = Policy(
    store="demo",
    store_hash="demo1",
    accounts=Accounts(
        **{role: code for role, code in CODES.items() if not role.endswith("_clearing")}, fees={"*": "263"}
    ),
    tax_rules=(
        TaxRule("au-gst", "OUTPUT", D(10), country="AU", tax_name="GST"),
        TaxRule("au-gst-free", "EXEMPTOUTPUT", D(0), country="AU", tax_name="GST Free"),
        TaxRule("export", "EXEMPTEXPORT", D(0)),
    ),
    tenders=tuple(standard_tenders(CODES)),
    statuses=DEFAULT_STATUSES,
    key=b"spec",
    **defaults_for("AU"),
)
REFERENCE = Reference(
    country="AU",
    base_currency="AUD",
    zone="Australia/Sydney",
    currencies=frozenset({"AUD"}),
    accounts={
        code: Account(code, "", active=True, takes_payments=code in ("840", "841", "615", "616"))
        for code in (*CODES.values(), "263")
    },
    tax_types={
        "OUTPUT": TaxType("OUTPUT", D(10), active=True),
        "EXEMPTOUTPUT": TaxType("EXEMPTOUTPUT", D(0), active=True),
        "EXEMPTEXPORT": TaxType("EXEMPTEXPORT", D(0), active=True),
        "BASEXCLUDED": TaxType("BASEXCLUDED", D(0), active=True),
    },
)
#: The same organisation in the United States: sales tax is posted as lines of its own.
US_POLICY = replace(POLICY, tax_posting="liability_line", **defaults_for("US"))
US_REFERENCE = replace(
    REFERENCE,
    country="US",
    base_currency="USD",
    zone="America/Los_Angeles",
    currencies=frozenset({"USD"}),
    tax_types={"NONE": TaxType("NONE", D(0), active=True)},
)


def order(told: OrderBuilder | Mapping[str, Any]) -> Order:
    """The shop's order with all its parts read."""
    bundle = json.loads(as_json(told.build() if isinstance(told, OrderBuilder) else dict(told)), parse_float=Decimal)
    if pickups := bundle.get("pickups"):
        bundle["order"]["consignments"] = {"pickups": pickups}
    read = order_of(gathered({part: bundle[part] for part in PARTS if part in bundle}))
    assert isinstance(read, Order), read
    return read


def plan(
    told: OrderBuilder | Mapping[str, Any],
    policy: Policy = POLICY,
    reference: Reference = REFERENCE,
    standing: Standing | None = None,
    **decided: Any,
) -> Plan:
    """The plan for an order; `decided` are settings that differ from the defaults."""
    return plan_order(order(told), replace(policy, **decided), reference, standing)


def outcome(made: Plan) -> OutcomeName:
    """The order's outcome, if everything that is planned gets posted."""
    names: dict[type, OutcomeName] = {Hold: "held", Skip: "skipped"}
    return worst(names.get(type(each.decision), "posted") for each in made.documents)


def decision(made: Plan) -> Invoice | Hold | Skip:
    """What was decided on the invoice."""
    found = made.documents[0].decision
    assert isinstance(found, Invoice | Hold | Skip)
    return found


def invoice(made: Plan) -> Invoice:
    """The invoice; the test fails with the reason where there is none."""
    found = decision(made)
    assert isinstance(found, Invoice), found
    return found


def reason(made: Plan) -> str:
    """Why the invoice, or else the first document that is held or skipped, is not posted."""
    return next(each.decision.reason for each in made.documents if isinstance(each.decision, Hold | Skip))


def payments(made: Plan) -> list[Payment]:
    """The payments that are posted."""
    return [each.decision for each in made.documents if isinstance(each.decision, Payment)]


def credit_notes(made: Plan) -> list[CreditNote]:
    """The credit notes that are posted."""
    return [each.decision for each in made.documents if isinstance(each.decision, CreditNote)]


def paid_out(made: Plan) -> list[RefundPayment]:
    """What goes back to the shopper."""
    return [each.decision for each in made.documents if isinstance(each.decision, RefundPayment)]


def allocated(made: Plan) -> list[Allocation]:
    """What is set against an invoice."""
    return [each.decision for each in made.documents if isinstance(each.decision, Allocation)]


def holds(made: Plan) -> list[tuple[str, str]]:
    """Which documents are held, and why."""
    return [(each.kind, each.decision.reason) for each in made.documents if isinstance(each.decision, Hold)]


def lines(made: Plan) -> list[tuple[str, str, str, str]]:
    """The invoice's lines: what, amount, tax, tax type."""
    return [(line.ref, f"{line.amount:.2f}", f"{line.tax:.2f}", line.tax_type) for line in invoice(made).lines]


def day(text: str) -> date:
    """A date from ISO text."""
    return date.fromisoformat(text)
