"""What went wrong for others where people work in Xero, with contacts, and with stock."""

import pytest
from complaint_desk import MUG, UNPAID, bridge, changed, fate, invoices, known_customer, paid, put
from test_every_write_to_stock import read, write
from test_stock_flows_back import TRACKED, half_an_hour_later, level, live, run_stock, told

from include.clients.errors import ApiError

__all__ = ("bridge", "known_customer")  # fixtures


# People working in Xero


def moved(line, **changes):
    """The line as a bookkeeper enters it anew on account 260."""
    kept = ("Description", "Quantity", "UnitAmount", "TaxType")
    return {**{name: line[name] for name in kept}, "AccountCode": "260", **changes}


def test_c40_a_void_is_a_persons_decision_and_is_asked_about(bridge):
    put(bridge, UNPAID)
    bridge.run()
    bridge.town.books.edit_invoice("BC-1042", {"Status": "VOIDED"})

    changed(bridge, UNPAID.line("CUP", price="11.00"))
    bridge.run()

    assert (invoices(bridge), fate(bridge)) == ([("BC-1042", "VOIDED", "22.00")], ("held", "edited_in_xero"))


def test_c41_what_an_accountant_changed_is_shown_as_a_difference_and_never_overwritten(bridge):
    put(bridge, UNPAID)
    bridge.run()
    line = bridge.town.books.invoice("BC-1042")["LineItems"][0]
    bridge.town.books.edit_invoice("BC-1042", {"LineItems": [{**line, "UnitAmount": 20, "LineAmount": 20}]})

    changed(bridge, UNPAID.line("CUP", price="11.00"))
    bridge.run()

    assert (invoices(bridge), fate(bridge)) == ([("BC-1042", "AUTHORISED", "20.00")], ("held", "edited_in_xero"))
    assert "We wrote 22.00; BC-1042 now says 20.00 in Xero" in bridge.outcomes()[1042]["sentence"]


def test_c41_an_account_that_an_accountant_chose_is_not_overwritten_either(bridge):
    put(bridge, UNPAID)
    bridge.run()
    line = bridge.town.books.invoice("BC-1042")["LineItems"][0]
    bridge.town.books.edit_invoice("BC-1042", {"LineItems": [moved(line, Description="Mug for hire")]})

    changed(bridge, UNPAID.line("CUP", price="11.00"))
    bridge.run()

    there = bridge.town.books.invoice("BC-1042")["LineItems"][0]
    assert (there["AccountCode"], there["Description"]) == ("260", "Mug for hire")
    assert fate(bridge) == ("held", "edited_in_xero")


def test_c41_a_draft_that_an_accountant_changed_is_not_approved_by_us(bridge):
    put(bridge, MUG.unpaid("Bank Deposit").status(1))
    bridge.run()
    line = bridge.town.books.invoice("BC-1042")["LineItems"][0]
    bridge.town.books.edit_invoice("BC-1042", {"LineItems": [moved(line)]})

    changed(bridge, MUG.paid("card"))
    bridge.run()

    assert (invoices(bridge), fate(bridge)) == ([("BC-1042", "DRAFT", "22.00")], ("held", "edited_in_xero"))


@pytest.fixture
def deleted(bridge):
    """A paid order whose payment a bookkeeper deleted in Xero."""
    put(bridge, MUG)
    bridge.run()
    [payment] = bridge.town.books.payments()
    bridge.town.books.delete_payment(payment["PaymentID"])
    return bridge


def test_c43_a_deleted_payment_is_read_as_no_payment(deleted):
    """Our own memory is lost as well, so that only what Xero lists can tell."""
    with deleted.db.transaction(), deleted.db._connection.cursor() as cursor:
        cursor.execute("TRUNCATE document_link, attempt, chunk CASCADE")

    deleted.town.shop.touch(1042)
    deleted.run()

    assert (invoices(deleted), paid(deleted)) == ([("BC-1042", "PAID", "22.00")], ["22.00"])


def test_c43_a_payment_that_was_deleted_is_told_when_its_order_is_looked_at_again(deleted):
    changed(deleted, MUG.status(2))

    deleted.run()

    assert deleted.town.books.invoice("BC-1042")["AmountDue"] == 22
    assert fate(deleted)[0] == "held"


def test_c43_the_position_moves_only_over_what_was_read(bridge):
    bridge.run()
    changed(bridge, MUG)
    bridge.town.stories.answer_html_next("bigcommerce", calls=9)
    with pytest.raises(ApiError):
        bridge.run()
    bridge.town.stories.clear()

    bridge.run()

    assert invoices(bridge) == [("BC-1042", "PAID", "22.00")]


# Contacts


def billed(bridge, number="BC-1042"):
    return bridge.town.books.invoice(number)["Contact"]


def test_c45_somebody_of_the_same_name_keeps_their_address_and_gets_nobodys_invoice(bridge):
    theirs = {
        "Name": "Ada Byron",
        "EmailAddress": "ada@elsewhere.example",
        "Addresses": [{"AddressType": "POBOX", "City": "Hobart"}],
    }
    other = bridge.town.books.add_contact(theirs)
    before = next(each for each in bridge.town.books.contacts() if each["ContactID"] == other)
    put(bridge, MUG)

    bridge.run()

    assert (billed(bridge)["Name"], billed(bridge)["ContactID"] == other) == ("Ada Byron (BC 77)", False)
    after = next(each for each in bridge.town.books.contacts() if each["ContactID"] == other)
    assert (after["EmailAddress"], after["Addresses"]) == (before["EmailAddress"], before["Addresses"])


@pytest.fixture
def customer(known_customer):
    """The id of Ada's contact, to which an order of hers was billed before."""
    return billed(known_customer, "BC-1")["ContactID"]


def test_c47_a_contact_that_was_merged_since_is_followed(known_customer, customer):
    winner = known_customer.town.books.add_contact({"Name": "Ada Lovelace"})
    known_customer.town.books.merge_contact(customer, winner)
    changed(known_customer, MUG)

    known_customer.run()

    assert fate(known_customer) == ("posted", None)
    assert billed(known_customer)["ContactID"] == winner


@pytest.fixture
def archived(known_customer, customer):
    """Ada's contact was archived since, and she buys again."""
    known_customer.town.books.archive_contact(customer)
    changed(known_customer, MUG)
    known_customer.run()
    return known_customer


def test_c47_a_contact_that_was_archived_since_is_named_by_its_code_and_without_personal_data(archived):
    assert archived.outcomes()[1042]["sentence"] == "Contact bc:demo1:77 is archived in Xero."


def test_c47_a_contact_that_was_archived_since_holds_the_order_and_is_not_revived(archived):
    assert fate(archived) == ("held", "contact_archived")
    assert [each["ContactStatus"] for each in archived.town.books.contacts()] == ["ARCHIVED"]


# Stock


@pytest.fixture
def shelf(bridge):
    """Two mugs and a tea on the shelf of both sides, a crate that only Xero has, and stock is written for real."""
    for sku, quantity in (("MUG-RED", 20), ("MUG-BLUE", 9), ("TEA", 8), ("CRATE", 3)):
        bridge.town.books.add_item({"Code": sku, "Name": sku, "QuantityOnHand": quantity, **TRACKED})
        if sku != "CRATE":
            bridge.town.shop.set_stock(sku, quantity)
    shelf = live(bridge)
    shelf.run()
    run_stock(shelf)
    half_an_hour_later(shelf)
    return shelf


def test_c49_a_level_changed_by_hand_in_the_shop_is_listed_and_then_corrected_though_xero_never_moved(shelf):
    shelf.town.shop.set_stock("TEA", 3)
    dry = live(shelf, dry_run=True)
    run_stock(dry)
    assert (level(shelf, "TEA"), told(dry)["TEA"]["decision"]) == (3, "adjust")
    assert told(dry)["TEA"]["sentence"].endswith("8 on hand: 8 may be sold; the shop has 3.")

    shelf.stock_runs = dry.stock_runs
    run_stock(shelf)
    assert level(shelf, "TEA") == 8


def test_c51_each_run_counts_what_was_sent_unchanged_and_unmatched_and_names_each_sku(shelf):
    shelf.town.books.add_item({"Code": "TEA", "Name": "TEA", "QuantityOnHand": 12, **TRACKED})

    counts = run_stock(shelf)

    assert (counts["items"], counts["posted"], counts["unchanged"], counts["skipped"]) == (4, 1, 2, 1)
    assert {sku: row["outcome"] for sku, row in told(shelf).items()} == {
        "TEA": "posted",
        "MUG-RED": "unchanged",
        "MUG-BLUE": "unchanged",
        "CRATE": "skipped",
    }


def test_c51_an_item_that_the_shop_tracks_by_its_product_is_written_too_and_from_then_on_at_once(shelf):
    shelf.town.shop.set_stock("TEA", 8, tracked_by="product")
    in_xero(shelf, TEA=12, **{"MUG-RED": 25})

    run_stock(shelf)

    assert (level(shelf, "TEA"), level(shelf, "MUG-RED")) == (12, 25)
    half_an_hour_later(shelf)
    in_xero(shelf, TEA=14)
    shelf.town.calls.clear()
    run_stock(shelf)
    assert (level(shelf, "TEA"), len(list(shelf.town.calls.writes("bigcommerce")))) == (14, 1)


@pytest.fixture
def one_refused(shelf):
    """Two levels moved in Xero, and one of the SKUs leaves the shop between our reading and our writing."""
    in_xero(shelf, TEA=12, **{"MUG-RED": 25})
    batch = read(shelf, "refused")
    shelf.town.shop.stock.forget("TEA")
    write(shelf, batch)
    return shelf


def in_xero(bridge, **quantities):
    for sku, quantity in quantities.items():
        bridge.town.books.add_item({"Code": sku, "Name": sku, "QuantityOnHand": quantity, **TRACKED})


def test_c51_a_sku_that_the_shop_refuses_is_named_with_its_reason(one_refused):
    assert told(one_refused)["TEA"]["outcome"] == "failed"
    assert told(one_refused)["TEA"]["reason"] == "refused_by_vendor"
    assert "were not found" in told(one_refused)["TEA"]["sentence"]


def test_c51_a_sku_that_the_shop_refuses_keeps_no_other_from_being_written(one_refused):
    assert (told(one_refused)["MUG-RED"]["outcome"], level(one_refused, "MUG-RED")) == ("posted", 25)


def test_c52_each_variant_is_an_item_of_its_own_and_what_is_not_tracked_stays_as_the_shop_has_it(shelf):
    shelf.town.books.add_item({"Code": "MUG-RED", "Name": "MUG-RED", "QuantityOnHand": 25, **TRACKED})
    shelf.town.books.add_item({"Code": "CARD", "Name": "Greeting card"})
    shelf.town.shop.set_stock("CARD", 5)

    run_stock(shelf)

    assert {sku: level(shelf, sku) for sku in ("MUG-RED", "MUG-BLUE", "CARD")} == {
        "MUG-RED": 25,
        "MUG-BLUE": 9,
        "CARD": 5,
    }
    assert "CARD" not in told(shelf)
