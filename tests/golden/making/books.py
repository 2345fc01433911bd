"""Cases about what the books already hold: edits, contacts, lock dates, and the calendar."""

from collections.abc import Iterator
from typing import Any

from include.sandbox.order_builder import an_order
from making.expected import Json, credit, held, invoice, item, paid, posted
from making.organisations import booked_in
from making.sales import MUG, Case

SOLD = invoice("22.00", "2.00", MUG)
ONE, TWO, THREE = (f"{digit * 8}-{digit * 4}-4{digit * 3}-8{digit * 3}-{digit * 12}" for digit in "123")


def cases() -> Iterator[Case]:
    """Name, bundle, organisation with settings, expected books."""
    yield from _edits()
    yield from _cancelled_later()
    yield from _contacts()
    yield from _locks()
    yield from _calendar()


def _in_books(order_id: int, total: str, status: str = "AUTHORISED", amount_paid: str = "0.00", **more: Any) -> Json:
    found = {"InvoiceNumber": f"BC-{order_id}", "Status": status, "Total": total, "AmountPaid": amount_paid}
    return {"books_before": {"invoice": {**found, **more}}}


def _edits() -> Iterator[Case]:
    cups = item("CUP", 3, "120.00", "12.00", "132.00")
    order = an_order(30601).line("CUP", price="44.00", quantity=3).unpaid()
    yield (
        "edited-draft",
        order.build() | _in_books(30601, "88.00", "DRAFT"),
        booked_in("AU"),
        posted(
            invoice("132.00", "12.00", cups, status="DRAFT", amount_due="132.00"), why="A draft is updated in place."
        ),
    )
    order = an_order(30602).line("CUP", price="44.00", quantity=3).unpaid().status(11)
    yield (
        "edited-before-payment",
        order.build() | _in_books(30602, "88.00"),
        booked_in("AU"),
        posted(
            invoice("132.00", "12.00", cups, amount_due="132.00", number="BC-30602"),
            why="Authorised, nothing paid: updated in place under its number.",
        ),
    )
    order = an_order(30603).line("CUP", price="44.00", quantity=1).paid("card", "88.00")
    yield (
        "made-smaller-after-payment",
        order.build() | _in_books(30603, "88.00", "PAID", "88.00"),
        booked_in("AU"),
        held("edited_after_payment", "88.00 posted, 44.00 now.", figures={"posted": "88.00", "order_now": "44.00"}),
    )
    order = an_order(30604)
    yield (
        "voided-by-a-person",
        order.build() | _in_books(30604, "22.00", "VOIDED"),
        booked_in("AU"),
        held(None, "A number Xero has seen is spent; deleted or voided by a person: held."),
    )
    other = {"Reference": "Consulting May", "Contact": {"ContactID": TWO}, "CurrencyCode": "AUD"}
    yield (
        "number-taken-by-somebody-else",
        an_order(30605).build() | _in_books(30605, "500.00", **other),
        booked_in("AU"),
        held("number_taken", "The document under our number is not this order's."),
    )
    yield (
        "unchanged-and-unpaid",
        an_order(30606).unpaid("Cash on Delivery").status(10).build() | _in_books(30606, "22.00"),
        booked_in("AU"),
        posted(None, why="The books already show it.") | {"outcome": "unchanged"},
    )
    yield (
        "paid-after-it-was-posted",
        an_order(30607).build() | _in_books(30607, "22.00"),
        booked_in("AU"),
        posted(None, paid("22.00"), why="The invoice stands; its payment is new."),
    )
    order = an_order(30608).paid("card", at="2026-05-20T01:00:00Z")
    yield (
        "draft-approved-by-its-first-money",
        order.build() | _in_books(30608, "22.00", "DRAFT"),
        booked_in("AU"),
        posted(
            invoice("22.00", "2.00", status="AUTHORISED", date="2026-05-20"),
            paid("22.00", date="2026-05-20"),
            why="A draft that is approved later is dated by what approved it: first money.",
        ),
    )
    bread = an_order(30609).line("BREAD", price="22.00", tax="0")
    yield (
        "tax-changed-after-payment",
        bread.build() | _in_books(30609, "22.00", "PAID", "22.00", TotalTax="2.00"),
        booked_in("AU"),
        held("edited_after_payment", "The total is the same, but its tax is 0.00 now and was posted as 2.00."),
    )


def _cancelled_later() -> Iterator[Case]:
    nothing = posted(None, why="Cancelled before any money came: voided in place.")
    yield (
        "cancelled-after-posting",
        an_order(30611).unpaid().status(5).build() | _in_books(30611, "22.00"),
        booked_in("AU"),
        nothing | {"invoice": {"number": "BC-30611", "status": "VOIDED"}},
    )
    yield (
        "cancelled-while-a-draft",
        an_order(30612).unpaid().status(5).build() | _in_books(30612, "22.00", "DRAFT"),
        booked_in("AU"),
        nothing | {"invoice": {"number": "BC-30612", "status": "DELETED"}},
    )
    yield (
        "cancelled-after-posting-and-payment",
        an_order(30613).unpaid().status(5).build() | _in_books(30613, "22.00", "PAID", "22.00"),
        booked_in("AU"),
        held("cancelled_with_money", "With payments: held, with the proposed credit note."),
    )
    yield (
        "cancelled-in-a-closed-period",
        an_order(30614).unpaid().status(5).build() | _in_books(30614, "22.00"),
        booked_in("AU", organisation={"PeriodLockDate": "2026-05-31"}),
        posted(
            None,
            credits=[
                credit("22.00", "2.00", out=[], number="BCR-30614-cancelled", date="2026-06-01", allocated="22.00")
            ],
            why="Its date is closed: no void. It is credited on the first open day, and nothing stays due.",
        ),
    )
    yield (
        "archived-while-open-in-the-books",
        an_order(30615).unpaid().archived().build() | _in_books(30615, "22.00"),
        booked_in("AU"),
        held("cancelled_with_money", "Archived never voids: held if the invoice is open."),
    )


def _known(contact_id: str, name: str, **more: str) -> Json:
    return {"ContactID": contact_id, "Name": name, "ContactStatus": "ACTIVE", **more}


def _contacts() -> Iterator[Case]:
    au, sale = booked_in("AU"), (SOLD, paid("22.00"))
    email = {"EmailAddress": "robin.hale@example.com"}

    def before(*contacts: Json) -> Json:
        return {"books_before": {"contacts": list(contacts)}}

    yield (
        "contact-by-number",
        an_order(30621).build() | before(_known(ONE, "R. Hale", ContactNumber="bc:{store_hash}:501")),
        au,
        posted(*sale, why="Known by its number.", contact={"action": "adopt", "contact_id": ONE}),
    )
    yield (
        "contact-by-e-mail-with-capitals",
        an_order(30622).bought_by_guest(email="Robin.Hale@Example.COM").build()
        | before(_known(ONE, "R. Hale", **email)),
        au,
        posted(*sale, why="Exactly one active match by e-mail.", contact={"action": "adopt", "contact_id": ONE}),
    )
    yield (
        "contact-in-two-copies",
        an_order(30623).bought_by_guest(email="robin.hale@example.com").build()
        | before(_known(ONE, "R. Hale", **email), _known(TWO, "Robin Hale", **email)),
        au,
        held("contact_ambiguous", "Two candidates: never merged by guess."),
    )
    yield (
        "contact-name-taken",
        an_order(30624).bought_by("Jane Doe", customer=1042).build() | before(_known(ONE, "jane doe")),
        au,
        posted(*sale, why="A name is no identity.", contact={"action": "create", "name": "Jane Doe (BC 1042)"}),
    )
    archived = {**_known(ONE, "R. Hale", ContactNumber="bc:{store_hash}:501"), "ContactStatus": "ARCHIVED"}
    yield (
        "contact-archived",
        an_order(30625).build() | before(archived),
        au,
        held("contact_archived", "Archived contacts are held with the remedy."),
    )
    yield (
        "contact-new-guest",
        an_order(30626).bought_by_guest("Mika Stone").build() | before(_known(ONE, "R. Hale", **email)),
        au,
        posted(*sale, why="Nobody like this is known.", contact={"action": "create", "name": "Mika Stone"}),
    )
    yield (
        "contact-merged-twice",
        an_order(30627).build()
        | before(
            {**archived, "MergedToContactID": TWO},
            {**_known(TWO, "Robin H."), "ContactStatus": "ARCHIVED", "MergedToContactID": THREE},
            _known(THREE, "Robin Hale"),
        ),
        au,
        posted(*sale, why="A merge is followed to its end.", contact={"action": "adopt", "contact_id": THREE}),
    )
    yield (
        "contact-merged-into-one-that-is-archived",
        an_order(30628).build()
        | before({**archived, "MergedToContactID": TWO}, {**_known(TWO, "Robin H."), "ContactStatus": "ARCHIVED"}),
        au,
        held("contact_archived", "The winner of the merge is archived itself."),
    )
    yield (
        "contact-found-by-the-e-mail-of-one-that-was-merged",
        an_order(30629).bought_by_guest(email="robin.hale@example.com").build()
        | before({**archived, **email, "MergedToContactID": TWO}, _known(TWO, "Robin H.")),
        au,
        posted(*sale, why="Its e-mail led to the winner.", contact={"action": "adopt", "contact_id": TWO}),
    )
    yield (
        "contact-company",
        an_order(30651).bought_by("Jo Park", company="Park & Co").build() | before(_known(ONE, "Jo Park")),
        au,
        posted(*sale, why="Named by the company.", contact={"action": "create", "name": "Park & Co"}),
    )
    yield (
        "contact-without-a-name",
        an_order(30652).bought_by("<> \u200b", email="Nobody@Example.com").build() | before(),
        au,
        posted(*sale, why="Named by the e-mail.", contact={"action": "create", "name": "nobody@example.com"}),
    )


def _locks() -> Iterator[Case]:
    locked = {"PeriodLockDate": "2026-05-31"}
    yield (
        "locked-period",
        an_order(30631).build(),
        booked_in("AU", organisation=locked),
        held("locked_period", "Dated 13 May, closed to 31 May."),
    )
    yield (
        "lock-on-the-very-day",
        an_order(30632).build(),
        booked_in("AU", organisation={"EndOfYearLockDate": "2026-05-13"}),
        held("locked_period", "On the lock date is locked."),
    )
    yield (
        "day-after-the-lock",
        an_order(30633).build(),
        booked_in("AU", organisation={"PeriodLockDate": "2026-05-12", "EndOfYearLockDate": "2025-06-30"}),
        posted(SOLD, paid("22.00"), why="The first open day."),
    )
    yield (
        "locked-period-moved-to-the-first-open-day",
        an_order(30634).build(),
        booked_in("AU", organisation=locked, locked_period="first_open_day"),
        posted(
            {**SOLD, "date": "2026-06-01"},
            paid("22.00", date="2026-06-01"),
            why="All documents move together, the true date stands in the reference.",
        ),
    )
    yield (
        "filed-period",
        an_order(30635).build(),
        booked_in("AU", tax_filed_to="2026-05-31"),
        held("locked_period", "Filed is as good as locked.", also_acceptable=["posted"]),
    )
    yield (
        "unchanged-in-a-period-locked-since",
        an_order(30636).build() | _in_books(30636, "22.00", "PAID", "22.00"),
        booked_in("AU", organisation=locked),
        posted(None, why="Nothing changed, nothing is written, nothing is held (T7).") | {"outcome": "unchanged"},
    )


def _calendar() -> Iterator[Case]:
    for order_id, name, country, currency, placed, day in (
        (30641, "sydney-clocks-go-forward", "AU", "AUD", "2026-10-03T14:30:00Z", "2026-10-04"),
        (30642, "sydney-summer-midnight", "AU", "AUD", "2026-10-31T13:30:00Z", "2026-11-01"),
        (30643, "london-summer-time-quarter-end", "GB", "GBP", "2026-06-30T23:30:00Z", "2026-07-01"),
        (30644, "london-winter-year-end", "GB", "GBP", "2026-12-31T23:30:00Z", "2026-12-31"),
        (30645, "auckland-year-end", "NZ", "NZD", "2026-03-31T11:30:00Z", "2026-04-01"),
        (30646, "auckland-after-the-clocks-went-back", "NZ", "NZD", "2026-04-30T11:30:00Z", "2026-04-30"),
        (30647, "los-angeles-month-end", "US", "USD", "2026-04-01T06:30:00Z", "2026-03-31"),
    ):
        order = an_order(order_id).placed(placed).in_currency(currency).bought_by("Sam Ray", country=country).taxed("0")
        if country != "AU":
            order = order.taxed(())
        types = "Exclusive" if country == "US" else "Inclusive"
        yield (
            f"date-{name}",
            order.line("MUG", price="22.00").build(),
            booked_in(country),
            posted(
                invoice("22.00", "0.00", date=day, currency=currency, line_amount_types=types),
                paid("22.00", date=day),
                why=f"{placed} is {day} there.",
            ),
        )
