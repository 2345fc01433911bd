"""Design 4.19: what a vendor changes is read of, once, with an example, before it does harm."""

from include.sandbox.order_builder import an_order
from include.stages.orders.drift import mark_told, untold


def changed(bridge, order_id, **fields):
    bridge.town.dispatch.strict = False  # the vendor's own specification does not know the field
    bridge.town.shop.put(an_order(order_id).placed(bridge.town.clock.now()).stating(**fields).build())
    bridge.town.shop.touch(order_id)
    bridge.run()
    return [(row["path"], row["kind"], row["order_key"]) for row in untold(bridge.db, "demo")]


def test_the_first_batch_of_a_store_is_the_measure_and_nothing_is_told(bridge):
    bridge.run()

    assert untold(bridge.db, "demo") == []


def test_a_field_that_is_new_is_told_once_with_an_example(bridge):
    bridge.run()
    assert changed(bridge, 2501, loyalty_tier="gold") == [("loyalty_tier", "text", 2501)]

    with bridge.db.transaction():
        mark_told(bridge.db, "demo")
    assert changed(bridge, 2502, loyalty_tier="gold") == []


def test_a_part_that_no_order_had_before_is_no_drift(bridge):
    bridge.run()

    bridge.town.shop.put(an_order(2504).placed(bridge.town.clock.now()).picked_up().line("MUG", price="22.00").build())
    bridge.town.shop.touch(2504)
    bridge.run()

    assert untold(bridge.db, "demo") == []


def test_a_field_of_another_kind_is_told(bridge):
    bridge.run()

    assert ("staff_notes", "number", 2503) in changed(bridge, 2503, staff_notes=7)


def test_a_field_that_no_order_bears_any_more_is_told(bridge):
    bridge.run()
    bridge.town.dispatch.strict = False
    for kept in bridge.town.shop:
        kept.order.pop("cart_id", None)
        bridge.town.shop.touch(int(kept.order["id"]))
    bridge.run()

    assert [(row["path"], row["gone_at"] is not None) for row in untold(bridge.db, "demo")] == [("cart_id", True)]
