"""Products become items: code, fields, and what is done about an item that is there (accounting.md 8; reference xero.md 7)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.domain.item import (
    ACCOUNT,
    DESCRIPTION,
    FIELDS,
    NAME,
    PRICE,
    TAX_TYPE,
    ItemPolicy,
    Sellable,
    as_compared,
    as_name,
    as_price,
    as_words,
    named,
    stopped,
    wanted,
)
from include.domain.item_code import CODE_MAX, code_of, codes_for, folded
from include.domain.item_decision import ItemDecided, Linked, Standing, both_changed, decided
from include.domain.outcome import Hold, Skip
from include.domain.policy import Account, Reference, TaxType

BOOKS = Reference(
    country="AU",
    base_currency="AUD",
    zone="Australia/Sydney",
    currencies=frozenset({"AUD"}),
    accounts={"200": Account("200", "REVENUE", True, False), "201": Account("201", "REVENUE", False, False)},
    tax_types={
        "OUTPUT": TaxType("OUTPUT", Decimal(10), True),
        "INPUT": TaxType("INPUT", Decimal(10), True, on_revenue=False),
        "OLD": TaxType("OLD", Decimal(5), False),
    },
    lock_date=date(2026, 1, 1),
)
POLICY = ItemPolicy("200", {0: "OUTPUT"})
MUG = Sellable("MUG", "MUG", 77, 1, "Mug", (), "A mug.\nBlue.", Decimal("22.00"), 0, True, None)
TEE = replace(MUG, key="TEE-S", sku="TEE-S", name="Tee", options=("Size: S", "Colour: Red"))

skus = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60).filter(str.strip)
texts = st.text(st.characters(codec="utf-8"), max_size=80)


def dead_account(code):
    words = f"Account {code}, which items are sold to, is missing or archived in Xero."
    return Hold("account_dead", words, {"account": code})


def dead_tax_type(code):
    words = f"Tax type {code} of tax class 0 may not be used on sales in Xero."
    return Hold("tax_type_dead", words, {"tax_type": code}, "Correct `products: tax_types` in the store's settings.")


class TestTheCode:
    def test_a_sku_that_fits_is_the_code(self):
        assert code_of("MUG-BLUE") == "MUG-BLUE"
        assert code_of("X" * CODE_MAX) == "X" * CODE_MAX

    def test_a_longer_one_keeps_its_beginning_and_says_by_a_digest_which_it_is(self):
        long = "SHIRT-ORGANIC-COTTON-LONG-SLEEVE-BLUE-XXL"

        assert code_of(long) == "SHIRT-ORGANIC-COTTON-44c669fa"
        assert code_of(long) != code_of(long.replace("XXL", "XL"))

    @pytest.mark.parametrize(
        ("sku", "nth", "code"),
        [
            ("X", 0, "X"),
            (" MUG \t BLUE\x1f2 ", 0, "MUG BLUE 2"),
            ("mug", 1, "mug-a19ee257"),
            ("mug", 2, "mug-395d1b84"),
            ("mug", 3, "mug-5312ee25"),
            ("\u200b", 0, "f4e48e66"),
            ("X" * 40, 0, "XXXXXXXXXXXXXXXXXXXXX-2479a225"),
            ("\u00c4" * 31, 0, "\u00c4" * 21 + "-0cb91436"),
        ],
    )
    def test_what_was_given_once_is_given_for_ever(self, sku, nth, code):
        """These stand in link tables: another rule would make new items of old SKUs."""
        assert code_of(sku, nth) == code

    def test_two_new_skus_never_choose_one_code(self):
        given = codes_for(["MUG", "mug", "Mug"], {folded(code_of("Mug", 1)): "somebody"})

        assert given == {"MUG": "MUG", "Mug": code_of("Mug", 2), "mug": code_of("mug", 1)}

    def test_a_long_sku_never_takes_the_name_of_a_short_one(self):
        long = "X" * 21 + "!" * 20
        short = code_of(long)

        assert codes_for([long, short], {}) == {short: short, long: code_of(long, 2)}

    def test_skus_that_differ_by_letter_case_alone_get_codes_that_differ_by_more(self):
        given = codes_for(["mug", "MUG"], {})

        assert given["MUG"] == "MUG"
        assert given["mug"].startswith("mug-")

    def test_a_code_that_another_sku_bears_is_left_to_it(self):
        assert codes_for(["mug"], {"mug": "MUG"})["mug"] == code_of("mug", 1)
        assert codes_for(["mug"], {"mug": "mug"})["mug"] == "mug"

    @given(st.lists(skus, max_size=12), st.randoms())
    def test_always_within_30_characters_one_a_sku_and_the_same_in_any_order(self, every, chance):
        given_codes = codes_for(every, {})
        shuffled = list(every)
        chance.shuffle(shuffled)

        assert all(0 < len(code) <= CODE_MAX for code in given_codes.values())
        assert len({folded(code) for code in given_codes.values()}) == len(set(every))
        assert codes_for(shuffled, {}) == given_codes

    @given(st.lists(skus, max_size=8), st.lists(skus, max_size=8))
    def test_what_was_given_stays_whatever_comes_later(self, first, later):
        before = codes_for(first, {})
        taken = {folded(code): sku for sku, code in before.items()}

        after = codes_for([sku for sku in later if sku not in before], taken)

        assert not {folded(code) for code in after.values()} & taken.keys()


class TestTheFields:
    def test_name_words_price_account_and_tax_type_are_the_shops_and_the_settings(self):
        assert wanted(TEE, POLICY) == {
            NAME: "Tee (Size: S, Colour: Red)",
            DESCRIPTION: "Tee (Size: S, Colour: Red)",
            PRICE: "22",
            ACCOUNT: "200",
            TAX_TYPE: "OUTPUT",
        }

    def test_the_shops_own_words_if_the_settings_ask_for_them(self):
        assert wanted(MUG, replace(POLICY, description="shop"))[DESCRIPTION] == "A mug.\nBlue."
        bare = replace(MUG, description="")
        assert wanted(bare, replace(POLICY, description="shop"))[DESCRIPTION] == "Mug"

    def test_what_the_settings_leave_out_is_the_bookkeepers(self):
        assert PRICE not in wanted(MUG, replace(POLICY, price="none"))
        assert PRICE not in wanted(replace(MUG, price=None), POLICY)
        assert TAX_TYPE not in wanted(replace(MUG, tax_class_id=3), POLICY)

    @pytest.mark.parametrize(
        ("price", "text"),
        [("22.00", "22"), ("0", "0"), ("-0.00", "0"), ("100", "100"), ("0.12345", "0.1235"), ("9.99995", "10")],
    )
    def test_a_price_has_at_most_four_decimals_and_one_spelling(self, price, text):
        assert as_price(Decimal(price)) == text

    @given(
        st.builds(
            replace, st.just(MUG), name=texts, description=texts, price=st.none() | st.decimals(0, 10**9, places=6)
        )
    )
    def test_fields_are_within_xeros_limits_and_never_of_the_purchase_side(self, sellable):
        for policy in (POLICY, replace(POLICY, description="shop")):
            fields = wanted(sellable, policy)

            assert set(fields) <= set(FIELDS)
            assert len(fields[NAME]) <= 50
            assert len(fields[DESCRIPTION]) <= 4000
            assert -Decimal(fields.get(PRICE, "0")).as_tuple().exponent <= 4
            assert {
                name: as_compared(name, text) for name, text in fields.items()
            } == fields  # read back, it is the same

    @given(texts)
    def test_cleaning_twice_changes_nothing_more(self, text):
        assert as_name(as_name(text)) == as_name(text)
        assert as_words(as_words(text)) == as_words(text)

    def test_names_and_words_are_cut_and_cleaned_and_never_refused(self):
        assert as_name("  A" + " b" * 40) == ("A" + " b" * 24)
        assert as_name("M\u200bu\x00g\n2") == "M u g 2"
        assert as_words(" A \x07 b\r\n\n c ") == "A b\nc"
        assert as_words("a" * 3999 + " bc") == "a" * 3999
        assert as_compared(NAME, "Mug\n2") == "Mug 2"

    def test_settings_are_no_facts_of_the_shop(self):
        assert MUG.facts == replace(MUG, price=Decimal("22.0"), modified_at=None).facts
        assert MUG.facts != replace(MUG, price=Decimal("22.01")).facts


class TestWhatBecomesNoItem:
    def test_nothing_stands_against_a_plain_product(self):
        assert stopped(MUG, POLICY, BOOKS) is None
        assert stopped(replace(MUG, tax_class_id=9), POLICY, BOOKS) is None

        assert stopped(MUG, replace(POLICY, visible_only=True), BOOKS) is None

    @pytest.mark.parametrize(
        ("sellable", "policy", "why"),
        [
            (
                replace(MUG, sku="", name="Mug\x00"),
                POLICY,
                Skip("no_sku", "Mug: neither the product nor this variant of it has a SKU."),
            ),
            (
                replace(MUG, visible=False),
                replace(POLICY, visible_only=True),
                Skip("excluded_by_setting", "It is not visible in the shop, and `products: visible_only` is set."),
            ),
            *((MUG, replace(POLICY, account=code), dead_account(code)) for code in ("201", "999")),
            *(
                (MUG, replace(POLICY, tax_types={0: code}), dead_tax_type(code))
                for code in ("OLD", "INPUT", "NONE-SUCH")
            ),
        ],
    )
    def test_a_reason_a_bookkeeper_understands(self, sellable, policy, why):
        assert stopped(sellable, policy, BOOKS) == why

    def test_each_has_a_key_of_its_own_though_skus_are_missing_or_stand_twice(self):
        twice = replace(MUG, product_id=78, variant_id=2)
        keys = [each.key for each in named([MUG, twice, TEE, replace(MUG, sku="", key="", variant_id=None)])]

        assert keys == ["MUG (product 77, variant 1)", "MUG (product 78, variant 2)", "TEE-S", "product 77"]


class TestWhatIsDone:
    WANTED = wanted(MUG, POLICY)
    THERE = Standing("id-1", "MUG", WANTED)
    LINKED = Linked("MUG", "id-1", WANTED, WANTED)

    def test_what_is_not_there_is_created_with_all_its_fields(self):
        made = decided(self.WANTED, Linked("MUG", None), None, None)

        assert (made.act, made.send, made.sent) == ("create", self.WANTED, self.WANTED)

    def test_what_was_there_before_us_is_taken_over_and_nothing_of_it_is_changed(self):
        theirs = Standing("id-9", "mug", {NAME: "Blue mug", PRICE: "19.5"})

        made = decided(self.WANTED, Linked("MUG", None), None, theirs)

        assert made == ItemDecided("nothing", sent=self.WANTED, standing=theirs, adopted=True)

    def test_only_the_field_that_the_shop_changed_leaves(self):
        made = decided(self.WANTED | {PRICE: "25"}, self.LINKED, self.THERE, self.THERE)

        now = self.WANTED | {PRICE: "25"}
        assert made == ItemDecided("update", {PRICE: "25"}, now, self.THERE)

    def test_what_the_bookkeeper_edited_stays_though_the_shop_changes_another_field(self):
        there = Standing("id-1", "MUG", self.WANTED | {NAME: "Becher"})

        made = decided(self.WANTED | {PRICE: "25"}, self.LINKED, there, there)

        assert (dict(made.send), dict(made.news)) == ({PRICE: "25"}, {})

    def test_what_both_changed_stays_as_the_bookkeeper_has_it_and_is_told_once(self):
        there = Standing("id-1", "MUG", self.WANTED | {PRICE: "23"})
        now = self.WANTED | {PRICE: "25"}

        made = decided(now, self.LINKED, there, there)
        again = decided(now, replace(self.LINKED, sent=made.sent, wanted=now), there, there)

        assert (made.act, dict(made.news)) == ("nothing", {PRICE: ("25", "23")})
        assert (again.act, dict(again.news)) == ("nothing", {})
        assert both_changed("MUG", {**made.news, NAME: ("Mug", "Cup")}) == Hold(
            "edited_on_both_sides",
            "MUG: SalesDetails.UnitPrice is '23' in Xero and '25' in the shop; Name is 'Cup' in Xero and 'Mug' in the shop. "
            "Xero's stays.",
            {PRICE: "23 | 25", NAME: "Cup | Mug"},
        )
        assert len(both_changed("MUG", {DESCRIPTION: ("a" * 4000, "b")}).sentence) == 1500 + len("MUG: . Xero's stays.")

    def test_an_item_that_xero_lists_no_more_is_not_made_again(self):
        made = decided(self.WANTED | {PRICE: "25"}, self.LINKED, None, None)

        words = "Xero does not list item MUG any more: somebody archived or deleted it there, and so it stays."
        assert made == ItemDecided("nothing", stopped=Skip("item_archived", words))

    def test_an_item_that_was_deleted_and_entered_anew_by_hand_is_taken_over(self):
        made = decided(self.WANTED, self.LINKED, None, Standing("id-2", "MUG", {}))

        assert (made.act, made.adopted) == ("nothing", True)

    def test_blanks_that_xero_keeps_otherwise_are_no_edit(self):
        there = Standing("id-1", "MUG", self.WANTED | {NAME: "Mug ", DESCRIPTION: " Mug\r\n"})

        assert decided(self.WANTED, self.LINKED, there, there).act == "nothing"
        lines = self.WANTED | {DESCRIPTION: "A mug.\nBlue."}
        kept = Standing("id-1", "MUG", lines | {DESCRIPTION: "A mug. \r\nBlue.\r\n"})
        assert decided(lines | {DESCRIPTION: "A mug."}, Linked("MUG", "id-1", lines, lines), kept, kept).act == "update"

    values = st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(["a", "b", "c"]))

    @given(values, values, values)
    def test_nothing_that_differs_from_what_we_sent_is_ever_overwritten(self, sent, theirs, now):
        there = Standing("id-1", "MUG", theirs)

        made = decided(now, Linked("MUG", "id-1", sent, sent), there, there)

        assert all(theirs.get(name, "") == sent.get(name, "") for name in made.send)
        after = Standing("id-1", "MUG", theirs | made.send)
        assert decided(now, Linked("MUG", "id-1", made.sent, now), after, after).act == "nothing"
