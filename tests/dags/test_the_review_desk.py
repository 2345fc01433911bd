"""Business risk: money is decided by somebody who may not, twice by two people, or by a form of another site; or finance
cannot see what it would post.
"""

import threading
from collections import Counter

import pytest
from page_reader import PageReader

from include.database.connection import connect
from include.stages.console.review import desk_of
from include.stages.orders.deciding import NotDecidable, decide, stand_of

# The tests share one run of the flow, so each decides about orders of another reason.


@pytest.fixture
def desk(console, ran):
    """The console over the demo's orders after a run; ann and bob decide."""
    console.decides("demo", "ann", "bob")
    return console


def held(desk, reason):
    """The orders that wait for this reason, as the page lists them."""
    answer = desk("ann", "GET", f"review?store=demo&reason={reason}")
    return [row[1] for row in PageReader(answer.text).table("Tick", "Order")] if 'id="waits"' in answer.text else []


def form(desk, who, order):
    fields = desk.form(desk(who, "GET", f"review?store=demo&order={order}"), "review-decide")
    return fields | {"choice": "post", "why": "looked at it"}


def decisions(ran, order):
    rows = ran.db.rows("decisions.of_order", store="demo", subject_key=str(order))
    ran.db.rollback()
    return [(row["by"], row["choice"], row["why"]) for row in rows]


def test_all_that_waits_is_listed_by_reason_with_what_to_read_and_where(desk, ran):
    answer = desk("eve", "GET", "review?store=demo")
    shown = PageReader(answer.text)

    reasons = {row[0]: int(row[2]) for row in shown.table("Reason", "What it means")}
    waiting = {key for key, row in ran.outcomes().items() if row["outcome"] == "held"}
    assert sum(reasons.values()) >= len(waiting) > 5
    assert "tax_rate_unmapped" in reasons
    assert len(shown.table("Order", "Document")) >= len(waiting)
    assert "eve may read, and not decide" in shown.words
    assert "button" in {tag for tag, _ in shown.tags}  # of the filter alone
    assert "Decide the ticked ones together" not in shown.words


def test_the_filter_takes_reason_amount_age_and_order(desk):
    rows = PageReader(desk("ann", "GET", "review?store=demo&least=100&sort=largest").text).table("Order", "Document")
    amounts = [float(row[2].split()[0].replace(",", "")) for row in rows]
    assert amounts == sorted(amounts, reverse=True)
    assert min(amounts) >= 100
    assert "Nothing waits for that" in desk("ann", "GET", "review?store=demo&days=9999").text
    assert desk("ann", "GET", "review?store=demo&least=x&days=-1&sort=%27").status_code == 200


def test_an_order_stands_beside_the_document_that_would_be_posted(desk):
    (order, *_) = held(desk, "tax_rate_unmapped")
    shown = PageReader(desk("ann", "GET", f"review?store=demo&order={order}").text)

    sold = shown.table("Line", "Amount", "Tax")
    assert any("City levy" in word for word in [shown.words])
    assert len(sold) > 2
    assert f"Invoice BC-{order} of " in shown.words
    assert "Post it as shown" in shown.words
    assert "Map it from now on" in shown.words


def test_a_decision_is_kept_with_name_and_why_and_the_next_run_carries_it_out(desk, ran):
    (order, *_) = held(desk, "refund_unexplained")

    answer = desk("ann", "POST", "review-decide", data=form(desk, "ann", order))

    assert (answer.status_code, answer.headers["location"]) == (303, f"review?store=demo&order={order}&done=post")
    assert decisions(ran, order) == [("ann", "post", "looked at it")]
    assert "The next run carries it out" in desk("ann", "GET", answer.headers["location"]).text
    ran.a_while_later()
    ran.run()
    assert ran.outcomes()[int(order)]["outcome"] in ("posted", "unchanged")
    assert "Nothing of this order waits" in desk("ann", "GET", f"review?store=demo&order={order}").text


def test_of_two_who_decide_the_second_is_told_and_nothing_of_theirs_is_kept(desk, ran):
    (order, *_) = held(desk, "refund_declined")
    ann, bob = form(desk, "ann", order), form(desk, "bob", order)

    assert desk("ann", "POST", "review-decide", data=ann).status_code == 303
    late = desk("bob", "POST", "review-decide", data=bob | {"choice": "skip"})

    assert late.status_code == 409
    assert f"ann decided order {order} meanwhile" in late.text
    assert [by for by, _, _ in decisions(ran, order)] == ["ann"]
    again = form(desk, "bob", order) | {"choice": "skip"}  # who has read it may decide anew
    assert desk("bob", "POST", "review-decide", data=again).status_code == 303


def test_of_many_at_the_same_moment_one_decides(desk, ran, postgres):
    (order, *_) = held(desk, "total_differs")
    stand = stand_of(ran.db, ran.store, int(order))
    kept, refused = [], []

    def one(name):
        with connect(postgres.writer_dsn) as db:
            try:
                decide(db, ran.store, int(order), "again", by=name, why="mended", seen=stand)
                kept.append(name)
            except NotDecidable:
                refused.append(name)

    threads = [threading.Thread(target=one, args=(f"p{number}",)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert (len(kept), len(refused)) == (1, 7)
    assert Counter(by for by, _, _ in decisions(ran, order) if by.startswith("p")) == Counter(kept)


def test_a_run_that_looked_meanwhile_makes_what_was_read_too_old(desk, ran):
    (order, *_) = held(desk, "overpaid")
    fields = form(desk, "ann", order) | {"choice": "skip"}
    decide(ran.db, ran.store, int(order), "again", by="x", why="y")
    ran.a_while_later()
    ran.run()

    late = desk("ann", "POST", "review-decide", data=fields)
    assert (late.status_code, "read it again" in late.text) == (409, True)


@pytest.mark.parametrize("who", ["eve", "admin"])
def test_who_is_not_listed_is_refused_be_it_the_admin_with_the_form_of_another(desk, ran, who):
    (order, *_) = held(desk, "cancelled_with_money")
    fields = form(desk, "ann", order)
    before = decisions(ran, order)

    for path in ("review-decide", "review-many", "review-map"):
        told = fields | {"answer": "200"}
        answer = desk(who, "POST", path, role="admin", data=told)
        assert (answer.status_code, "may read, and not decide" in answer.text) == (403, True), path
    assert decisions(ran, order) == before
    assert "review-decide" not in desk(who, "GET", f"review?store=demo&order={order}", role="admin").text


@pytest.mark.parametrize("wrong", [{"token": "9.0"}, {"why": "  "}, {"choice": "burn"}, {"choice": "accept"}])
def test_what_is_not_a_decision_of_ours_is_refused_in_a_sentence(desk, ran, wrong):
    (order, *_) = held(desk, "tax_unexplained") or held(desk, "cancelled_with_money")
    before = decisions(ran, order)
    answer = desk("ann", "POST", "review-decide", data=form(desk, "ann", order) | wrong)

    assert answer.status_code in (403, 409)
    assert "Nothing was" in answer.text
    assert decisions(ran, order) == before


def test_many_are_shown_first_and_decided_then_and_who_cannot_be_is_named(desk, ran):
    reason = "cancelled_with_money"
    orders = held(desk, reason)
    listed = desk("ann", "GET", f"review?store=demo&reason={reason}")
    fields = desk.form(listed, "review-many")
    ticked = {name: fields[name] for name in ("store", "token", "reason")}

    shown = desk("ann", "POST", "review-many", data=ticked | {"order": orders})
    assert "Nothing is kept before you confirm" in shown.text
    confirmed = [value for tag, values in PageReader(shown.text).tags if tag == "input" and values.get("name") == "order"
                 for value in [values["value"]]]  # fmt: skip
    assert [each.partition("=")[0] for each in confirmed] == orders
    stale = f"{orders[0]}=0.0"

    done = desk("ann", "POST", "review-many", data=ticked | {
        "order": [stale, *confirmed[1:]], "confirmed": "yes", "choice": "again", "why": "all mended"})  # fmt: skip

    assert f"{len(orders) - 1} order" in done.text
    assert f"<li>{orders[0]}: " in done.text
    assert ("ann", "again", "all mended") not in decisions(ran, orders[0])


def test_a_mapping_from_now_on_releases_what_it_explains(desk, ran):
    (order, *_) = held(desk, "method_unmapped")
    fields = desk.form(desk("ann", "GET", f"review?store=demo&order={order}"), "review-map")

    answer = desk("ann", "POST", "review-map", data=fields | {"answer": "617-BANK", "why": "barter goes to the bank"})

    assert answer.status_code == 303, answer.text
    assert "done=mapped-" in answer.headers["location"]
    assert "held orders are explained by it" in desk("ann", "GET", answer.headers["location"]).text
    for wrong in ({"reason": "overpaid"}, {"answer": " "}):
        assert (
            desk("ann", "POST", "review-map", data=fields | {"answer": "617-BANK", "why": "x"} | wrong).status_code
            == 409
        )


def test_no_name_of_a_customer_is_on_the_desk(desk, ran):
    for order in held(desk, "tax_rate_unmapped"):
        text = desk("eve", "GET", f"review?store=demo&order={order}").text
        assert "@" not in PageReader(text).words
        assert desk_of(ran.db, ran.store, int(order)).cases
