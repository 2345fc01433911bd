"""Of the orders of an ordinary shop at least 99 % post without a person, and none is wrong.

Business risk covered: a bookkeeper who must look at every twentieth order has been sold a tool that does not work, and one
who cannot trust what posted by itself must look at all of them. The shop's own word is the judge: what was charged, by
which rate, what was paid by which tender on which day, and what was given back.
"""

import pytest

from include.commands.ordinary.core import through_the_core
from include.commands.ordinary.flow import through_the_flow
from include.commands.ordinary.tally import Tally, table
from include.sandbox.ordinary import ORGANISATIONS, ordinary_sales

SHARE_MIN = 99


def each_of(*keys):
    found = [each for each in ORGANISATIONS if not keys or each.key in keys]
    marked = [pytest.param(each, id=each.country) for each in found]
    return pytest.mark.parametrize("organisation", marked)


@each_of()
def test_two_hundred_orders_through_the_core_alone(organisation, tmp_path):
    sales = ordinary_sales(organisation, 200, seed=1)

    fare(Tally(organisation.key, list(through_the_core(organisation, sales, tmp_path))))


@each_of("nz", "us")
def test_thirty_orders_through_the_whole_flow(organisation, postgres, tmp_path, monkeypatch):
    monkeypatch.setenv("BRIDGE_KEY", "ordinary")
    sales = ordinary_sales(organisation, 30, seed=1)

    fare(Tally(organisation.key, through_the_flow(organisation, sales, tmp_path, postgres.writer_dsn)))


def fare(tally):
    told = "\n".join(table([tally]))
    assert not tally.wrong, told
    assert tally.share >= SHARE_MIN, told
    assert all(each.outcome == "skipped" for each in tally.no_sales), told
