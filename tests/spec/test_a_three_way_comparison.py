"""A bookkeeper's edit is never overwritten, and what only the shop changed arrives."""

from hypothesis import given
from hypothesis import strategies as st

from include.domain.three_way import merged

words = st.sampled_from(["", "Mug", "Mug, blue", "Cup"])
records = st.fixed_dictionaries({"name": words, "price": words})


def test_what_only_we_changed_is_sent():
    found = merged({"name": "Mug"}, {"name": "Mug"}, {"name": "Cup"})

    assert (found.send, found.kept, found.sent) == ({"name": "Cup"}, {}, {"name": "Cup"})


def test_what_only_they_changed_stays_and_nobody_is_bothered():
    found = merged({"name": "Mug"}, {"name": "Mug, blue"}, {"name": "Mug"})

    assert (found.send, found.kept) == ({}, {})


def test_what_both_changed_stays_theirs_and_is_told():
    found = merged({"name": "Mug"}, {"name": "Mug, blue"}, {"name": "Cup"})

    assert (found.send, found.kept) == ({}, {"name": ("Cup", "Mug, blue")})


def test_a_record_that_was_there_before_us_is_only_written_where_the_shop_changes_it_later():
    ours = {"name": "Mug"}

    assert merged(ours, {"name": "Becher"}, ours).send == {}
    assert merged(ours, {"name": "Becher"}, {"name": "Cup"}).kept == {"name": ("Cup", "Becher")}


@given(sent=records, theirs=records, ours=records)
def test_nothing_that_a_person_typed_is_ever_lost(sent, theirs, ours):
    after = {**theirs, **merged(sent, theirs, ours).send}

    for name, there in theirs.items():
        assert after[name] == there or there == sent[name]


@given(sent=records, theirs=records, ours=records)
def test_once_it_arrived_the_same_comparison_sends_nothing_more(sent, theirs, ours):
    first = merged(sent, theirs, ours)
    again = merged(first.sent, {**theirs, **first.send}, ours)

    assert again.send == {}
    assert again.kept == first.kept
