"""What is taken of a warehouse feed: each level that it states, and never one that it does not.

Who is hurt: the customer whose order cannot be filled, since the shop sold what a half feed or a slipped column invented.
"""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.clients.answers import Answer, Unreadable
from include.clients.errors import NotUnderstood
from include.clients.warehouse import Feed, WarehouseLevel
from include.clients.warehouse_feed import feed_in
from include.clients.warehouse_rows import ON_HAND_MAX

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
SIX = "2026-11-24T06:00:00Z"
CSV, JSON = "text/csv", "application/json"


def read(kind: str, body: str | bytes) -> Feed:
    raw = body.encode() if isinstance(body, str) else body
    return feed_in(Answer(200, {"content-type": kind}, raw), now=NOW, as_of_max_age=timedelta(hours=24))


def of(*levels: object) -> str:
    """A feed in JSON."""
    return json.dumps({"levels": levels})


def told(feed: Feed) -> dict[tuple[str, str | None], Decimal]:
    return {(level.sku, level.location): level.on_hand for level in feed.levels}


# What is written is read.

# What separates, quotes and ends is among the letters on purpose.
words = st.text(st.sampled_from("AZ09 ,;\"'-_=é日🚲"), min_size=1, max_size=8).map(str.strip).filter(bool)
amounts = st.decimals(0, ON_HAND_MAX, places=3) | st.integers(0, ON_HAND_MAX).map(Decimal)
zones = st.sampled_from([UTC, timezone(timedelta(hours=11)), timezone(timedelta(hours=-8))])
moments = st.datetimes(
    datetime(2026, 11, 23, 20),  # noqa: DTZ001
    datetime(2026, 11, 24, 7),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@st.composite
def tables(draw: st.DrawFn) -> list[WarehouseLevel]:
    """A feed that is right: a SKU names a location in all of its rows, or stands in one row without any."""
    found = []
    for sku in draw(st.lists(words, min_size=1, max_size=8, unique=True)):
        locations = draw(st.just([None]) | st.lists(words, min_size=1, max_size=3, unique=True))
        found += [WarehouseLevel(sku, at, draw(amounts), draw(st.none() | moments)) for at in locations]
    return draw(st.permutations(found))


def as_json(levels: list[WarehouseLevel], zone: object = UTC, *, numbers: bool = False) -> str:
    rows = []
    for level in levels:
        on_hand = f"{level.on_hand:f}" if numbers else f'"{level.on_hand:f}"'
        rest = {"location": level.location, "as_of": level.as_of and level.as_of.astimezone(zone).isoformat()}
        rows.append(f'{{"sku": {json.dumps(level.sku)}, "on_hand": {on_hand}, {json.dumps(rest)[1:-1]}, "bin": [1]}}')
    return f'{{"levels": [{", ".join(rows)}], "made_by": "wms"}}'


def as_csv(
    levels: list[WarehouseLevel], zone: object = UTC, separator: str = ",", ends: str = "\r\n", all_quoted=False
):
    text = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(text, delimiter=separator, lineterminator=ends, quoting=quoting)
    writer.writerow(["Bin", "as_of", "SKU", " on_hand ", "location"])
    for level in levels:
        stamp = level.as_of.astimezone(zone).isoformat() if level.as_of else ""
        writer.writerow(["a;b,c", stamp, level.sku, f"{level.on_hand:f}", level.location or ""])
    return text.getvalue()


@given(tables(), zones, st.booleans())
def test_any_table_that_is_written_as_json_is_read_back_equal(levels, zone, numbers):
    assert read(JSON, as_json(levels, zone, numbers=numbers)) == Feed(tuple(levels))


@given(tables(), zones, st.sampled_from(",;"), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans())
def test_any_table_that_is_written_as_csv_is_read_back_equal(levels, zone, separator, ends, all_quoted, bom):
    text = as_csv(levels, zone, separator, ends, all_quoted)

    assert read(CSV, ("\ufeff" if bom else "") + text) == Feed(tuple(levels))


# What is damaged is never read as something else.


@given(tables(), st.data(), st.booleans())
def test_a_json_that_was_cut_anywhere_is_no_feed(levels, data, numbers):
    whole = as_json(levels, numbers=numbers).encode()

    with pytest.raises(Unreadable):
        read(JSON, whole[: data.draw(st.integers(0, len(whole) - 1))])


@given(tables(), st.data(), st.sampled_from([",", ";"]), st.booleans())
def test_a_csv_that_was_cut_anywhere_states_no_level_that_the_whole_does_not(levels, data, separator, all_quoted):
    whole = as_csv(levels, separator=separator, ends="\n", all_quoted=all_quoted).encode()
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]

    try:
        feed = read(CSV, cut)
    except (Unreadable, NotUnderstood):
        return
    assert cut.endswith(b"\n")  # between two rows: it is whole by all that can be seen
    assert set(feed.levels) < set(levels)
    assert not feed.problems


BAD_AMOUNTS = ["", " ", "-1", "-0.5", "NaN", "Infinity", "1e3", "1,5", "1 000", "1'000", "+3", "0x1F", ".5", "5.", "١٢",
               "−4", "twelve", str(ON_HAND_MAX + 1), "9" * 400]  # fmt: skip


@given(tables(), st.data(), st.sampled_from(BAD_AMOUNTS), st.booleans())
def test_a_wrong_amount_costs_its_sku_and_nothing_else(levels, data, bad, in_json):
    """All rows of the SKU, since a shop is told their sum."""
    at = data.draw(st.integers(0, len(levels) - 1))
    marked = "1234567.891"
    spoilt = [
        *levels[:at],
        WarehouseLevel(levels[at].sku, levels[at].location, Decimal(marked), None),
        *levels[at + 1 :],
    ]
    text = (as_json(spoilt) if in_json else as_csv(spoilt, separator=";")).replace(marked, bad)
    kept = [level for level in levels if level.sku != levels[at].sku]

    if not kept:
        with pytest.raises(NotUnderstood, match="no row that can be used"):
            read(JSON if in_json else CSV, text)
        return
    feed = read(JSON if in_json else CSV, text)

    assert list(feed.levels) == kept
    assert feed.in_doubt == {levels[at].sku}
    [problem] = feed.problems
    assert problem.row == at + (1 if in_json else 2)
    assert problem.field == "on_hand"


@given(tables(), st.data())
def test_a_cell_that_was_lost_or_doubled_costs_its_row(levels, data):
    lines = as_csv(levels, ends="\n").split("\n")
    at = data.draw(st.integers(1, len(levels)))
    lines[at] = data.draw(st.sampled_from([f"{lines[at]},", lines[at].rpartition(",")[0]]))

    try:
        feed = read(CSV, "\n".join(lines))
    except (Unreadable, NotUnderstood):
        return  # a quote was torn, or no other row was there
    assert set(feed.levels) < set(levels)
    assert feed.problems


@given(st.binary(max_size=300), st.sampled_from([CSV, JSON]))
def test_whatever_comes_it_is_a_feed_or_an_error_of_ours(body, kind):
    for whole in (body, b"sku,on_hand\n" + body, b'{"levels": [' + body + b"]}"):
        try:
            feed = read(kind, whole)
        except (Unreadable, NotUnderstood):
            continue
        assert all(0 <= level.on_hand <= ON_HAND_MAX for level in feed.levels)
        assert not feed.in_doubt & {level.sku for level in feed.levels}


# Row by row.

GOOD = {"sku": "CUP", "on_hand": 3}


@pytest.mark.parametrize(
    ("row", "sku", "words", "remedy"),
    [
        ({"sku": "", "on_hand": 1}, None, "row 2: sku is blank.", "Give the row its SKU, or leave it out."),
        ({"sku": None, "on_hand": 1}, None, "row 2: sku is blank.", "Give the row its SKU, or leave it out."),
        ({"sku": 42, "on_hand": 1}, None, "row 2: sku is a number.", "Write it in quotes: 0042 and 42 are two."),
        ({"sku": ["A"], "on_hand": 1}, None, "row 2: sku is not text.", "Write it as text."),
        ({"sku": "A\x00B", "on_hand": 1}, None, "row 2: sku has a character in it that cannot be printed.", "Take it out."),
        ({"sku": "A" * 256, "on_hand": 1}, None, "row 2: sku is longer than 255 characters.", "Write it as the shop does."),
        ({"on_hand": 1}, None, "row 2 has no sku.", "Give it its sku."),
        ({"sku": "MUG"}, "MUG", "row 2 has no on_hand.", "Give it its on_hand."),
        ("MUG", None, "row 2 is no object.", 'Write it as {"sku": "MUG", "on_hand": "12"}.'),
        ({"sku": "MUG", "on_hand": None}, "MUG", "row 2: on_hand is blank.",
         "State 0 if there is none, or leave the row out if nobody knows."),
        ({"sku": "MUG", "on_hand": -1}, "MUG", "row 2: on_hand is below nothing.",
         "Count it again; state 0 if there is none."),
        ({"sku": "MUG", "on_hand": True}, "MUG", "row 2: on_hand is not a plain number.",
         "Write 12 or 12.5: digits, a point before a fraction, nothing else."),
        ({"sku": "MUG", "on_hand": 2**31}, "MUG",
         "row 2: on_hand is more than 2147483647, the most that a shop holds.", "Count it again."),
        ({"sku": "MUG", "on_hand": 1, "location": 7}, "MUG", "row 2: location is a number.",
         "Write it in quotes: 0042 and 42 are two."),
        ({"sku": "MUG", "on_hand": 1, "as_of": "2026-11-24T06:00:00"}, "MUG",
         "row 2: as_of is no moment with a time zone.", "Write it as 2026-11-24T06:00:00Z."),
        ({"sku": "MUG", "on_hand": 1, "as_of": 1764000000}, "MUG",
         "row 2: as_of is no moment with a time zone.", "Write it as 2026-11-24T06:00:00Z."),
        ({"sku": "MUG", "on_hand": 1, "as_of": "0001-01-01T00:00:00+14:00"}, "MUG",
         "row 2: as_of is no moment with a time zone.", "Write it as 2026-11-24T06:00:00Z."),
        ({"sku": "MUG", "on_hand": 1, "as_of": "2026-11-24T09:00:00Z"}, "MUG", "row 2: as_of lies in the future.",
         "Set the warehouse's clock, and check the time zone that it writes."),
    ],
)  # fmt: skip
def test_a_row_that_is_wrong_is_named_with_what_to_do(row, sku, words, remedy):
    feed = read(JSON, of(GOOD, row))

    assert told(feed) == {("CUP", None): Decimal(3)}
    [problem] = feed.problems
    assert (problem.row, problem.sku, problem.words, problem.remedy) == (2, sku, words, remedy)


def test_a_fraction_and_a_row_of_yesterday_evening_are_levels():
    feed = read(JSON, of(GOOD | {"on_hand": "3.75", "as_of": "2026-11-23T20:00:00+11:00"}))

    assert feed.levels == (WarehouseLevel("CUP", None, Decimal("3.75"), datetime(2026, 11, 23, 9, tzinfo=UTC)),)


def test_what_left_before_the_earliest_count_is_in_no_level_and_without_a_count_nobody_knows():
    rows = [{"sku": sku, "on_hand": 1, "as_of": f"2026-11-24T0{hour}:00:00Z"} for sku, hour in (("A", 7), ("B", 5))]

    assert read(JSON, of(*rows)).counted_at == datetime(2026, 11, 24, 5, tzinfo=UTC)
    assert read(JSON, of(*rows, {"sku": "C", "on_hand": 1})).counted_at is None
    assert read(JSON, of(*rows, {"sku": "C", "on_hand": -1, "as_of": "2026-11-24T03:00:00Z"})).counted_at == datetime(
        2026, 11, 24, 5, tzinfo=UTC
    )


def test_a_number_of_json_is_read_as_it_is_written():
    feed = read(JSON, '{"levels": [{"sku": "A", "on_hand": 0.100000000000000055}, {"sku": "B", "on_hand": 1E2}]}')

    assert told(feed) == {("A", None): Decimal("0.100000000000000055")}
    assert [problem.sku for problem in feed.problems] == ["B"]


def test_a_sku_twice_at_a_location_is_in_doubt_at_all_of_its_locations_even_if_both_say_the_same():
    rows = [("MUG", "1", "main"), ("MUG", "4", "shop"), ("CUP", "2", "main"), ("MUG", "1", "main")]
    feed = read(CSV, "sku,on_hand,location\n" + "".join(",".join(row) + "\n" for row in rows))

    assert told(feed) == {("CUP", "main"): Decimal(2)}
    [problem] = feed.problems
    assert problem.words == "row 5: sku stands at this location in row 2 already."
    assert feed.in_doubt == {"MUG"}


def test_a_sku_with_a_location_in_some_rows_only_is_in_doubt_since_the_other_row_may_be_the_sum():
    feed = read(CSV, "sku,on_hand,location\nMUG,5,\nMUG,2,main\nMUG,3,shop\nCUP,1,\n")

    assert told(feed) == {("CUP", None): Decimal(1)}
    assert [problem.words for problem in feed.problems] == [
        "row 2: location is blank, and other rows of this SKU name one."
    ]


def test_a_json_object_that_says_a_field_twice_is_in_doubt():
    feed = read(JSON, '{"levels": [{"sku": "MUG", "on_hand": 1, "on_hand": 100}, {"sku": "CUP", "on_hand": 1}]}')

    assert told(feed) == {("CUP", None): Decimal(1)}
    assert [problem.words for problem in feed.problems] == ["row 1 names a field twice."]


def test_a_row_with_a_cell_too_many_is_in_doubt_and_quotes_mend_it():
    feed = read(CSV, "sku,on_hand\nCUP, BLUE,3\nMUG,1\n")
    assert told(feed) == {("MUG", None): Decimal(1)}
    [problem] = feed.problems
    assert problem.words == "row 2 has 3 cells where the first line has 2."
    assert problem.remedy == "Put a cell that holds the separator in quotes."

    assert told(read(CSV, 'sku,on_hand\n"CUP, BLUE",3\nMUG,1\n')) == {
        ("CUP, BLUE", None): Decimal(3),
        ("MUG", None): Decimal(1),
    }


def test_the_line_of_a_csv_is_named_also_after_a_cell_of_two_lines_and_an_empty_line():
    feed = read(CSV, 'note,sku,on_hand\n"two\nlines",MUG,1\n\nx,CUP,minus one\n')

    assert [(problem.row, problem.sku) for problem in feed.problems] == [(5, "CUP")]


# The whole feed.


@pytest.mark.parametrize(
    ("kind", "body", "why"),
    [
        (CSV, "sku,on_hand\n", "is empty"),
        (JSON, '{"levels": []}', "is empty"),
        (JSON, "[]", 'no list "levels"'),
        (JSON, '{"levels": {"MUG": 1}}', 'no list "levels"'),
        (CSV, "sku,quantity\nMUG,1\n", "must name sku and on_hand"),
        (CSV, "sku\ton_hand\nMUG\t1\n", "commas or semicolons"),
        (CSV, "MUG,1\nCUP,2\n", "must name sku and on_hand"),
        (CSV, "sku,on_hand,on_hand\nMUG,1,2\n", "two columns on_hand"),
        (CSV, "sku,on_hand\nMUG,x\nCUP,\n", r"The first: row 2: on_hand is not a plain number\. Write 12"),
        ("text/csv; charset=iso-8859-1", "sku,on_hand\nMUG,1\n", "not UTF-8"),
        (JSON, of({"sku": "A", "on_hand": 1, "as_of": "2026-11-20T06:00:00Z"}, {"sku": "B", "on_hand": 1}),
         r"is old: its newest as_of is 20 Nov 2026 06:00 UTC, more than 24 h ago"),
        (JSON, of({"sku": "A", "on_hand": 1, "as_of": "2026-11-20T06:00:00Z"},
                  {"sku": "B", "on_hand": 1, "as_of": "2099-01-01T00:00:00Z"}), "is old"),
    ],
)  # fmt: skip
def test_a_feed_that_is_wrong_as_a_whole_is_not_taken(kind, body, why):
    with pytest.raises(NotUnderstood, match=why):
        read(kind, body)


@pytest.mark.parametrize(
    ("kind", "body", "why"),
    [
        ("text/html", "<html>", "answered with text/html instead of text/csv or application/json"),
        ("text/plain", "sku,on_hand\nMUG,1\n", "answered with text/plain"),
        ("", "sku,on_hand\nMUG,1\n", "answered with no content type"),
        (CSV, " \n", "empty answer"),
        (CSV, "sku,on_hand\nMUG,1", "stops in the middle"),
        (CSV, 'sku,on_hand\n"MUG,1\nCUP,2\n', "from line 2 on: its quotes do not match"),
        (CSV, 'sku,on_hand\nCUP,2\n"MUG"x,1\n', "from line 3 on: its quotes do not match"),
        (CSV, b"sku,on_hand\nM\xfcG,1\n", "not UTF-8"),
        (JSON, '{"levels": [{"sku": "MUG", "on_hand": NaN}]}', "is none"),
        (JSON, '{"levels": []} {"levels": []}', "is none"),
        (JSON, "[" * 100_000, "is none"),
    ],
)
def test_a_feed_that_may_be_whole_the_next_time_is_asked_for_once_more(kind, body, why):
    with pytest.raises(Unreadable, match=why) as raised:
        read(kind, body)
    assert raised.value.once_more


@pytest.mark.parametrize("status", [201, 202, 204, 206])
def test_a_part_of_a_feed_is_no_feed(status):
    answer = Answer(status, {"content-type": CSV}, b"sku,on_hand\nMUG,1\n")

    with pytest.raises(Unreadable, match="200 is the one answer"):
        feed_in(answer, now=NOW, as_of_max_age=timedelta(hours=24))


def test_one_row_that_is_old_among_new_ones_costs_its_sku_only():
    feed = read(JSON, of({"sku": "A", "on_hand": 1, "as_of": "2026-11-20T06:00:00Z"}, GOOD | {"as_of": SIX}))

    assert told(feed) == {("CUP", None): Decimal(3)}
    assert [problem.words for problem in feed.problems] == ["row 1: as_of is more than 24 h ago."]
