"""Products as no manual describes them: each is read, or held with its reason; none stops the others."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.checks.items import check_items
from include.domain.item import FIELDS, ItemPolicy, Sellable, wanted
from include.wire.bigcommerce_product import modified_of, plain_text, sellables_of
from include.wire.bigcommerce_rows import Problem
from include.wire.xero_documents import digest
from include.wire.xero_items import is_item, item_body, sent_of, standing_of, unlike_item

MUG = {"id": 77, "name": "Mug", "sku": "MUG", "price": Decimal("22.10"), "tax_class_id": 0, "is_visible": True}
POLICY = ItemPolicy("200", {0: "OUTPUT"}, description="shop")
scalars = st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=8)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
)
fields = st.sampled_from([*MUG, "description", "date_modified", "variants", "option_values"])


def one(product):
    found = sellables_of(product)
    assert not isinstance(found, Problem), found
    return found


@settings(max_examples=50)  # each is three products
@given(
    st.dictionaries(fields, anything, max_size=6), st.lists(st.dictionaries(fields, anything, max_size=4), max_size=2)
)
def test_whatever_the_shop_answers_is_read_or_is_a_problem_with_a_sentence(odd, variants):
    for product in ({**MUG, **odd}, {**MUG, "variants": [{**MUG, **each} for each in variants]}, odd):
        found = sellables_of(product)
        if isinstance(found, Problem):
            assert found.sentence.endswith(".")
            continue
        for each in found:
            each.sku.encode()
            digest(each.facts)
            assert set(wanted(each, POLICY)) <= set(FIELDS)
            item_body("CODE", wanted(each, POLICY)).encode()
        modified_of(product)


@pytest.mark.parametrize(
    "odd",
    [
        *({"name": None}, {"variants": {}}, {"variants": ["S"]}, {"price": True}, {"price": "dear"}, {"id": 2**63}),
        *({"price": Decimal("1e999999")}, {"tax_class_id": "none"}, {"sku": "a\x00b"}, {"sku": "\ud800"}, {"id": 1.5}),
    ],
)
def test_a_form_that_we_do_not_know_is_told_and_not_guessed(odd):
    assert isinstance(sellables_of({**MUG, **odd}), Problem)


def test_a_variant_without_a_price_has_its_products_and_a_base_variant_its_products_sku():
    options = [{"option_display_name": "Size", "label": "S"}]
    small, bare = one(
        {**MUG, "variants": [{"id": 1, "sku": "M-S", "price": None, "option_values": options}, {"id": 2}]}
    )

    assert (small.sku, small.price, small.title) == ("M-S", Decimal("22.10"), "Mug (Size: S)")
    assert (bare.sku, bare.title) == ("MUG", "Mug")
    [none_of_its_own] = one({**MUG, "variants": [{"id": 3, "option_values": options}]})
    assert none_of_its_own.sku == ""


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>A mug.</p><p>Blue &amp; round.</p>", "A mug.\nBlue & round."),
        ("Tea<br>pot<script>alert(1)</script><style>p {}</style>", "Tea\npot"),
        ("<ul><li>One<li>Two</ul>", "One\nTwo"),
        ("a < b, and more", "a < b, and more"),
        ("", ""),
    ],
)
def test_the_shops_words_are_plain_text(html, text):
    assert plain_text(html) == text


@given(st.text(max_size=60))
def test_no_text_of_the_shop_breaks_the_reader(html):
    assert "\n\n" not in plain_text(html)


def a_line(key, **changes):
    facts = {"sku": key, "name": "Mug", "price": Decimal("22"), **changes}
    return Sellable(key, facts["sku"], 77, 1, facts["name"], (), "", facts["price"], 0, True, None)


def test_great_expectations_holds_what_is_not_sane_and_lets_missing_skus_and_prices_pass():
    lines = [a_line("A", name=" "), a_line("B", price=Decimal("-1")), a_line("C", price=Decimal("1e15"))]
    lines += [a_line("D"), a_line("D"), a_line("no sku", sku=""), a_line("nor here", sku=""), a_line("E", price=None)]

    verdict = check_items(lines)

    assert sorted((finding.hold.figures["key"], finding.hold.reason) for finding in verdict.findings) == [
        ("A", "missing_field"),
        ("B", "unknown_shape"),
        ("C", "unknown_shape"),
        ("D", "sku_twice"),
        ("D", "sku_twice"),
    ]
    assert verdict.broken == ()
    assert check_items([]).rules == ()


def test_what_xero_keeps_otherwise_is_said_by_field_and_what_it_spells_otherwise_is_not():
    sent = {"Name": "Mug", "SalesDetails.UnitPrice": "22.1", "SalesDetails.TaxType": "OUTPUT"}
    kept = {"ItemID": "A1", "Code": "MUG", "Name": "Mug ", "SalesDetails": {"UnitPrice": Decimal("22.1000")}}

    assert unlike_item(sent, kept) == ["SalesDetails.TaxType was sent as 'OUTPUT' and is ''"]
    assert not is_item({"Name": "Mug", "SalesDetails": {"TaxType": "OUTPUT"}}, kept)
    assert is_item({"Name": "Mug", "SalesDetails": {"UnitPrice": 22.1}}, kept)
    assert standing_of(kept).item_id == "a1"
    assert sent_of({"Code": "MUG", "Name": "Mug", "SalesDetails": {"UnitPrice": Decimal("0.00")}}) == {
        "Name": "Mug",
        "SalesDetails.UnitPrice": "0",
    }


def test_a_change_of_the_price_alone_sends_xeros_own_account_along_and_nothing_else():
    kept = {"ItemID": "A1", "Code": "CUP", "SalesDetails": {"UnitPrice": Decimal(22), "AccountCode": "201"}}

    body = item_body("MUG", {"SalesDetails.UnitPrice": "24.5"}, standing_of(kept))

    assert body == '{"ItemID":"a1","Code":"CUP","SalesDetails":{"UnitPrice":24.5,"AccountCode":"201"}}'
    assert item_body("MUG", {"Name": "Cup"}, standing_of(kept)) == '{"ItemID":"a1","Code":"CUP","Name":"Cup"}'
