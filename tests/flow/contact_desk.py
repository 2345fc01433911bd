"""A shop and books, as far as contacts are concerned."""

from include.sandbox.order_builder import an_order

MAIL = "jane.doe@example.com"


class Contacts:
    """What contact tests do, and what they look at."""

    def __init__(self, bridge):
        self.bridge, self.town, self.books = bridge, bridge.town, bridge.town.books
        self.calls_before = 0

    def sell(self, *told):
        """Orders come in, and the flow runs."""
        for each in told:
            self.town.shop.put(each.build())
            self.town.shop.touch(each.order_id)
        self.run()

    def run(self):
        self.calls_before = len(self.town.calls)
        self.bridge.run()

    def look_again(self):
        """The flow runs once what waits is due."""
        self.bridge.a_while_later()
        self.run()

    def billed(self, *orders):
        """The ContactIDs of these orders' invoices."""
        return [self.books.invoice(f"BC-{order}")["Contact"]["ContactID"] for order in orders]

    def outcome(self, order):
        row = self.bridge.outcomes()[order]
        return row["outcome"], row["reason"]

    def asked(self, resource, method="GET"):
        """The calls of the last run."""
        calls = list(self.town.calls)[self.calls_before :]
        return [call for call in calls if call.path.endswith(f"/{resource}") and call.method == method]

    def restore(self, contact_id):
        self.books.put_contact(self.books.contacts_by_id[contact_id] | {"ContactStatus": "ACTIVE"})

    @property
    def names(self):
        return sorted(each["Name"] for each in self.books.contacts())


def sale(order_id, name="Jane Doe", customer=1042, **more):
    return an_order(order_id).bought_by(name, customer=customer, **more).paid("card")
