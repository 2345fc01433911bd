"""Business risk: people are told so often that they stop reading, at night, or not at all of what matters."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.domain.alert import KINDS, Alert, Hours, Route, Told, is_time, next_word, route_of, told_at

SYDNEY = Hours(ZoneInfo("Australia/Sydney"), (time(22), time(7)))
ALWAYS = Hours(ZoneInfo("UTC"))
NOON = datetime(2026, 11, 24, 1, tzinfo=UTC)  # of Sydney
NIGHT = datetime(2026, 11, 24, 14, tzinfo=UTC)  # one o'clock there
HOUR = timedelta(hours=1)


def an_alert(kind="red", **changed):
    return Alert(**{"kind": kind, "subject": "x", "sentence": "s", "remedy": "r", "since": NOON} | changed)


def test_the_first_route_that_matches_counts():
    large = Route(over=Decimal(1000), currency="AUD", mail=("cfo",))
    of_reason = Route(kinds=frozenset({"held"}), reasons=frozenset({"tax_unexplained"}), mail=("tax",))
    rest = Route(kinds=frozenset({"held"}), mail=("books",))
    routes = (large, of_reason, rest)

    def told(**changed):
        return route_of(an_alert("held", **changed), routes).mail

    assert told(amount=Decimal(1000), currency="AUD", reason="tax_unexplained") == ("cfo",)
    assert told(amount=Decimal("999.99"), currency="AUD", reason="tax_unexplained") == ("tax",)
    assert told(amount=Decimal(5000), currency="USD") == ("books",)  # of another currency nobody said what is much
    assert told() == ("books",)
    assert route_of(an_alert("red"), routes) == Route()


def test_what_comes_up_by_day_is_told_at_once_and_at_night_in_the_morning():
    assert told_at(an_alert(), Route(), SYDNEY) == NOON
    assert told_at(an_alert(since=NIGHT), Route(), SYDNEY) == datetime(2026, 11, 24, 20, tzinfo=UTC)
    assert told_at(an_alert(since=NIGHT, severity="severe"), Route(), SYDNEY) == NIGHT


def test_a_digest_is_the_next_one_and_what_is_severe_does_not_wait_for_it():
    digest = Route(digest=(time(8), time(16)))

    assert told_at(an_alert(), digest, SYDNEY) == datetime(2026, 11, 24, 5, tzinfo=UTC)
    assert told_at(an_alert(since=NIGHT), digest, SYDNEY) == datetime(2026, 11, 24, 21, tzinfo=UTC)
    assert told_at(an_alert(severity="severe"), digest, SYDNEY) == NOON


def test_a_vendor_that_stumbles_for_some_minutes_is_no_news():
    circuit = an_alert("circuit")

    assert next_word(circuit, Told(), Route(), ALWAYS) == ("first", NOON + timedelta(minutes=10))
    over = an_alert("circuit", over_at=NOON + timedelta(minutes=9))
    assert next_word(over, Told(), Route(), ALWAYS) is None


def test_orders_that_were_told_when_they_came_are_only_recalled():
    waiting = an_alert("waiting")

    assert told_at(waiting, Route(remind_after=24 * HOUR), ALWAYS) == NOON + timedelta(days=1)
    assert told_at(waiting, Route(), ALWAYS) is None
    assert next_word(waiting, Told(), Route(), ALWAYS) is None


@pytest.mark.parametrize(("times", "days"), [(1, 1), (2, 2), (3, 4), (4, 7), (5, 7), (500, 7)])
def test_reminders_come_ever_more_seldom_and_at_least_once_a_week(times, days):
    told = Told(NOON, NOON + HOUR, times)

    word = next_word(an_alert(), told, Route(remind_after=24 * HOUR), ALWAYS)

    assert word == ("reminder", NOON + HOUR + timedelta(days=days))


def test_others_are_told_once_when_nobody_acted():
    route = Route(remind_after=24 * HOUR, escalate_after=6 * HOUR, escalate_to=("owner",))

    assert next_word(an_alert(), Told(NOON, NOON, 1), route, ALWAYS) == ("escalation", NOON + 6 * HOUR)
    after = Told(NOON, NOON + 6 * HOUR, 2, escalated_at=NOON + 6 * HOUR)
    word = next_word(an_alert(), after, route, ALWAYS)
    assert word == ("reminder", NOON + 6 * HOUR + timedelta(days=2))


def test_of_what_somebody_looks_after_nobody_is_reminded_for_a_week_and_no_other_is_brought_in():
    route = Route(remind_after=24 * HOUR, escalate_after=6 * HOUR, escalate_to=("owner",))
    taken = Told(NOON, NOON, 1, taken_at=NOON + HOUR)

    assert next_word(an_alert(), taken, route, ALWAYS) == ("reminder", NOON + HOUR + timedelta(days=7))
    assert next_word(an_alert(over_at=NOON + 2 * HOUR), taken, route, ALWAYS) == ("over", NOON + 2 * HOUR)


def test_that_it_is_over_is_told_to_whoever_heard_of_it_and_to_nobody_else():
    over = an_alert(over_at=NOON + HOUR)

    assert next_word(over, Told(NOON, NOON, 1), Route(), ALWAYS) == ("over", NOON + HOUR)
    assert next_word(over, Told(), Route(), ALWAYS) is None


def test_what_comes_late_is_not_told_at_night_either():
    assert not is_time(an_alert(), Route(), SYDNEY, NOON, NIGHT)
    assert is_time(an_alert(severity="severe"), Route(), SYDNEY, NOON, NIGHT)
    assert is_time(an_alert(), Route(digest=(time(0, 59),)), SYDNEY, NOON, NIGHT)  # whoever asks for it at one gets it


def test_a_kind_that_is_none_is_refused_since_nobody_would_be_told():
    with pytest.raises(ValueError, match="'rde' is no kind"):
        an_alert("rde")


moments = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes))
clocks = st.builds(
    Hours,
    st.sampled_from(["UTC", "Australia/Sydney", "America/New_York", "Europe/London", "Asia/Kathmandu"]).map(ZoneInfo),
    st.none() | st.tuples(st.times(), st.times()).filter(lambda quiet: quiet[0] != quiet[1]),
)
routes = st.builds(
    Route,
    digest=st.lists(st.times(), max_size=2).map(tuple),
    remind_after=st.none() | st.integers(1, 200).map(lambda hours: hours * HOUR),
    escalate_after=st.none() | st.integers(1, 200).map(lambda hours: hours * HOUR),
    escalate_to=st.just(("owner",)),
)
alerts = st.builds(
    an_alert,
    st.sampled_from(sorted(KINDS)),
    since=moments,
    severity=st.sampled_from(["note", "normal", "severe"]),
)


@given(alerts, routes, clocks)
def test_nothing_is_told_before_it_is_and_unless_it_is_severe_never_in_the_quiet_hours(alert, route, hours):
    when = told_at(alert, route, hours)

    if when is not None:
        assert when >= alert.since
        if not route.digest and alert.severity != "severe":
            assert hours.awake(when) == when
        if route.digest and alert.severity != "severe":
            assert when - alert.since <= (KINDS[alert.kind].patience or route.remind_after or timedelta()) + 26 * HOUR


@given(alerts, routes, clocks, st.integers(1, 40), st.integers(0, 800))
def test_however_it_goes_it_is_told_once_recalled_seldom_and_told_to_be_over_once(alert, route, hours, each, lasts):
    """Somebody looks at regular times; the alert lasts for some hours and is over."""
    told, words, over_told = Told(), [], False
    for step in range(0, 1200, each):
        now = alert.since + step * HOUR
        seen = an_alert(alert.kind, since=alert.since, severity=alert.severity, over_at=now if step > lasts else None)
        if step > lasts:
            seen = an_alert(
                alert.kind, since=alert.since, severity=alert.severity, over_at=alert.since + (lasts + 1) * HOUR
            )
        word = None if over_told else next_word(seen, told, route, hours)
        if word is None or not is_time(seen, route, hours, word[1], now):
            continue
        words.append(word[0])
        if word[0] == "over":
            over_told = True
        else:
            escalated = now if word[0] == "escalation" else told.escalated_at
            told = Told(told.first_at or now, now, told.times + 1, escalated)

    assert words[:1] in ([], ["first"])
    assert words.count("first") <= 1
    assert words.count("escalation") <= 1
    assert words.count("over") == (1 if words and over_told else 0)
    if "over" in words:
        assert words[-1] == "over"
    assert words.count("reminder") <= 4 + lasts / 24 / 7 + 8  # doubling, then once a week


@given(clocks, moments, st.lists(st.times(), min_size=1, max_size=3))
def test_the_next_time_of_day_is_later_and_within_a_day_and_a_bit(hours, moment, times):
    found = hours.next(times, moment)

    assert moment < found <= moment + 26 * HOUR
