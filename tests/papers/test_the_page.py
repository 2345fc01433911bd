"""Business risk: finance signs a day that does not agree, reads a wrong figure, or a product name runs as code there."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from day_papers import AGREES, ASKED, CHANGED_AFTER, DIFFERS, SIGNATURE, paper, row
from hypothesis import given
from hypothesis import strategies as some
from page_reader import PageReader

from include.domain.reconciliation import CAUSES, Difference, StockDifference
from include.papers import words
from include.papers.page import Around, DayLine, SignForm, days_page, page
from include.papers.plain import plain
from include.papers.telling import CAUSE_NAMES


def read(a_paper, **around):
    return PageReader(page(a_paper, Around("Demo shop", **around)))


def test_a_day_that_agrees_says_so_in_words_before_any_figure():
    shown = read(paper())

    assert shown.words.index("They agree") < shown.words.index("4,310.20")
    assert "Shop, ledger and Xero say the same, to the cent." in shown.words
    assert "What needs you" not in shown.words


def test_the_three_columns_are_to_the_cent_with_thousands_set_apart_and_a_minus_that_is_seen():
    table = read(paper(DIFFERS)).table("", "Shop", "Ledger", "Xero", "Xero less shop")

    assert table == [
        ["Sales", "14,310.20 41", "13,120.20 41", "13,111.20 41", "−1,199.00"],
        ["Refunds", "−88.00 2", "−88.00 2", "−88.00 2", "agrees"],
        ["Payments", "14,198.70 39", "14,198.70 39", "14,253.70 40", "55.00"],
        ["Sales", "36,000 3", "24,000 2", "24,000 2", "−12,000"],  # yen have no cents
    ]


def test_differences_stand_by_cause_with_what_it_means_and_what_to_do_and_link_to_the_shop():
    shown = read(paper(DIFFERS), order_url="https://shop.example/manage/orders/")
    orders = shown.table("Order", "Document")

    assert "4 differences need you" in shown.words
    assert ["1042", "–", "Sales, AUD", "1,210.00", "–", "–", "−1,210.00"] in orders
    assert ["1044", "BC-1044", "Sales, AUD", "99.00", "99.00", "90.00", "−9.00"] in orders
    assert "Edited in Xero: 1 difference Somebody changed the document in Xero after it was posted." in shown.words
    assert "Line 1 says 90.00, we posted 99.00." in shown.words
    assert "Remove it if the money did not come." in shown.after("Payment not ours")
    assert ("a", {"href": "https://shop.example/manage/orders/1042"}) in shown.tags


def test_what_differs_of_one_order_stands_together_the_largest_order_first():
    def held(order, what, amount):
        return Difference(order, "still_held", what, "AUD", Decimal(amount), None, None)

    report = replace(
        AGREES,
        differences=(
            held("7", "payments", "90"),
            held("5", "sales", "95"),
            held("7", "sales", "100"),
            held("6", "sales", "1"),
            held("5", "payments", "2"),
        ),
    )

    assert [row[0] + row[2][0] for row in read(paper(report)).table("Order")] == ["7S", "7P", "5S", "5P", "6S"]


def test_a_difference_that_explains_itself_stands_apart_and_needs_nobody():
    [another_day] = [each for each in DIFFERS.differences if each.is_explained]
    shown = read(paper(replace(AGREES, differences=(another_day,))))

    assert "They agree" in shown.words
    assert "1 difference below explains itself" in shown.words
    assert "1051" in shown.after("Explained, nothing to do")


def test_sums_that_differ_while_no_order_is_named_are_never_called_agreement():
    report = replace(AGREES, rows=(row(xero=(40, "4300.20")),))

    for said in (read(paper(report)).words, plain(paper(report))):
        assert "1 difference needs you" in said
        assert "Sales in AUD differ, and no order is named" in said
        assert "They agree" not in said


def test_a_shadow_run_is_never_called_agreement_nor_trouble_and_nobody_is_asked_to_sign():
    nothing = (0, "0")
    report = replace(AGREES, shadow=True, rows=(row(ledger=nothing, xero=nothing),), tenders=())
    shown = read(paper(report), sign=SignForm("sign", "ann"))

    assert "A shadow run: nothing was compared" in shown.words
    assert "They agree" not in shown.words
    assert not [tag for tag, _ in shown.tags if tag == "form"]
    assert shown.table("", "Shop") == [["Sales", "4,310.20 41", "0.00 0", "0.00 0", "–"]]
    assert "nothing to sign" in plain(paper(report))


def test_every_cause_has_a_name_for_people():
    assert set(CAUSE_NAMES) == set(CAUSES)


def test_what_waits_stands_oldest_first_with_its_age_and_money_by_currency():
    [oldest, youngest] = read(paper(DIFFERS)).table("Waits since")

    assert oldest[0].startswith("12 days")
    assert oldest[2:] == ["3", "AUD 640.10 JPY 12,000"]
    assert "No mapped tax rate gives the tax that was charged." in oldest[1]
    assert youngest[0].startswith("today")


def test_payments_stand_by_account_for_the_bank_and_stock_by_sku():
    shown = read(paper(DIFFERS))

    assert shown.table("Account", "Currency") == [
        ["615-CARD", "AUD", "13,520.50 31", "13,575.50 32", "55.00"],
        ["616-PP", "AUD", "678.20 8", "678.20 8", "agrees"],
    ]
    assert shown.table("SKU") == [["MUG-RED", "12", "2", "10", "14", "4", "2 days"]]
    assert "6 orders: The shopper never finished the checkout." in shown.words


def test_a_signature_says_who_when_which_version_and_why_and_nobody_is_asked_again():
    shown = read(paper(AGREES, 1, SIGNATURE), sign=SignForm("sign", "bob"))

    assert "Signed by ann 25 November 2026, 12:05 AEDT, version 1: Read and filed." in shown.words
    assert not [tag for tag, _ in shown.tags if tag == "form"]


def test_what_changed_after_the_signature_is_the_first_thing_a_reader_sees_and_what_was_signed_stays():
    shown = read(CHANGED_AFTER)

    assert shown.words.index("4 differences need you since it was signed") < shown.words.index(
        "When it was signed: they agree."
    )
    assert "Sales, AUD was 4,310.20 14,310.20 41" in shown.after("Addendum, version 2: 4 differences need you")
    assert "order 1042: Missing in the books" in shown.after("New since then")
    assert ["Sales", "4,310.20 41", "4,310.20 41", "4,310.20 41", "agrees"] in shown.table("", "Shop")


def test_a_day_that_was_signed_with_a_difference_and_is_right_by_now_says_both():
    shown = read(paper(DIFFERS, 1, SIGNATURE, ((2, AGREES),)))

    assert "They agree, and changed since it was signed When it was signed: 4 differences need you." in shown.words
    assert "order 1042" in shown.after("Settled since then")


def test_the_form_signs_the_version_that_is_shown_and_a_reader_who_may_not_is_told_how():
    form = read(paper(DIFFERS, 3), sign=SignForm("sign", "ann", {"version": "3", "token": "abc"}))
    refused = read(paper(DIFFERS, 3), unsigned="Who may sign stands in `deciders`.")

    assert ("form", {"class": "box sign", "method": "post", "action": "sign"}) in form.tags
    assert ("input", {"type": "hidden", "name": "token", "value": "abc"}) in form.tags
    assert "Sign version 3 as ann" in form.words
    assert "Not signed yet Who may sign stands in `deciders`." in refused.words


HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(2)></style>{{ 7 * 6 }}"


def test_what_a_shop_or_a_person_typed_is_shown_and_never_run():
    report = replace(
        DIFFERS,
        store=HOSTILE,
        zone=HOSTILE,
        differences=(Difference(HOSTILE, "missing", "sales", HOSTILE, None, None, None, HOSTILE, HOSTILE, HOSTILE),),
        stock=(StockDifference(HOSTILE, None, 0, 1, 2, ASKED),),
        skipped={HOSTILE: 1},
    )
    signed = replace(SIGNATURE, by=HOSTILE, note=HOSTILE)
    html = page(paper(report, 1, signed, ((2, DIFFERS),)), Around(HOSTILE, order_url="javascript:alert(3)//"))
    shown = PageReader(html)

    assert not {"script", "img"} & {tag for tag, _ in shown.tags}
    assert [tag for tag, _ in shown.tags].count("style") == 1
    assert "<script>alert(1)</script>" in shown.words
    assert "javascript:" not in html
    for others in (days_page(HOSTILE, HOSTILE, (), [(HOSTILE, HOSTILE, "?")] * 2),):
        assert not {"script", "img"} & {tag for tag, _ in PageReader(others).tags}


def test_the_page_needs_nothing_from_elsewhere():
    html = page(CHANGED_AFTER, Around("Demo shop", index_url="?", csv_url="a.csv", xlsx_url="a.xlsx"))
    shown = PageReader(html)
    [style] = re.findall("<style>(.*?)</style>", html, re.DOTALL)

    assert not [tag for tag, values in shown.tags if "style" in values or any(name.startswith("on") for name in values)]
    assert [values["href"] for tag, values in shown.tags if tag == "link"] == ["data:,"]
    assert "url(" not in style
    assert "@import" not in style


def test_every_table_has_heads_that_say_of_what_and_every_field_a_label():
    shown = read(paper(DIFFERS), sign=SignForm("sign", "ann"))

    assert not [values for tag, values in shown.tags if tag == "th" and "scope" not in values]
    labels = {values["for"] for tag, values in shown.tags if tag == "label"}
    assert labels == {values["id"] for tag, values in shown.tags if tag == "input" and values["type"] != "hidden"}
    assert ("html", {"lang": "en"}) in shown.tags
    assert [values["role"] for tag, values in shown.tags if tag == "svg" and "role" in values] == ["img"]


def test_the_printed_page_is_black_on_white_numbered_and_has_a_line_to_sign_on():
    html = page(paper(), Around('Joe\'s "Mugs"'))
    printed = html.partition("@media print")[2]

    [on_paper] = re.findall(r":root \{(.*?)\}", printed, re.DOTALL)
    assert "color-scheme: light;" in on_paper  # so that dark never reaches paper
    assert "light-dark" not in on_paper
    assert "size: A4" in printed
    assert 'content: "Page " counter(page) " of " counter(pages)' in printed
    assert r'content: "Joe\000027s \000022Mugs\000022, reconciliation of 24 November 2026, version 1"' in printed
    assert "Name Date Signature" in PageReader(html).words


PAIRS = [
    (ink, ground)
    for ground, inks in {
        "sheet": ("ink", "soft", "link", "bad", "good"),
        "faint": ("ink", "soft"),
        "good-ground": ("ink", "good"),
        "bad-ground": ("ink", "bad"),
        "link": ("sheet",),
    }.items()
    for ink in inks
]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_stands_out_from_its_ground_by_at_least_four_and_a_half(scheme):
    """WCAG 2.2, 1.4.3 (AA)."""
    style = page(paper()).partition("@media print")[0]
    [palette] = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    pairs = re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", palette)
    colours = {name: both[scheme] for name, *both in pairs}

    for ink, ground in PAIRS:
        assert _contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)


def _contrast(one, other):
    def light(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_trend_shows_a_bar_a_day_its_differences_in_figures_and_leaves_a_gap_where_no_report_is():
    shown = read(paper())

    assert "24 November 2026: 33 orders, 3 differences, not signed" in shown.words
    assert "1 November 2026: no report" in shown.words
    assert "Of 28 days with a report, 25 agree; 24 are signed. 2 days of the last thirty have no report." in shown.words
    assert len([tag for tag, values in shown.tags if tag == "rect"]) == 28


def test_a_first_day_with_nothing_at_all_is_a_page_too():
    report = replace(AGREES, rows=(), skipped={}, tenders=())
    shown = PageReader(page(replace(paper(report), trend=())))

    assert "Nothing was sold, refunded or paid on this day." in shown.words
    assert "No day of the last thirty has a report yet." in shown.words


def test_the_list_of_days_says_which_agree_which_are_signed_and_which_changed_after_it():
    lines = [
        DayLine(AGREES.day, 2, False, 3, SIGNATURE, "?store=demo&day=2026-11-24"),
        DayLine(AGREES.day, 1, True, 0, None, "?store=demo&day=2026-11-23"),
    ]
    shown = PageReader(days_page("Demo shop", "demo", lines, ()))

    assert shown.table("Day", "Verdict") == [
        ["24 November 2026", "3 differences", "2", "by ann, 25 November 2026, 01:05 UTC; an addendum since"],
        ["24 November 2026", "They agree", "1", "not yet"],
    ]
    assert "reconcile_daily__demo" in PageReader(days_page("Demo shop", "demo", (), ())).words


@given(some.decimals(-(10**12), 10**12, places=4), some.sampled_from(["AUD", "JPY", "KWD", "USD"]))
def test_no_figure_is_ever_rounded_away(amount, currency):
    said = words.money(amount, currency)

    assert Decimal(said.replace(",", "").replace(words.MINUS, "-")) == amount
    assert said != "−0.00"


@given(some.text())
def test_any_text_fits_on_one_line_without_control_characters(text):
    said = words.plain(text)

    assert said == said.strip()
    assert not [each for each in said if ord(each) < 32]
    assert said.split() == words.plain(said).split()
