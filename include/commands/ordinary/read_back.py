"""What the sandbox's books show of every order, in Xero's spelling read back: our own word is not believed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from include.commands.ordinary.booked import TAX_LINE, Booked, BookedLine, Credited, added, paid_at
from include.sandbox.ordinary import Sale
from include.sandbox.xero.books import Books
from include.wire.xero_reference import date_of

Json = Mapping[str, Any]
PREFIX, CREDIT_PREFIX = "BC-", "BCR-"
TRADING = " Trading"  # what the winner of a merger is called here


class ReadBack:
    """The books of one moment, by order."""

    def __init__(self, books: Books) -> None:
        self._invoices = {str(each["InvoiceNumber"]): each for each in books.invoices()}
        self._contacts = {str(each["ContactID"]): each for each in books.contacts()}
        self._notes: dict[str, list[Json]] = defaultdict(list)
        for note in books.credit_notes():
            order_id = str(note["CreditNoteNumber"]).removeprefix(CREDIT_PREFIX).partition("-")[0]
            self._notes[order_id].append(note)
        self._payments: dict[str, list[Json]] = defaultdict(list)
        for payment in books.payments():
            if payment["Status"] != "DELETED":
                self._payments[str(payment["Reference"]).partition("/")[0]].append(payment)

    def booked(self, order_id: int) -> Booked | None:
        """The order's invoice with its payments and credit notes; None where nothing stands."""
        invoice = self._invoices.get(f"{PREFIX}{order_id}")
        if invoice is None or invoice["Status"] in ("VOIDED", "DELETED"):
            return None
        dated = date_of(invoice["DateString"])
        assert dated is not None
        return Booked(
            total=_money(invoice["Total"]),
            tax=_money(invoice["TotalTax"]),
            currency=str(invoice["CurrencyCode"]),
            dated=dated,
            lines=_lines(invoice),
            paid=added(
                (paid_at(str(each["Account"]["Code"]), date_of(each["Date"])), _money(each["Amount"]))
                for each in self._payments[str(invoice["InvoiceNumber"])]
            ),
            credited=tuple(
                Credited(
                    _money(note["Total"]),
                    _money(note["TotalTax"]),
                    _lines(note),
                    _by_account(self._payments[str(note["CreditNoteNumber"])]),
                )
                for note in sorted(self._notes[str(order_id)], key=lambda note: str(note["CreditNoteNumber"]))
            ),
        )

    def unexplained(self, sales: Iterable[Sale]) -> list[str]:
        """Invoices that no order explains: a second one of an order would be among them."""
        return sorted(set(self._invoices) - {f"{PREFIX}{sale.order_id}" for sale in sales})

    def wrongly_billed(self, sale: Sale) -> tuple[str, ...]:
        """Whether the invoice is another person's than the shopper's."""
        invoice = self._invoices.get(f"{PREFIX}{sale.order_id}")
        if invoice is None:
            return ()
        contact = self._contacts[str(invoice["Contact"]["ContactID"])]
        wrong = []
        if contact["EmailAddress"] != sale.shopper.home.email:
            wrong.append("billed to somebody else")
        merged = sale.contact is not None and sale.contact.kind == "merged"
        if merged and not str(contact["Name"]).endswith(TRADING):
            wrong.append("billed to a contact that was merged into another")
        return tuple(wrong)


def _lines(document: Json) -> tuple[BookedLine, ...]:
    rows: Sequence[Json] = document["LineItems"]
    inclusive = document["LineAmountTypes"] == "Inclusive"
    return tuple(
        BookedLine(
            account=str(row["AccountCode"]),
            tax_type=str(row["TaxType"]),
            gross=_money(row["LineAmount"]) + (Decimal(0) if inclusive else _money(row["TaxAmount"])),
            ref=str(row["Description"]).removeprefix(TAX_LINE),
        )
        for row in rows
    )


def _by_account(payments: Iterable[Json]) -> Mapping[str, Decimal]:
    return added((str(each["Account"]["Code"]), _money(each["Amount"])) for each in payments)


def _money(amount: Any) -> Decimal:
    return Decimal(str(amount)).quantize(Decimal("0.01"))
