"""The flow's bridge over a shop of two good orders, to which each test adds its bad ones."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from bad_orders import GOOD, Desk


def _of_the_flow() -> Any:
    """The flow's conftest under a name of its own: `from conftest import` gives whichever was loaded last."""
    path = Path(__file__).parents[1] / "flow" / "conftest.py"
    spec = importlib.util.spec_from_file_location("conftest_of_the_flow", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_flow = _of_the_flow()
new_database, dsn, bridge, judged = _flow.new_database, _flow.dsn, _flow.bridge, _flow.judged


@pytest.fixture
def desk(bridge) -> Desk:
    shop = bridge.town.shop
    for kept in list(shop):
        shop.remove(kept.order["id"])
    desk = Desk(bridge)
    bridge.shop = desk.shop
    bridge.set(held_share_max=1.0)  # here nearly all is bad on purpose; that a whole bad batch is red has its own test
    for order_id in GOOD:
        desk.put(order_id)
    return desk
