"""Products and variants become items of Xero: created, kept up to date, and never taken out of a bookkeeper's hands."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from catalogue_desk import SIZES, bring, fate, in_xero, selling, set_up, told, writes

from include.sandbox.order_builder import an_order
from include.stages import items, stock

D = Decimal


@pytest.fixture
def shop(bridge):
    """A mug and a tee in two sizes; nothing in the books."""
    bridge = selling(bridge)
    bridge.mug = bridge.town.shop.catalogue.put("Mug", "MUG", price="22.00", description="<p>A mug.</p><p>Blue.</p>")
    bridge.tee = bridge.town.shop.catalogue.put("Tee", variants=SIZES, price="25.00", tax_class_id=1)
    return bridge


def link(bridge, sku):
    found = bridge.db.row("items.links", store="demo", skus=[sku])
    bridge.db.rollback()
    return found


class TestCreated:
    def test_each_sku_becomes_an_item_with_name_words_price_account_and_tax_type(self, shop):
        counts = bring(shop)

        assert (counts["items"], counts["posted"]) == (3, 3)
        tee = in_xero(shop)["TEE-M"]
        assert (tee["Name"], tee["Description"]) == ("Tee (Size: M)", "Tee (Size: M)")
        assert tee["SalesDetails"] == {"UnitPrice": D("27.50"), "AccountCode": "200", "TaxType": "EXEMPTOUTPUT"}
        assert in_xero(shop)["TEE-S"]["SalesDetails"]["UnitPrice"] == D("25.00")

    def test_neither_purchase_side_nor_quantity_is_ever_sent(self, shop):
        bring(shop)

        mug = in_xero(shop)["MUG"]
        assert mug["PurchaseDetails"] == {}
        assert (mug["IsTrackedAsInventory"], "QuantityOnHand" in mug) == (False, False)

    def test_settings_decide_words_price_and_whether_hidden_products_count(self, bridge):
        shop = selling(bridge, description="shop", price="none", visible_only=True, tax_types={}, sales_account="260")
        shop.town.shop.catalogue.put("Mug", "MUG", price="22.00", description="<p>A mug.</p><p>Blue &amp; round.</p>")
        shop.town.shop.catalogue.put("Draft", "DRAFT", is_visible=False)

        bring(shop)

        assert in_xero(shop)["MUG"]["Description"] == "A mug.\nBlue & round."
        assert in_xero(shop)["MUG"]["SalesDetails"] == {"AccountCode": "260"}
        assert fate(shop, "DRAFT") == ("skipped", "excluded_by_setting")

    def test_what_has_no_sku_is_skipped_and_says_which_product_it_is(self, shop):
        plain = shop.town.shop.catalogue.put("Nameless")
        shop.town.shop.catalogue.put(
            "Cap", variants=({"options": {"Size": "S"}}, {"sku": "CAP-M", "options": {"Size": "M"}})
        )

        counts = bring(shop)

        skipped = [key for key, row in told(shop).items() if row["reason"] == "no_sku"]
        assert len(skipped) == counts["skipped"] == 2
        assert any(key.startswith(f"product {plain}") for key in skipped)
        assert "CAP-M" in in_xero(shop)

    def test_skus_beyond_30_characters_and_those_alike_but_for_letter_case_get_codes_of_their_own(self, shop):
        long = "ORGANIC-COTTON-LONG-SLEEVE-SHIRT-BLUE-"
        for sku in (f"{long}L", f"{long}XL", "mug"):
            shop.town.shop.catalogue.put(f"Product {sku}", sku, price="10")

        counts = bring(shop)

        assert counts["posted"] == 6
        codes = [link(shop, sku)["code"] for sku in (f"{long}L", f"{long}XL", "mug", "MUG")]
        assert len({code.casefold() for code in codes}) == 4
        assert all(len(code) <= 30 for code in codes)
        assert set(codes) <= set(in_xero(shop))

    def test_a_sku_that_stands_at_two_products_is_held_and_nothing_is_guessed(self, shop):
        shop.town.shop.catalogue.put("Another mug", "MUG", price="9")

        counts = bring(shop)

        assert (counts["held"], "MUG" in in_xero(shop)) == (2, False)
        assert {row["reason"] for row in told(shop).values() if row["outcome"] == "held"} == {"sku_twice"}

    def test_a_dead_account_or_tax_type_is_held_before_anything_is_sent(self, bridge):
        shop = selling(bridge, sales_account="9999")
        shop.town.shop.catalogue.put("Mug", "MUG", price="22.00")

        bring(shop)

        assert fate(shop, "MUG") == ("held", "account_dead")
        assert writes(shop) == []

    def test_an_absurd_price_and_a_product_of_unknown_form_are_held_and_the_others_go_on(self, shop):
        shop.town.shop.catalogue.edit(shop.mug, price="-1")
        odd = shop.town.shop.catalogue.put("Odd", "ODD", price="1")
        shop.town.dispatch.strict = False
        shop.town.shop.catalogue.edit(odd, tax_class_id="none")

        counts = bring(shop)

        assert fate(shop, "MUG") == ("held", "unknown_shape")
        assert fate(shop, f"product {odd}") == ("held", "unknown_shape")
        assert counts["posted"] == 2

    def test_prices_in_another_currency_than_the_organisations_are_left_to_the_bookkeeper(self, shop):
        from include.stages.reference import refresh_shop

        shop.town.shop.settings["currency"] = "NZD"
        with shop.shop() as client:
            refresh_shop(client, shop.db, shop.store)

        bring(shop)

        assert "UnitPrice" not in in_xero(shop)["MUG"]["SalesDetails"]


class TestKeptUpToDate:
    def test_the_same_run_again_writes_nothing_and_asks_xero_for_no_item(self, shop):
        bring(shop)
        shop.town.calls.clear()

        counts = bring(shop)

        assert (counts["unchanged"], writes(shop)) == (3, [])
        assert not [call for call in shop.town.calls if call.path.endswith("/Items")]

    def test_a_whole_reading_of_an_unchanged_catalogue_writes_nothing(self, shop):
        bring(shop)
        shop.town.calls.clear()

        assert bring(shop, whole=True)["unchanged"] == 3
        assert writes(shop) == []

    def test_what_changed_in_the_shop_is_changed_in_xero_and_nothing_else_leaves(self, shop):
        bring(shop)
        shop.town.books.edit_item("MUG", PurchaseDetails={"UnitPrice": "8.00", "AccountCode": "310"})
        shop.town.shop.catalogue.edit(shop.mug, price="24.00")

        counts = bring(shop)

        mug = in_xero(shop)["MUG"]
        assert counts["posted"] == 1
        assert mug["SalesDetails"] == {"UnitPrice": D("24.00"), "AccountCode": "200", "TaxType": "OUTPUT"}
        assert mug["PurchaseDetails"] == {"UnitPrice": D("8.00"), "AccountCode": "310"}
        assert told(shop)["MUG"]["sentence"] == "Changed: SalesDetails.UnitPrice."

    def test_a_variant_that_changed_without_its_products_date_is_found_within_a_day(self, shop):
        bring(shop)
        shop.town.shop.catalogue.variants_move_products = False
        with shop.db.transaction(), shop.db._connection.cursor() as cursor:  # the edit lies behind the cursor
            cursor.execute("UPDATE watermark SET moment = moment + INTERVAL '1 hour' WHERE flow = 'products_to_items'")
        shop.town.shop.catalogue.edit_variant("TEE-S", price="26.00")

        bring(shop)
        assert in_xero(shop)["TEE-S"]["SalesDetails"]["UnitPrice"] == D("25.00")
        bring(shop, whole=True)
        assert in_xero(shop)["TEE-S"]["SalesDetails"]["UnitPrice"] == D("26.00")

    def test_a_change_of_settings_alone_changes_no_item_until_a_person_asks(self, shop):
        bring(shop)
        shop = set_up(shop, sales_account="260")

        assert bring(shop, whole=True)["unchanged"] == 3
        assert bring(shop, whole=True)["unchanged"] == 3
        assert in_xero(shop)["MUG"]["SalesDetails"]["AccountCode"] == "200"

        assert bring(shop, whole=True, as_settings=True)["posted"] == 3
        assert in_xero(shop)["MUG"]["SalesDetails"]["AccountCode"] == "260"

    def test_a_backfill_since_a_day_reads_all_of_it_again_twice_without_harm_and_moves_no_cursor(self, shop):
        bring(shop)
        cursor = shop.db.value("batches.watermark", store="demo", flow=items.FLOW)
        shop.town.books.items.pop("TEE-S")  # deleted in Xero: it stays so
        shop.town.calls.clear()
        yesterday = (datetime.now(UTC) - timedelta(days=1)).date()

        for _ in range(2):
            assert bring(shop, since=yesterday)["items"] == 3

        assert writes(shop) == []
        assert shop.db.value("batches.watermark", store="demo", flow=items.FLOW) == cursor

    def test_a_backfill_brings_what_the_cursor_had_passed_by(self, shop):
        bring(shop)
        with shop.db.transaction(), shop.db._connection.cursor() as cursor:
            cursor.execute("UPDATE watermark SET moment = moment + INTERVAL '1 hour' WHERE flow = 'products_to_items'")
        shop.town.shop.catalogue.edit(shop.mug, price="30.00")
        bring(shop)
        assert in_xero(shop)["MUG"]["SalesDetails"]["UnitPrice"] == D("22.00")

        bring(shop, since=(datetime.now(UTC) - timedelta(days=1)).date())

        assert in_xero(shop)["MUG"]["SalesDetails"]["UnitPrice"] == D("30.00")


class TestTheBookkeepersHand:
    def test_an_edited_field_stays_while_the_shop_changes_another(self, shop):
        bring(shop)
        shop.town.books.edit_item("MUG", Name="Becher")
        shop.town.shop.catalogue.edit(shop.mug, price="24.00")

        bring(shop)

        assert (in_xero(shop)["MUG"]["Name"], in_xero(shop)["MUG"]["SalesDetails"]["UnitPrice"]) == (
            "Becher",
            D("24.00"),
        )
        assert fate(shop, "MUG") == ("posted", None)

    def test_what_both_changed_stays_as_the_bookkeeper_has_it_and_is_told_once(self, shop):
        bring(shop)
        shop.town.books.edit_item("MUG", SalesDetails={"UnitPrice": "23.00"})
        shop.town.shop.catalogue.edit(shop.mug, price="24.00")

        bring(shop)
        assert fate(shop, "MUG") == ("held", "edited_on_both_sides")
        assert "'23' in Xero and '24' in the shop" in told(shop)["MUG"]["sentence"]
        [news] = items.untold(shop.db, shop.store)
        items.mark_told(shop.db, shop.store, [news])
        bring(shop, whole=True)

        assert in_xero(shop)["MUG"]["SalesDetails"]["UnitPrice"] == D("23.00")
        assert fate(shop, "MUG") == ("unchanged", None)
        assert items.untold(shop.db, shop.store) == []

    def test_the_shop_has_its_way_again_once_both_sides_agreed(self, shop):
        bring(shop)
        shop.town.books.edit_item("MUG", SalesDetails={"UnitPrice": "23.00"})
        shop.town.shop.catalogue.edit(shop.mug, price="23.00")
        bring(shop)
        shop.town.shop.catalogue.edit(shop.mug, price="25.00")

        bring(shop)

        assert in_xero(shop)["MUG"]["SalesDetails"]["UnitPrice"] == D("25.00")

    def test_an_item_that_was_there_before_us_is_taken_over_as_it_is_and_kept_up_to_date_from_then_on(self, shop):
        shop.town.books.add_item({"Code": "mug", "Name": "Old mug", "SalesDetails": {"UnitPrice": "19.00"}})

        bring(shop)
        assert fate(shop, "MUG") == ("unchanged", None)
        assert "before us" in told(shop)["MUG"]["sentence"]
        shop.town.shop.catalogue.edit(shop.mug, name="Cup", price="24.00")
        bring(shop)

        assert set(in_xero(shop)) == {"mug", "TEE-S", "TEE-M"}
        assert (in_xero(shop)["mug"]["Name"], in_xero(shop)["mug"]["SalesDetails"]["UnitPrice"]) == (
            "Old mug",
            D("19.00"),
        )
        assert fate(shop, "MUG") == ("held", "edited_on_both_sides")  # both differ from what we would have sent then

    def test_an_item_that_was_archived_is_left_alone_and_not_made_again(self, shop):
        bring(shop)
        shop.town.books.archive_item("MUG")
        shop.town.shop.catalogue.edit(shop.mug, price="24.00")
        shop.town.calls.clear()

        bring(shop)

        assert fate(shop, "MUG") == ("skipped", "item_archived")
        assert writes(shop) == []
        shop.town.books.restore_item("MUG")
        bring(shop, whole=True)
        assert in_xero(shop)["MUG"]["SalesDetails"]["UnitPrice"] == D("24.00")

    def test_a_code_that_an_archived_item_keeps_is_held_and_told_once(self, shop):
        shop.town.books.add_item({"Code": "MUG", "Name": "Old mug"})
        shop.town.books.archive_item("MUG")

        bring(shop)
        assert fate(shop, "MUG") == ("held", "item_code_taken")
        items.mark_told(shop.db, shop.store, items.untold(shop.db, shop.store))
        bring(shop, whole=True)

        assert fate(shop, "MUG") == ("held", "item_code_taken")
        assert items.untold(shop.db, shop.store) == []
        shop.town.books.restore_item("MUG")
        bring(shop, whole=True)
        assert fate(shop, "MUG") == ("unchanged", None)

    def test_a_code_that_the_bookkeeper_changed_is_the_items_from_then_on(self, shop):
        bring(shop)
        shop.town.books.edit_item("MUG", Code="CUP-01")

        bring(shop, whole=True)

        assert (link(shop, "MUG")["code"], fate(shop, "MUG")) == ("CUP-01", ("unchanged", None))
        shop.town.shop.catalogue.edit(shop.mug, price="24.00")
        bring(shop)
        assert in_xero(shop)["CUP-01"]["SalesDetails"]["UnitPrice"] == D("24.00")
        assert "MUG" not in in_xero(shop)

    def test_tracking_and_quantity_of_a_tracked_item_stay_whatever_the_shop_changes(self, shop):
        tracked = {"InventoryAssetAccountCode": "630", "PurchaseDetails": {"UnitPrice": "8", "COGSAccountCode": "310"}}
        shop.town.books.add_item({"Code": "MUG", "Name": "Mug", "Description": "Mug", "QuantityOnHand": 12, **tracked})
        bring(shop)
        shop.town.shop.catalogue.edit(shop.mug, name="Mug, blue")

        bring(shop)

        mug = in_xero(shop)["MUG"]
        assert (mug["Name"], mug["QuantityOnHand"], mug["IsTrackedAsInventory"]) == ("Mug, blue", 12, True)
        assert (mug["PurchaseDetails"]["COGSAccountCode"], mug["InventoryAssetAccountCode"]) == ("310", "630")


class TestWhatGoes:
    def test_a_product_that_the_shop_removed_leaves_its_item_in_xero_and_is_told_once_as_gone(self, shop):
        bring(shop)
        shop.town.shop.catalogue.remove(shop.mug)
        shop.town.calls.clear()

        bring(shop, whole=True)
        assert fate(shop, "MUG") == ("skipped", "gone_from_shop")
        assert ("MUG" in in_xero(shop), writes(shop)) == (True, [])
        bring(shop, whole=True)
        assert "MUG" not in told(shop)

    def test_a_variant_that_is_gone_or_has_another_sku_leaves_its_item_and_the_new_sku_gets_one(self, shop):
        bring(shop)
        shop.town.shop.catalogue.edit_variant("TEE-S", sku="TEE-SMALL")

        bring(shop)

        assert fate(shop, "TEE-S") == ("skipped", "gone_from_shop")
        assert {"TEE-S", "TEE-SMALL"} <= set(in_xero(shop))

    def test_one_that_comes_back_is_known_again(self, shop):
        bring(shop)
        shop.town.shop.catalogue.remove(shop.mug)
        bring(shop, whole=True)
        shop.town.shop.catalogue.put("Mug", "MUG", price="25.00", description="<p>A mug.</p><p>Blue.</p>")

        bring(shop)

        assert in_xero(shop)["MUG"]["SalesDetails"]["UnitPrice"] == D("25.00")
        assert link(shop, "MUG")["gone_at"] is None

    def test_what_the_shop_said_long_ago_and_says_otherwise_since_is_forgotten_and_learnt_anew_if_it_comes_again(
        self, shop
    ):
        moment = "2026-11-30T00:00:00+00:00"
        shop.town.shop.catalogue.edit(shop.mug, price="22.00", date_modified=moment)
        bring(shop)
        kept = []
        for price in ("24.00", "22.00"):
            months_later(shop)
            shop.town.shop.catalogue.edit(shop.mug, price=price, date_modified=moment)
            bring(shop, whole=True)
            kept.append(bodies(shop, shop.mug))

        assert kept == [[False, True], [True, True]]
        assert in_xero(shop)["MUG"]["SalesDetails"]["UnitPrice"] == D("22.00")


def months_later(shop):
    with shop.db.transaction(), shop.db._connection.cursor() as cursor:
        cursor.execute("UPDATE raw_product SET fetched_at = fetched_at - INTERVAL '90 days'")


def bodies(shop, product_id):
    """Of each thing that the shop said of a product, whether it is kept."""
    with shop.db._connection.cursor() as cursor:
        cursor.execute(
            "SELECT body <> '' FROM raw_product WHERE product_id = %s ORDER BY raw_product_id", (product_id,)
        )
        found = [kept for (kept,) in cursor.fetchall()]
    shop.db.rollback()
    return found


class TestOrdersUseTheLink:
    LONG = "ORGANIC-COTTON-LONG-SLEEVE-SHIRT-BLUE-L"

    def line_of(self, shop, order_id):
        [invoice] = [each for each in shop.town.books.invoices() if each["InvoiceNumber"] == f"BC-{order_id}"]
        return invoice["LineItems"][0].get("ItemCode")

    def test_a_line_is_booked_under_the_code_that_its_sku_has_and_the_settings_version_stays(self, shop):
        shop.town.shop.catalogue.put("Shirt", self.LONG, price="40.00")
        version = shop.store.version
        bring(shop)
        shop.town.shop.put(an_order(1042).line(self.LONG, price="40.00").paid("card").build())

        shop.run()

        code = link(shop, self.LONG)["code"]
        assert (self.line_of(shop, 1042), len(code)) == (code, 30)
        assert shop.store.version == version

    def test_stock_finds_its_sku_by_the_link_where_the_code_is_another(self, shop):
        shop.town.shop.catalogue.put("Shirt", self.LONG, price="40.00")
        bring(shop)
        accounts = {"InventoryAssetAccountCode": "630", "PurchaseDetails": {"COGSAccountCode": "310"}}
        code = link(shop, self.LONG)["code"]
        shop.town.books.add_item({"Code": code, "Name": "Shirt", "QuantityOnHand": 7, **accounts})
        shop.town.shop.set_stock(self.LONG, 3)

        with shop.shop() as client, shop.books() as books:
            stock.extract(client, stock.xero_items(books, shop.db, shop.store), shop.db, shop.store, "stock-1")

        [row] = shop.db.rows("stock.lines", batch_id=shop.db.value("stock.open_batches", store="demo", flow=stock.FLOW))
        shop.db.rollback()
        assert (row["sku"], row["in_xero"], row["in_store"]) == (self.LONG, 7, 3)

    def test_a_bookkeepers_mapping_in_the_settings_comes_first(self, shop):
        shop.town.shop.catalogue.put("Shirt", self.LONG, price="40.00")
        shop.town.books.add_item({"Code": "SHIRT", "Name": "Shirt"})
        bring(shop)
        file = shop.store.file.model_copy(update={"item_codes": {self.LONG: "SHIRT"}})
        mapped = replace(shop, store=replace(shop.store, file=file))
        mapped.town.shop.put(an_order(1043).line(self.LONG, price="40.00").paid("card").build())

        mapped.run()

        assert self.line_of(mapped, 1043) == "SHIRT"

    def test_a_new_code_is_no_change_of_an_order_that_is_posted(self, shop):
        shop.town.shop.put(an_order(1044).line(self.LONG, price="40.00").paid("card").build())
        shop.run()
        assert self.line_of(shop, 1044) is None
        shop.town.shop.catalogue.put("Shirt", self.LONG, price="40.00")
        bring(shop)
        shop.town.shop.touch(1044, staff_notes="packed")

        shop.run()

        assert shop.outcomes()[1044]["outcome"] == "unchanged"
        assert self.line_of(shop, 1044) is None
