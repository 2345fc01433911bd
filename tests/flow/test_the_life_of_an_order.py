"""Business risk: nobody can say what happened to an order, or a stranger is shown whose it is."""

from datetime import timedelta

import pytest

from include.stages.console.finding import find
from include.stages.console.life import life_of
from include.stages.orders.deciding import decide
from include.stages.orders.run import look_again


@pytest.fixture
def ran(bridge):
    bridge.run()
    return bridge


def life(bridge, order_key, *, with_person=False):
    found = life_of(bridge.db, bridge.store, order_key, with_person=with_person)
    assert found is not None
    return found


def told(of):
    """The timeline as one text."""
    return "\n".join(" | ".join((each.who, each.headline, *each.sentences)) for each in of.moments)


def of_outcome(bridge, outcome, reason=None):
    """The first order of the demo that ended so."""
    return next(
        key for key, row in sorted(bridge.outcomes().items())
        if row["outcome"] == outcome and reason in (None, row["reason"])
    )  # fmt: skip


def test_a_posted_order_says_its_invoice_what_is_paid_and_where_both_stand(ran):
    of = life(ran, 1004)

    assert of.now == "In the books as BC-1004; 2400.00 AUD of it is paid."
    assert (of.tone, of.waits) == ("good", False)
    assert [(each.kind, each.number) for each in of.documents][:1] == [("invoice", "BC-1004")]
    assert of.documents[0].url.startswith("https://go.xero.com/")
    assert "first read from the shop" in told(of)
    assert "sent to Xero: create invoice, and Xero has it" in told(of)
    assert [each.at for each in of.moments] == sorted(each.at for each in of.moments)


def test_a_held_order_says_why_what_to_do_and_that_it_waits(ran):
    key = of_outcome(ran, "held", "tax_rate_unmapped")
    of = life(ran, key)

    assert of.now.startswith("Held: ")
    assert of.to_do
    assert (of.tone, of.waits, of.documents) == ("bad", True, ())


def test_who_released_it_and_why_stands_between_the_hold_and_the_invoice(ran):
    key = of_outcome(ran, "held", "tax_rate_unmapped")
    decide(ran.db, ran.store, key, "post", by="ann", why="the levy is right")
    assert "still to come" in told(life(ran, key))
    ran.a_while_later()
    ran.run()

    of = life(ran, key)
    lines = told(of).splitlines()
    decided = next(at for at, line in enumerate(lines) if line.startswith("ann | decided: post"))
    assert "the levy is right" in lines[decided]
    assert decided < max(at for at, line in enumerate(lines) if " posted" in line)
    assert of.tone == "good"


def test_runs_that_found_all_as_it_was_are_one_line(ran):
    for _ in range(3):
        with ran.db.transaction():
            look_again(ran.db, ran.store, "1004", "webhook", timedelta(0))
        ran.run()

    assert told(life(ran, 1004)).count("all as it was") == 1
    assert "looked at 3 times, all as it was" in told(life(ran, 1004))


def test_names_are_in_it_for_those_alone_who_decide(ran):
    shown, hidden = life(ran, 1004, with_person=True), life(ran, 1004)

    assert shown.person is not None
    assert "@" in shown.person.email
    assert hidden.person is None
    assert "@" not in repr(hidden)
    assert shown.person.name not in repr(hidden)


def test_an_order_that_nobody_ever_read_is_none(ran):
    assert life_of(ran.db, ran.store, 999_999, with_person=True) is None


class TestFinding:
    def by(self, bridge, text):
        found = find(bridge.db, {"demo": bridge.store}, text)
        return found.by, [key for _, key in found.orders]

    def test_by_what_people_have_at_hand(self, ran):
        assert self.by(ran, " #1004 ") == ("order", [1004])
        assert self.by(ran, "BC-1004") == ("document", [1004])
        assert self.by(ran, "bc-1004/1") == ("document", [1004])

    def test_by_the_payments_id_at_the_gateway(self, ran):
        with ran.db._connection.cursor() as cursor:
            cursor.execute(
                "SELECT subject_key, split_part(reference, ' ', 2) FROM planned_document"
                " WHERE kind = 'payment' AND reference LIKE '%% %%' LIMIT 1"
            )
            key, gateway = cursor.fetchone()
        assert self.by(ran, gateway) == ("payment", [int(key)])

    def test_by_an_email_however_it_is_written_and_in_no_column_does_it_stand(self, ran):
        email = life(ran, 1004, with_person=True).person.email

        by, keys = self.by(ran, f" {email.upper()} ")
        assert by == "e-mail"
        assert 1004 in keys

    def test_what_is_not_there_finds_nothing(self, ran):
        for text in ("BC-9", "4711", "nobody@example.com", "", "%", "' OR 1=1 --", "9" * 30):
            assert self.by(ran, text)[1] == []
