"""Whether the books are the shop's: each order has one invoice and one payment of its total, and there is nothing else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

PREFIX = "BC-"


def differences(
    totals: Mapping[int, Decimal], invoices: Sequence[Mapping[str, Any]], payments: Sequence[Mapping[str, Any]]
) -> list[str]:
    """A sentence for each difference; empty when the books are equal.

    totals      order id -> what the shop says it came to
    invoices    rows of Xero's list: InvoiceID, InvoiceNumber, Status, Total, AmountDue
    payments    rows of Xero's list: Invoice.InvoiceID, Status, Amount. What was voided or deleted counts as a difference:
                nobody was there who would do so.
    """
    expected = {f"{PREFIX}{order}": total for order, total in totals.items()}
    numbered = Counter(str(row["InvoiceNumber"]) for row in invoices)
    paid: dict[str, list[Decimal]] = defaultdict(list)
    for row in payments:
        paid[str(row["Invoice"]["InvoiceID"])].append(Decimal(str(row["Amount"])))
    said = [f"{number} has no invoice" for number in expected if number not in numbered]
    said += [f"{number} has {times} invoices" for number, times in numbered.items() if times > 1]
    said += [f"payment {row['PaymentID']} is {row['Status']}" for row in payments if row["Status"] != "AUTHORISED"]
    for row in invoices:
        number, total = str(row["InvoiceNumber"]), Decimal(str(row["Total"]))
        came = paid.pop(str(row["InvoiceID"]), [])
        if number not in expected:
            said.append(f"{number} belongs to no order")
        elif total != expected[number]:
            said.append(f"{number} is {total}, the shop says {expected[number]}")
        if row["Status"] != "PAID" or Decimal(str(row["AmountDue"])):
            said.append(f"{number} is {row['Status']} with {row['AmountDue']} due")
        if came != [total]:
            said.append(f"{number} has payments of {came or 'nothing'}, not one of {total}")
    return said + [f"a payment of {sum(came)} belongs to no invoice" for came in paid.values()]
