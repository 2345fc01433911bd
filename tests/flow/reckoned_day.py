"""A day of a small shop that is in the books, and the report on it."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from include.sandbox.order_builder import an_order
from include.stages.reconciliation import paper, reconcile

SYDNEY = ZoneInfo("Australia/Sydney")


class Street:
    """A shop with one small day after another, all in the books: a day for each test, so that none waits for a run."""

    def __init__(self, bridge, days=76):
        self.bridge, self.left = bridge, list(range(3, days, 2))
        for kept in list(bridge.town.shop):
            bridge.town.shop.remove(kept.order["id"])
        for ago in self.left:
            Reckoning(bridge, ago).open()
        bridge.run()

    def next_day(self):
        return Reckoning(self.bridge, self.left.pop(0))


class Reckoning:
    """Two orders that are paid, one whose card was only authorised; all of one day, with a day without any beside it."""

    def __init__(self, bridge, ago):
        self.bridge, self.town, self.books = bridge, bridge.town, bridge.town.books
        self.first = 4000 + 10 * ago
        self.day = self.town.clock.now().astimezone(SYDNEY).date() - timedelta(days=ago)
        self.noon = datetime.combine(self.day, time(12), SYDNEY)

    def open(self):
        self.put(
            self.order(1).line("CUP", price="22.00", quantity=2).paid("card"),
            self.order(2).line("TENT", price="110.00").authorised("card"),
            self.order(3).line("BOOK", price="33.00").paid("paypal"),
        )

    def id(self, n):
        return self.first + n

    def order(self, n):
        return an_order(self.id(n)).placed(self.noon).bought_by(f"Buyer {self.id(n)}", customer=self.id(n))

    def touch(self, n):
        self.town.shop.touch(self.id(n))

    def put(self, *orders):
        for each in orders:
            self.town.shop.put(each.build())

    def version(self, day=None, **changed):
        with self.bridge.shop() as shop, self.bridge.books() as books:
            return reconcile(shop, books, self.bridge.db, self.bridge.store, day or self.day, **changed)

    def report(self, day=None):
        self.version(day)
        found = paper(self.bridge.db, self.bridge.store, day or self.day)
        return found.addenda[-1][1] if found.addenda else found.report

    def paper(self, day=None):
        return paper(self.bridge.db, self.bridge.store, day or self.day)

    def number(self, n):
        return f"BC-{self.id(n)}"

    def payment(self, n):
        number = self.number(n)
        return next(each["PaymentID"] for each in self.books.payments() if each["Invoice"]["InvoiceNumber"] == number)

    def named(self, day=None):
        """Order, what and cause of each difference; an order by its place in the day."""
        return named(self.report(day), self.first)

    def edit(self, n, **line):
        """A bookkeeper writes over the invoice's one line."""
        kept = self.books.invoice(self.number(n))["LineItems"][0]
        names = ("LineItemID", "Description", "Quantity", "UnitAmount", "AccountCode", "TaxType")
        same = {name: kept[name] for name in names if name in kept}
        self.books.edit_invoice(self.number(n), {"LineItems": [same | line]})


def named(report, first=0):
    """Order, what and cause of each difference."""
    return [(int(each.order_key or 0) - first, each.what, each.cause) for each in report.differences]


def columns(report, what="sales", currency="AUD"):
    """How many and how much each side says."""
    row = next(each for each in report.rows if (each.what, each.currency) == (what, currency))
    return [(side.count, str(side.amount)) for side in (row.shop, row.ledger, row.xero)]


def is_explained_to_the_cent(report):
    """Whether the columns differ by what is named, and by nothing else."""
    for row in report.rows:
        among = [each for each in report.differences if (each.what, each.currency) == (row.what, row.currency)]
        if row.shop.amount - row.ledger.amount != sum((each.shop or 0) - (each.ledger or 0) for each in among):
            return False
        if row.ledger.amount - row.xero.amount != sum((each.ledger or 0) - (each.xero or 0) for each in among):
            return False
    return True
