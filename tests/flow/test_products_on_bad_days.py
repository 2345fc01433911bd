"""Items on bad days: each is made once whatever breaks, one bad product harms no other, and nobody is nagged."""

from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

import pytest
from broken_line import Killed, breaking, minutes_later
from catalogue_desk import bring, fate, finish, in_xero, selling, set_up, told, writes
from post_office import later
from test_every_write_is_once import EXPIRED, MOMENTS, OF_OTHER_FLOWS, open_attempts

from bridge.notifiers import items as notifier
from bridge.notifiers.posting import deliver
from include.clients.errors import ApiError, NotAllowed
from include.commands.held import told_of_others
from include.stages import items, switches
from include.stages.orders import Run
from include.stages.orders.locks import LocksBusy, locked
from include.stages.orders.natural_keys import WAYS
from include.stages.orders.run import StageRed
from include.stages.switches import Stopped

D = Decimal


@pytest.fixture
def shop(bridge):
    """A shop that sells one mug, and empty books."""
    bridge = selling(bridge)
    bridge.mug = bridge.town.shop.catalogue.put("Mug", "MUG", price="22.00")
    return bridge


def broken(shop, request, how):
    line = breaking(shop, request, how)
    with suppress(ApiError, Killed):
        bring(line)
    assert line.line.broke, "the request that should break was never made"
    shop.runs = line.runs
    shop.db.rollback()


def the_mug(shop):
    """What a bookkeeper sees of all items whose code is the mug's, in whatever letter case."""
    return [
        (item["Name"], item["SalesDetails"]["UnitPrice"])
        for code, item in in_xero(shop).items()
        if code.casefold() == "mug"
    ]


def test_both_kinds_of_write_are_tried_here():
    assert {way for way in WAYS if way[0] in OF_OTHER_FLOWS} >= {("item", "create"), ("item", "update")}


@pytest.mark.parametrize(("how", "minutes"), sorted({(how, minutes) for how, minutes, _ in MOMENTS.values()}))
def test_an_item_is_made_once_wherever_its_write_breaks(shop, how, minutes):
    broken(shop, "PUT .*/Items$", how)
    minutes_later(shop, minutes)

    bring(shop, whole=True)

    assert the_mug(shop) == [("Mug", D("22.00"))]
    assert open_attempts(shop) == []
    assert fate(shop, "MUG")[0] in ("posted", "unchanged")
    before = len(writes(shop))
    bring(shop, whole=True)
    assert len(writes(shop)) == before


@pytest.mark.parametrize("how", ["answer lost, work done", "answer lost, nothing done"])
def test_an_update_arrives_once_and_the_bookkeepers_later_edit_stays(shop, how):
    bring(shop)
    shop.town.shop.catalogue.edit(shop.mug, price="24.00")
    broken(shop, "POST .*/Items$", how)
    minutes_later(shop, EXPIRED)
    bring(shop, whole=True)
    assert the_mug(shop) == [("Mug", D("24.00"))]

    shop.town.books.edit_item("MUG", SalesDetails={"UnitPrice": "25.00"})
    bring(shop, whole=True)

    assert the_mug(shop) == [("Mug", D("25.00"))]


def test_an_item_that_a_bookkeeper_made_while_ours_was_lost_is_taken_over_and_not_doubled(shop):
    broken(shop, "PUT .*/Items$", "answer lost, nothing done")
    shop.town.books.add_item({"Code": "MUG", "Name": "By hand", "SalesDetails": {"UnitPrice": "19.00"}})
    minutes_later(shop, EXPIRED)

    bring(shop, whole=True)

    assert the_mug(shop) == [("By hand", D("19.00"))]
    assert fate(shop, "MUG") == ("unchanged", None)


def test_one_bad_product_among_fifty_harms_no_other_and_is_tried_again(shop):
    for number in range(59):
        shop.town.shop.catalogue.put(f"Cup {number}", f"CUP-{number:02}", price="9")
    shop.town.stories.refuse_some_next("xero", calls=4, every=50)  # two for tokens, and both requests

    counts = bring(shop)

    assert (counts["posted"], counts["failed"]) == (59, 1)
    [refused] = [key for key, row in told(shop).items() if row["outcome"] == "failed"]
    assert fate(shop, refused) == ("failed", "refused_by_vendor")
    assert [row["line_key"] for row in items.untold(shop.db, shop.store)] == [refused]

    counts = bring(shop, whole=True)
    assert (counts["posted"], counts["unchanged"], len(in_xero(shop))) == (1, 59, 60)


def test_a_shadow_run_writes_nothing_says_what_it_would_do_and_the_first_live_run_does_it(shop):
    shop.town.books.add_item({"Code": "TEA", "Name": "Tea"})
    shop.town.shop.catalogue.put("Tea", "TEA", price="11.00")
    live = shop.store
    shop.store = replace(live, file=live.file.model_copy(update={"mode": "shadow"}))

    counts = bring(shop)

    assert (counts["skipped"], writes(shop)) == (2, [])
    assert fate(shop, "MUG") == ("skipped", "shadow")
    assert told(shop)["MUG"]["sentence"].startswith("It would be created as MUG: Name 'Mug'")
    assert "taken over" in told(shop)["TEA"]["sentence"]
    shop.store = live
    counts = bring(shop)
    assert (counts["posted"], counts["unchanged"]) == (1, 1)


def test_a_store_that_is_stopped_writes_no_item(shop):
    switches.turn(shop.db, "demo", "stop", by="Ada", why="counting")
    with pytest.raises(Stopped):
        bring(shop)
    assert writes(shop) == []

    switches.turn(shop.db, "demo", "go", by="Ada", why="counted")
    bring(shop)

    assert the_mug(shop) == [("Mug", D("22.00"))]


def test_two_stores_of_one_organisation_that_sell_one_sku_share_its_item(shop):
    bring(shop)
    other = replace(shop, store=replace(shop.store, file=shop.store.file.model_copy(update={"store": "other"})))
    shop.town.shop.catalogue.edit(shop.mug, price="30.00")

    bring(other)

    assert the_mug(shop) == [("Mug", D("22.00"))]
    assert fate(other, "MUG") == ("unchanged", None)


def test_while_one_run_writes_an_organisations_items_another_waits(shop):
    with locked(shop.db, ["demo/items"]), pytest.raises(LocksBusy):
        bring(shop)
    assert writes(shop) == []

    assert bring(shop)["posted"] == 1  # the next run takes up what was left


def test_a_batch_of_products_that_was_left_red_is_no_batch_of_orders(shop):
    with locked(shop.db, ["demo/items"]), suppress(LocksBusy):
        bring(shop)
    shop.a_while_later()

    shop.run()

    assert {row["state"] for row in batches(shop, "products_to_items")} == {"transformed"}
    bring(shop)
    assert {row["state"] for row in batches(shop, "products_to_items")} == {"sealed"}


def test_a_batch_that_was_left_behind_does_not_bring_an_older_price_back(shop):
    bring(shop)
    shop.town.shop.catalogue.edit(shop.mug, price="24.00")
    with shop.shop() as client:
        left_behind = items.extract(client, shop.books, shop.db, shop.store, Run(items.FLOW, "left behind"))
    shop.town.clock.advance(1)
    shop.town.shop.catalogue.edit(shop.mug, price="25.00")
    with shop.shop() as client:
        newer = items.extract(client, shop.books, shop.db, shop.store, Run(items.FLOW, "newer"))
    finish(shop, sorted(set(newer) - set(left_behind)))
    assert the_mug(shop) == [("Mug", D("25.00"))]

    finish(shop, left_behind)
    bring(shop, whole=True)

    assert the_mug(shop) == [("Mug", D("25.00"))]
    assert fate(shop, "MUG") == ("unchanged", None)


def test_an_extraction_that_was_killed_goes_on_after_the_last_page_that_was_kept(shop, monkeypatch):
    for number in range(299):
        shop.town.shop.catalogue.put(f"Cup {number}", f"CUP-{number:03}", price="9")
    run = Run(items.FLOW, "killed")
    with shop.shop() as client:
        pages = client.catalogue

        def one_page(*asked, **where):
            yield next(iter(pages(*asked, **where)))
            raise Killed

        monkeypatch.setattr(client, "catalogue", one_page)
        with pytest.raises(Killed):
            items.extract(client, shop.books, shop.db, shop.store, run)
    shop.db.rollback()
    assert shop.db.value("batches.watermark", store="demo", flow=items.FLOW) is None
    shop.town.calls.clear()

    with shop.shop() as client:
        ids = items.extract(client, shop.books, shop.db, shop.store, run)

    assert len([call for call in shop.town.calls if "/catalog/" in call.path]) == 1
    assert finish(shop, ids)["posted"] == 300


def test_a_token_that_may_not_read_products_stops_the_run(shop):
    token = shop.town.shop.token
    shop.town.shop.tokens[token] -= {"store_v2_products_read_only"}

    with pytest.raises(NotAllowed):
        bring(shop)


def test_a_line_without_an_outcome_turns_the_audit_red(shop):
    with shop.shop() as client:
        ids = items.extract(client, shop.books, shop.db, shop.store, Run(items.FLOW, "short"))
    items.check(shop.db, shop.store, ids)
    items.transform(shop.db, shop.store, ids)
    with shop.db.transaction():
        shop.db.run("batches.move_batch", batch_id=ids[0], state="loaded")

    with pytest.raises(StageRed, match=r"counts differ \(T1\): MUG"):
        items.audit(shop.db, shop.store, ids)


def test_what_needs_a_look_is_mailed_once_to_operations_and_finance(shop, post_office):
    shop = set_up(shop, sales_account="9999")
    bring(shop)

    assert notifier.tell(shop.db, shop.store) == 1
    bring(shop, whole=True)
    assert notifier.tell(shop.db, shop.store) == 0

    [letter] = post_office.letters
    assert letter.recipients == ("operations@example.com", "finance@example.com")
    assert (letter.subject, "9999" in letter.text) == ("Items of Demo shop: MUG", True)


def test_a_mail_server_that_is_down_loses_no_news_and_turns_nothing_red(shop, post_office):
    shop = set_up(shop, sales_account="9999")
    bring(shop)
    post_office.down = True
    assert notifier.tell(shop.db, shop.store) == 1
    assert post_office.letters == []

    post_office.down = False
    later(shop.db)
    deliver(shop.db)
    assert post_office.subjects == ["Items of Demo shop: MUG"]
    assert notifier.tell(shop.db, shop.store) == 0


def test_what_waits_is_listed_beside_the_orders_and_orders_are_asked_about_orders_alone(shop):
    shop = set_up(shop, sales_account="9999")
    bring(shop)

    about = {"store": "demo", "reason": None}
    assert told_of_others(shop.db.rows("held.others", **about, kind="item", limit=10)).startswith(
        "item MUG  account_dead\n    Account 9999"
    )
    assert shop.db.rows("held.waiting", **about, limit=10) == []
    assert [row["documents"] for row in shop.db.rows("held.totals", **about)] == [0]
    assert shop.db.rows("decisions.held_orders", store="demo") == []
    assert shop.db.rows("shadow.held_first", store="demo", limit=5) == []
    assert shop.db.rows("shadow.reasons", store="demo") == []
    shop.db.rollback()


def batches(shop, flow):
    with shop.db._connection.cursor() as cursor:
        cursor.execute("SELECT state FROM batch WHERE flow = %s", (flow,))
        found = [{"state": state} for (state,) in cursor.fetchall()]
    shop.db.rollback()
    return found
