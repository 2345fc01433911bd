"""Whatever an order is, a resync of what a run did finds nothing but what waits, and writes nothing."""

from datetime import date

from include.commands.resync import lines_of
from include.stages.orders.resync import resync

BUSY = (date(2026, 11, 26), date(2026, 11, 30))  # refunds, captures, other currencies, cancelled, archived, held


def test_two_days_of_the_demo_agree_with_what_a_run_made_of_them(bridge):
    bridge.run()
    bridge.town.calls.clear()

    with bridge.shop() as shop, bridge.books() as books:
        told = [
            resync(shop, books, bridge.db, bridge.store, day, by="finance", why="a look", dry=dry)
            for day in BUSY
            for dry in (True, False)
        ]

    assert list(bridge.town.calls.writes("xero")) == []
    assert [len(each.lines) for each in told] == [10, 10, 10, 10]
    assert {found.cause for each in told for line in each.lines for found in line.found} == {"still_held"}
    assert not [line for each in told for line in each.lines if any(words.startswith("posted") for words in line.done)]
    text = "\n".join(words for each in told for words in lines_of(each))
    assert "order 1046\n    found    still_held: Cancelled, but 44.00 was received and not given back." in text
    assert "make held ORDER=1046 shows what may be decided" in text
    assert "    done     held: cancelled_with_money (invoice)\n" in text


def test_orders_that_the_summary_of_their_day_brings_into_the_books_are_not_missing(summed):
    summed.run()
    summed.town.calls.clear()

    with summed.shop() as shop, summed.books() as books:
        told = [
            resync(shop, books, summed.db, summed.store, BUSY[1], by="finance", why="a look", dry=dry)
            for dry in (True, False)
        ]

    assert list(summed.town.calls.writes("xero")) == []
    assert {found.cause for each in told for line in each.lines for found in line.found} == {"still_held"}
    assert "skipped: waits_for_summary" in " ".join(words for line in told[1].lines for words in line.done)
