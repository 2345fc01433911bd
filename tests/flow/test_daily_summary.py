"""accounting.md 10: a day of orders is one invoice. If this breaks, a busy shop's sales are missing or doubled in the books."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from summed_days import (
    DAY_NUMBER,
    FIRST,
    THE_DAY,
    D,
    a_sale,
    booked,
    close_the_day,
    numbers,
    put,
    received,
    sell,
    the_day,
    thirty_orders,
)

from include.clients.bigcommerce import Window
from include.database.connection import connect
from include.sandbox.order_builder import an_order


class TestADay:
    """Thirty orders, one invoice, a payment for each account."""

    def test_until_the_day_is_over_its_orders_wait_and_nothing_is_written(self, summed):
        counts = sell(summed, *thirty_orders())

        assert counts["orders"] == 30
        assert counts["skipped"] == counts["documents"] > 60
        assert numbers(summed) == []
        assert {(row["outcome"], row["reason"]) for row in summed.outcomes().values()} == {
            ("skipped", "waits_for_summary")
        }

    def test_then_it_is_one_invoice_that_is_paid(self, summed):
        sell(summed, *thirty_orders())

        counts = close_the_day(summed)

        assert numbers(summed) == [DAY_NUMBER]
        invoice = summed.town.books.invoice(DAY_NUMBER)
        assert (invoice["Status"], invoice["AmountDue"]) == ("PAID", 0)
        assert invoice["Contact"]["Name"] == "Daily sales of demo, channel 1"
        assert invoice["DateString"][:10] == "2026-10-06"
        assert sorted(each["Reference"] for each in summed.town.books.payments() if "D2026" in each["Reference"]) == [
            f"{DAY_NUMBER}/card_clearing",
            f"{DAY_NUMBER}/gift_card_liability",
            f"{DAY_NUMBER}/paypal_clearing",
        ]
        assert counts["orders"] == 30
        assert counts["documents"] == counts["posted"] > 60

    def test_it_books_what_single_invoices_would_to_the_cent(self, summed, another_dsn):
        sell(summed, *thirty_orders())
        close_the_day(summed)
        in_one = booked(summed), received(summed)

        summed.town.reset("demo")
        summed.town.limits.enforced = False
        with connect(another_dsn) as db:
            alone = replace(summed, db=db)
            alone.set(posting="order")
            sell(alone, *thirty_orders())

        assert len(numbers(alone)) == 30
        assert in_one == (booked(alone), received(alone))

    def test_the_whole_demo_shop_is_booked_as_it_would_be_singly(self, summed, another_dsn):
        """Bundles, contradictions, several tenders, refunds, drafts: what is not summed up has its own document still."""
        summed.set(summary_from=date(2026, 1, 1))
        summed.run()
        close_the_day(summed)
        by_day = booked(summed, ("BC",)), received(summed, ("BC",))
        days = [number for number in numbers(summed, ("BC",)) if "D2026" in number]

        summed.town.reset("demo")
        summed.town.limits.enforced = False
        with connect(another_dsn) as db:
            alone = replace(summed, db=db)
            alone.set(posting="order")
            alone.run()

        assert len(days) > 5
        assert by_day == (booked(alone, ("BC",)), received(alone, ("BC",)))

    def test_what_happened_to_one_order_is_answered_with_the_days_invoice(self, summed):
        sell(summed, *thirty_orders())
        close_the_day(summed)

        row = summed.outcomes()[FIRST + 4]

        assert (row["outcome"], row["invoice_number"], row["invoice_status"]) == ("posted", DAY_NUMBER, "PAID")
        assert row["paid"] == row["total"]
        assert row["sentence"] == f"Posted within {DAY_NUMBER}."
        assert row["invoice_id"] == summed.town.books.invoice(DAY_NUMBER)["InvoiceID"]

    def test_running_twice_writes_nothing(self, summed):
        sell(summed, *thirty_orders())
        close_the_day(summed)
        summed.town.calls.clear()

        again = summed.run(the_day(summed))
        second = close_the_day(summed, 2)

        assert again["unchanged"] == again["documents"]
        assert second["documents"] == 0
        assert list(summed.town.calls.writes("xero")) == []
        assert summed.outcomes()[FIRST]["invoice_number"] == DAY_NUMBER


class TestWhoStaysSingle:
    """A tax invoice must name its buyer where the law says so, and what is due stands under its own number."""

    def test_company_large_and_unpaid_orders_have_their_own_invoice(self, summed):
        company = an_order(3101).placed(THE_DAY).bought_by("Ada Byron", company="Byron Pty Ltd").line("CUP", price="22")
        large = a_sale(3102, "1000.01")
        at_the_limit = a_sale(3103, "1000.00")
        unpaid = an_order(3104).placed(THE_DAY).line("CUP", price="22.00").unpaid("Bank Deposit").status(11)
        sell(summed, company.paid("card"), large, at_the_limit, unpaid)

        close_the_day(summed)

        assert numbers(summed) == ["BC-3101", "BC-3102", "BC-3104", DAY_NUMBER]
        assert summed.town.books.invoice(DAY_NUMBER)["Total"] == D("1000.00")
        assert summed.outcomes()[3103]["invoice_number"] == DAY_NUMBER
        assert summed.outcomes()[3101]["invoice_number"] == "BC-3101"

    def test_an_order_of_a_day_before_the_first_stays_single(self, summed):
        summed.set(summary_from=date(2026, 10, 7))

        sell(summed, a_sale(3105))

        assert numbers(summed) == ["BC-3105"]

    def test_the_first_day_is_a_day_of_the_organisations_zone(self, summed):
        late = datetime(2026, 10, 5, 14, 30, tzinfo=UTC)  # half past one in Sydney on the sixth
        put(summed, a_sale(3106).placed(late), a_sale(3107).placed(late - timedelta(hours=2)))
        summed.run(Window(late - timedelta(days=1), late + timedelta(days=1)))

        close_the_day(summed)

        assert numbers(summed) == ["BC-3107", DAY_NUMBER]

    def test_a_held_order_enters_neither_the_day_nor_the_books(self, summed):
        odd = an_order(3108).placed(THE_DAY).line("CUP", price="22.00", tax=("Moon tax", "3")).paid("card")
        sell(summed, odd, a_sale(3109))

        close_the_day(summed)

        assert summed.outcomes()[3108]["outcome"] == "held"
        assert summed.town.books.invoice(DAY_NUMBER)["Total"] == D("22.00")

    def test_channels_and_ways_of_stating_tax_have_documents_of_their_own(self, summed):
        net = an_order(3110).prices_without_tax().placed(THE_DAY).bought_by_guest("Guest").line("CUP", price="20.00")
        sell(summed, a_sale(3111), net.paid("card"), a_sale(3112).stating(channel_id=2))

        close_the_day(summed)

        assert numbers(summed) == [DAY_NUMBER, f"{DAY_NUMBER}-exclusive", "BC-D20261006-2"]
        assert [summed.town.books.invoice(number)["Total"] for number in numbers(summed)] == [D("22.00")] * 3
        assert summed.outcomes()[3110]["invoice_number"] == f"{DAY_NUMBER}-exclusive"


class TestRefunds:
    """A refund enters the credit note of the day on which it was made, and goes out of the account it came to."""

    def test_refunds_of_a_day_are_one_credit_note_paid_out(self, summed):
        sold = [a_sale(3201), a_sale(3202), an_order(3203).placed(THE_DAY).line("CUP", price="22.00", quantity=2)]
        sold[2] = sold[2].bought_by_guest("Guest").paid("paypal")
        sell(summed, *sold)
        close_the_day(summed)
        later = THE_DAY + timedelta(days=3)
        ways = zip(sold, ("card", "card", "paypal"), strict=True)
        back = [each.settled().refunded({"CUP": 1}, at=later, to=way) for each, way in ways]

        sell(summed, *back)
        assert {summed.outcomes()[each]["reason"] for each in (3201, 3202, 3203)} == {None}
        close_the_day(summed, 2)

        assert numbers(summed) == [DAY_NUMBER, "BCR-D20261009-1"]
        [note] = [each for each in summed.town.books.credit_notes() if each["CreditNoteNumber"] == "BCR-D20261009-1"]
        assert (note["Total"], note["TotalTax"], note["RemainingCredit"]) == (D("66.00"), D("6.00"), 0)
        paid_out = {
            each["Reference"]: each["Amount"] for each in summed.town.books.payments() if "BCR-D" in each["Reference"]
        }
        assert paid_out == {
            "BCR-D20261009-1/card_clearing": D("44.00"),
            "BCR-D20261009-1/paypal_clearing": D("22.00"),
        }
        assert received(summed) == {"616-PP": D("22.00")}

    def test_an_order_refunded_on_its_own_day_is_in_both_documents(self, summed):
        order = a_sale(3204).settled().refunded({"CUP": 1}, at=THE_DAY + timedelta(hours=2))
        sell(summed, order, a_sale(3205))

        close_the_day(summed)

        assert numbers(summed) == [DAY_NUMBER, "BCR-D20261006-1"]
        assert summed.town.books.invoice(DAY_NUMBER)["Total"] == D("44.00")
        assert received(summed) == {"615-CARD": D("22.00")}

    def test_a_refund_seen_again_is_not_given_back_again(self, summed):
        sell(summed, a_sale(3206))
        close_the_day(summed)
        back = a_sale(3206).settled().refunded({"CUP": 1}, at=THE_DAY + timedelta(days=1))
        sell(summed, back)
        close_the_day(summed, 2)
        summed.town.calls.clear()

        summed.run(the_day(summed))
        close_the_day(summed, 3)

        assert list(summed.town.calls.writes("xero")) == []
        assert numbers(summed) == [DAY_NUMBER, "BCR-D20261007-1"]
