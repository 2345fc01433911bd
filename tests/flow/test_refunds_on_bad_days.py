"""Bad days of the list of refunds: a run that dies or an answer that fails must neither lose a refund nor post it twice."""

from datetime import timedelta

import pytest
from after_the_sale import ago, books_of, due_of, emptied, mugs, refund, shop_calls, sold, watermarks

from include.clients import bigcommerce, bigcommerce_parts
from include.clients.bigcommerce import BigCommerce
from include.clients.errors import NotUnderstood, Unavailable


@pytest.fixture
def bridge(bridge):
    return emptied(bridge)


def small_pages(monkeypatch) -> None:
    monkeypatch.setattr(bigcommerce, "PAGE_ROWS", 2)
    monkeypatch.setattr(bigcommerce_parts, "PAGE_ROWS_SURE", 2)


def test_a_run_that_is_killed_between_two_pages_of_refunds_loses_none_and_posts_none_twice(bridge, monkeypatch):
    small_pages(monkeypatch)
    orders = [mugs(key) for key in range(2001, 2006)]
    sold(bridge, *orders)
    bridge.run()
    for order in orders:
        refund(bridge, order)
    before = watermarks(bridge)
    whole = BigCommerce.refunds_since

    def killed(shop, moment):
        yield next(iter(whole(shop, moment)))
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(BigCommerce, "refunds_since", killed)
        with pytest.raises(KeyboardInterrupt):
            bridge.run()
    assert {key for key, _ in due_of(bridge)} == {"2001", "2002"}
    assert {flow: at for flow, at in watermarks(bridge).items() if "refunds" in flow} == {
        flow: at for flow, at in before.items() if "refunds" in flow
    }

    bridge.run()

    assert [number for number, _, _ in books_of(bridge)["notes"]] == [f"BCR-{n}-{n}1" for n in range(2001, 2006)]
    assert shop_calls(bridge, "/stores/{store_hash}/v2/orders/{order_id}") == 5


def test_while_the_shop_answers_500_to_the_list_the_run_is_tried_again_and_nothing_is_lost(bridge, monkeypatch):
    sold(bridge, mugs(2001))
    bridge.run()
    refund(bridge, mugs(2001))
    sold(bridge, mugs(2002))
    bridge.town.shop.touch(2002)
    whole = BigCommerce.refunds_since

    def out_of_order(shop, moment):
        bridge.town.stories.be_down_for("bigcommerce", calls=10**6, status=500)
        return whole(shop, moment)

    with monkeypatch.context() as broken:
        broken.setattr(BigCommerce, "refunds_since", out_of_order)
        with pytest.raises(Unavailable, match="500"):
            bridge.run(run_id="again")
    bridge.town.stories.clear()

    counts = bridge.run(run_id="again")

    books = books_of(bridge)
    assert counts["failed"] == 0
    assert ("BC-2002", "PAID") in [(number, status) for number, status, _ in books["invoices"]]
    assert books["notes"] == [("BCR-2001-20011", "22.00", "0.00")]


def test_what_is_due_leaves_no_unfilled_batch_when_the_shop_goes_down(bridge, monkeypatch):
    sold(bridge, mugs(2001))
    bridge.run()
    refund(bridge, mugs(2001))

    def goes_down(shop, order_id):
        raise Unavailable("BigCommerce answered 503 4 times")

    with monkeypatch.context() as broken:
        broken.setattr(BigCommerce, "order", goes_down)
        with pytest.raises(Unavailable):
            bridge.run(run_id="again")
    bridge.run(run_id="again")  # its audit would call a batch that nobody fills red

    assert books_of(bridge)["notes"] == [("BCR-2001-20011", "22.00", "0.00")]


def test_a_row_that_names_no_order_is_told_of_and_hinders_no_other(bridge, monkeypatch):
    sold(bridge, mugs(2001), mugs(2002))
    bridge.run()
    refund(bridge, mugs(2001))
    refund(bridge, mugs(2002))
    whole = BigCommerce.refunds_since

    def nameless(shop, moment):
        for part in whole(shop, moment):
            part.content["data"][0]["order_id"] = None
            yield part

    with monkeypatch.context() as odd:
        odd.setattr(BigCommerce, "refunds_since", nameless)
        with pytest.raises(NotUnderstood, match="1 rows"):
            bridge.run()
    cursors = watermarks(bridge)
    bridge.a_while_later()
    bridge.run()

    assert "orders_to_books/refunds" not in cursors
    assert [number for number, _, _ in books_of(bridge)["notes"]] == ["BCR-2001-20011", "BCR-2002-20021"]


def test_a_refunded_order_that_the_shop_does_not_show_yet_is_asked_for_again(bridge, monkeypatch):
    sold(bridge, mugs(2001))
    bridge.run()
    refund(bridge, mugs(2001), at=ago(hours=2))
    with monkeypatch.context() as late:
        late.setattr(BigCommerce, "order", lambda shop, order_id: None)
        bridge.run()
    [(doc, after)] = due_of(bridge).items()
    assert doc == ("2001", "refund")
    assert timedelta(minutes=110) < after < timedelta(minutes=130)

    bridge.a_while_later()
    bridge.run()

    assert books_of(bridge)["notes"] == [("BCR-2001-20011", "22.00", "0.00")]
