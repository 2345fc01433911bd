"""What the benches hold their figures against: the least time that limits allow, and the goals of speed."""

import pytest

from include.commands.bench.given import AbsentError, given_at
from include.commands.bench.goals import Goal, table
from include.commands.bench.least import Least


@pytest.mark.parametrize(
    ("orders", "latency_s", "least_s", "waited_s"),
    [(3000, 2.0, 86.0, 60.0), (50, 2.0, 4.0, 0.0), (1525, 1.0, 62.0, 60.0)],
)
def test_the_least_time_is_a_page_the_minutes_and_the_last_calls(orders, latency_s, least_s, waited_s):
    least = Least(orders, latency_s)
    assert (least.seconds, least.waited_s) == (least_s, waited_s)


def test_the_least_time_says_its_terms():
    assert str(Least(3000, 2.0)) == (
        "2 s for the first page + 60 s for 1 whole minute + 24 s for the last 60 of 120 calls, 5 at once = 86 s"
    )


def test_a_goal_is_met_from_its_figure_on_and_a_miss_is_said():
    more = Goal("a", "faster", 3, 6, more_is_better=True)
    less = Goal("b", "smaller", 1.5, 1.2)
    assert [more.met(figure) for figure in (2.9, 3, 6)] == ["**missed**", "met", "moonshot"]
    assert [less.met(figure) for figure in (1.6, 1.5, 1.2)] == ["**missed**", "met", "moonshot"]
    assert table([more], {}, {})[-1].endswith("| - | not measured |")


def test_without_the_peers_it_is_said_that_nothing_was_measured(tmp_path):
    with pytest.raises(AbsentError, match="Nothing was measured"):
        given_at(tmp_path)
