"""Business risk: a vendor is down, a deadline is missed or an order lies undecided, and whoever could act does not hear of it."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from post_office import later

from bridge.notifiers import alerts
from bridge.notifiers.posting import deliver
from include.connecting import standing
from include.database import outbox
from include.database.connection import connect
from include.domain.alert import KINDS, Alert
from include.sandbox.order_builder import an_order
from include.settings.alerts import Alerts
from include.stages.alerts import keeping
from include.stages.alerts.causes import OBSERVED
from include.stages.alerts.chain import check_chain

NOON = datetime.combine(datetime.now(UTC).date(), time(12), UTC)
PEOPLE = {"finance": ["books@x.example"], "operations": ["night@x.example"]}


def told_by(bridge, **changed):
    said = Alerts.model_validate(PEOPLE | changed)
    bridge.store = replace(bridge.store, file=bridge.store.file.model_copy(update={"alerts": said}))


def write(db, statement, **values):
    with db.transaction(), db._connection.cursor() as cursor:
        cursor.execute(statement, values)


def open_kinds(bridge):
    found = sorted(row["kind"] for row in bridge.db.rows("alerts.open", store=bridge.store.key))
    bridge.db.rollback()
    return found


def looks(bridge, *moments):
    for moment in moments:
        alerts.look(bridge.db, bridge.store, moment)


def test_where_nothing_is_wrong_nobody_is_told(bridge, post_office):
    looks(bridge, NOON)

    assert post_office.letters == []
    assert open_kinds(bridge) == []


def circuit(bridge, *, opened):
    is_open = "jsonb_build_object('failures', 5, 'said', 'HTTP 503', 'openings', 1, 'since', %(since)s, 'until', %(since)s + 30)"
    state = is_open if opened else "'{}'"
    write(
        bridge.db,
        f"INSERT INTO pace (vendor, tenant, circuit) VALUES ('xero', %(tenant)s, {state}) "
        "ON CONFLICT (vendor, tenant) DO UPDATE SET circuit = excluded.circuit",
        tenant=bridge.store.file.xero.organisation,
        since=NOON.timestamp(),
    )


def test_a_vendor_that_stays_down_is_told_after_ten_minutes_and_again_when_it_is_back(bridge, post_office):
    told_by(bridge)
    circuit(bridge, opened=True)
    looks(bridge, NOON, NOON + timedelta(minutes=9))
    assert post_office.letters == []

    looks(bridge, NOON + timedelta(minutes=11), NOON + timedelta(minutes=16))
    assert post_office.emptied() == ["Demo shop: Xero does not answer as it should"]

    circuit(bridge, opened=False)
    looks(bridge, NOON + timedelta(minutes=20))
    assert post_office.letters == []  # it may be down again in a minute
    looks(bridge, NOON + timedelta(minutes=27))
    assert post_office.emptied() == ["Demo shop: Over: Xero does not answer as it should"]


def test_a_vendor_that_stumbled_for_some_minutes_is_told_nobody(bridge, post_office):
    told_by(bridge)
    circuit(bridge, opened=True)
    looks(bridge, NOON)
    circuit(bridge, opened=False)
    looks(bridge, *(NOON + timedelta(minutes=each) for each in range(5, 60, 5)))

    assert post_office.letters == []
    assert open_kinds(bridge) == []


def test_calls_that_run_out_are_told_once_for_that_day(bridge, post_office):
    told_by(bridge)
    ends = datetime.now(UTC) + timedelta(hours=5)
    write(
        bridge.db,
        "INSERT INTO pace (vendor, tenant, allowance) VALUES ('xero', %(tenant)s,"
        " jsonb_build_object('left_day', 3, 'day_ends_at', %(ends)s))",
        tenant=bridge.store.file.xero.organisation,
        ends=ends.timestamp(),
    )
    now = datetime.now(UTC)
    looks(bridge, now, now + timedelta(minutes=5))

    assert post_office.emptied() == [
        f"Demo shop: 3 of Xero's calls are left until {ends:%H:%M} UTC, and 50 are kept for people"
    ]


def test_a_consent_that_ends_is_told_to_operations_at_once_by_night_too(bridge, post_office, monkeypatch):
    now = datetime.now(UTC)
    quiet = {"begin": f"{(now - timedelta(hours=2)):%H:%M}", "end": f"{(now + timedelta(hours=2)):%H:%M}"}
    told_by(bridge, quiet_hours=quiet)
    ending = standing.Ending("xero_demo", "The consent has ended.", "Consent again.", "2026", has_ended=True)
    monkeypatch.setattr(standing, "expiring", lambda *_: [ending])

    looks(bridge, now)

    [letter] = post_office.letters
    assert (letter.recipients, letter.subject) == (("night@x.example",), "Demo shop: The consent has ended")


def test_orders_within_seconds_that_became_the_batch_lane_are_told_and_told_when_they_are_back(bridge, post_office):
    lane = (
        "INSERT INTO lane_state (store, state, gathers_s, why, since)"
        " VALUES ('demo', 'batch', NULL, '3 calls are left', %(since)s)"
    )
    write(bridge.db, lane, since=NOON)
    told_by(bridge)
    looks(bridge, NOON + timedelta(minutes=11))
    write(bridge.db, "UPDATE lane_state SET state = 'seconds', gathers_s = 5")
    looks(bridge, NOON + timedelta(minutes=30))

    assert post_office.emptied() == [
        "Demo shop: Orders within seconds wait for the runs by the clock",
        "Demo shop: Over: Orders within seconds wait for the runs by the clock",
    ]


# Orders that nobody decides


def held_now(bridge):
    rows = bridge.db.rows("alerts.undecided", store=bridge.store.key)
    bridge.db.rollback()
    return {row["reason"]: row["orders"] for row in rows}


def test_undecided_orders_are_recalled_with_their_number_then_told_to_others_then_over(
    bridge, post_office, monkeypatch
):
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "http://airflow.example")
    told_by(bridge, escalate={"after_hours": 24, "mail": ["owner@x.example"]}, standstill_after_hours=720)
    bridge.run()
    waiting, began = held_now(bridge), datetime.now(UTC)
    looks(bridge, began, began + timedelta(hours=1))
    assert post_office.letters == []  # they were told of by the letter about what is newly held

    looks(bridge, began + timedelta(hours=25))
    [letter] = [each for each in post_office.letters if "books@x.example" in each.recipients]
    assert letter.subject == f"Demo shop: {len(waiting)} still open"
    for reason, orders in waiting.items():
        assert f"{orders} {'orders wait' if orders > 1 else 'order waits'} for a decision" in letter.text
        assert f"/bridge/review?store=demo&reason={reason}" in letter.text
    assert "up to AUD" in letter.text

    post_office.emptied()
    looks(bridge, began + timedelta(hours=49.5))
    [letter] = [each for each in post_office.letters if each.recipients == ("owner@x.example",)]
    assert letter.subject.startswith(f"Demo shop: {len(waiting)} that nobody acted on")
    post_office.emptied()

    write(bridge.db, "DELETE FROM posting_waiting")
    looks(bridge, began + timedelta(hours=50))
    over = {each.recipients: each.subject for each in post_office.letters if "over" in each.subject}
    assert over == {
        ("books@x.example",): f"Demo shop: {len(waiting)} over",
        ("owner@x.example",): f"Demo shop: {len(waiting)} over",
    }


# The deadline


def yesterday(bridge, *orders):
    """Orders that were placed at noon of yesterday, UTC."""
    bridge.town.reset("empty")
    noon = NOON - timedelta(days=1)
    for each in orders:
        bridge.town.shop.put(each.placed(noon).build())


GOOD = an_order(1700).line("MUG", price="22.00").paid("card")


def test_orders_of_yesterday_that_are_in_the_books_by_nine_are_no_news(bridge, post_office):
    told_by(bridge, orders_in_books_by="09:00")
    yesterday(bridge, GOOD)
    bridge.run()

    looks(bridge, NOON)

    assert "deadline" not in open_kinds(bridge)


def test_what_is_held_or_was_never_read_by_nine_is_told_to_both_and_over_when_it_is_in_the_books(bridge, post_office):
    told_by(bridge, orders_in_books_by="09:00")
    yesterday(bridge, GOOD, an_order(1701).line("MUG", price="22.00", tax="3.33").paid("card"))
    bridge.set(held_share_max=1.0)
    bridge.run()
    assert bridge.outcomes()[1701]["outcome"] == "held"
    looks(bridge, NOON.replace(hour=8, minute=59))
    assert "deadline" not in open_kinds(bridge)

    looks(bridge, NOON.replace(hour=9, minute=1))
    [letter] = post_office.letters
    day = f"{(NOON - timedelta(days=1)):%d %B}"
    assert letter.recipients == ("night@x.example", "books@x.example")
    assert f"1 of 2 orders of {day} is not in the books by 09:00: 1 waits for a decision." in letter.text

    post_office.emptied()
    looks(bridge, NOON + timedelta(hours=26))  # it is not forgotten with the next day
    assert "deadline" in open_kinds(bridge)
    bridge.town.shop.put(
        an_order(1701).line("MUG", price="22.00").paid("card").placed(NOON - timedelta(days=1)).build()
    )
    bridge.town.shop.touch(1701)
    bridge.run()
    write(bridge.db, "UPDATE watermark SET moment = %(moment)s", moment=NOON + timedelta(hours=26))
    looks(bridge, NOON + timedelta(hours=27))
    assert any("Over\n\n  Orders that miss" in each.text.replace("\r", "") for each in post_office.letters)
    assert "deadline" not in open_kinds(bridge)


def test_a_shop_that_was_not_read_to_the_end_of_the_day_missed_its_deadline(bridge, post_office):
    told_by(bridge, orders_in_books_by="09:00")
    yesterday(bridge, GOOD)
    bridge.run()
    write(bridge.db, "UPDATE watermark SET moment = %(moment)s", moment=NOON - timedelta(days=1))

    looks(bridge, NOON)

    assert "the shop was read only up to" in post_office.letters[0].text


def test_a_store_in_shadow_has_no_deadline(bridge, post_office):
    told_by(bridge, orders_in_books_by="09:00")
    yesterday(bridge, GOOD)
    bridge.store = replace(bridge.store, file=bridge.store.file.model_copy(update={"mode": "shadow"}))
    bridge.run()
    write(bridge.db, "UPDATE watermark SET moment = %(moment)s", moment=NOON - timedelta(days=1))

    looks(bridge, NOON)

    assert "deadline" not in open_kinds(bridge)


# The outbox


def a_letter(bridge, subject="hello"):
    with bridge.db.transaction():
        return outbox.put(
            bridge.db,
            bridge.store.key,
            "held",
            channel="mail",
            recipients=["books@x.example"],
            subject=subject,
            message=f"To: books@x.example\r\nSubject: {subject}\r\nMessage-ID: <{subject}@x>\r\n\r\nhi".encode(),
            message_id=f"<{subject}@x>",
        )


def test_a_letter_is_sent_by_one_process_only_and_its_text_is_kept_no_longer(bridge, dsn):
    a_letter(bridge)
    sent = []
    with connect(dsn) as other:

        def send(letter):
            sent.append(letter.message)
            assert outbox.deliver(other, lambda each: sent.append(each)).sent == 0  # it is locked by us

        assert outbox.deliver(bridge.db, send).sent == 1
        assert outbox.deliver(other, send).sent == 0
    assert len(sent) == 1
    [row] = rows(bridge, "SELECT message, recipients, tries FROM outbox")
    assert row == (None, ["books@x.example"], 1)


def rows(bridge, statement):
    with bridge.db._connection.cursor() as cursor:
        cursor.execute(statement)
        found = cursor.fetchall()
    bridge.db.rollback()
    return found


def test_one_that_was_killed_after_the_server_took_it_sends_it_again_under_the_same_name(bridge, post_office):
    a_letter(bridge, "twice")

    class Killed(BaseException):
        pass

    def dies(letter):
        post_office.take(letter.message)
        raise Killed

    with pytest.raises(Killed):
        outbox.deliver(bridge.db, dies)
    deliver(bridge.db)

    assert [each.message_id for each in post_office.letters] == ["<twice@x>"] * 2


def test_what_does_not_leave_is_tried_after_ever_longer_times_and_is_an_alert_after_a_while(bridge, post_office):
    told_by(bridge)
    a_letter(bridge)
    post_office.down = True
    waits = []
    for _ in range(8):
        later(bridge.db)
        deliver(bridge.db)
        [(seconds, problem)] = rows(bridge, "SELECT extract(EPOCH FROM next_try_at - now())::INT, problem FROM outbox")
        waits.append(round(seconds / 60))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    assert problem == "ConnectionRefusedError"

    now = datetime.now(UTC)
    looks(bridge, now)
    assert open_kinds(bridge) == ["outbox"]
    looks(bridge, now + timedelta(minutes=16))
    post_office.down = False
    later(bridge.db)
    deliver(bridge.db)
    assert any("1 letter does not leave (ConnectionRefusedError)" in each.text for each in post_office.letters)
    looks(bridge, now + timedelta(minutes=40))
    assert open_kinds(bridge) == []


def test_a_server_that_is_down_is_not_asked_for_each_letter(bridge, post_office):
    for each in range(5):
        a_letter(bridge, f"n{each}")
    post_office.down = True

    assert deliver(bridge.db).failed == 1

    post_office.down = False
    later(bridge.db)
    assert deliver(bridge.db).sent == 5


def test_a_reader_of_the_ledger_reads_no_letters(bridge):
    assert rows(bridge, "SELECT has_table_privilege('bridge_reader', 'outbox', 'SELECT')") == [(False,)]
    assert rows(bridge, "SELECT has_table_privilege('bridge_reader', 'alert_open', 'SELECT')") == [(True,)]


def test_letters_that_left_long_ago_are_forgotten_and_those_that_wait_are_not(bridge, post_office):
    a_letter(bridge, "old")
    deliver(bridge.db)
    a_letter(bridge, "waits")
    write(
        bridge.db, "UPDATE outbox SET sent_at = sent_at - INTERVAL '100 days', made_at = made_at - INTERVAL '100 days'"
    )

    assert outbox.forget(bridge.db, 90) == 1
    assert rows(bridge, "SELECT subject FROM outbox") == [("waits",)]


def test_what_was_over_a_year_ago_is_forgotten_and_what_lasts_never_is(bridge, post_office):
    told_by(bridge)
    circuit(bridge, opened=True)
    looks(bridge, NOON)
    with bridge.db.transaction():
        keeping.raise_alert(bridge.db, "demo", Alert("red", "a/b", "s.", "r", NOON, over_at=None), NOON)
    write(bridge.db, "UPDATE alert SET over_at = now() - INTERVAL '500 days' WHERE kind = 'red'")

    assert keeping.forget(bridge.db, 400) == 1
    assert open_kinds(bridge) == ["circuit"]


# The audit's chain


def altering(bridge, statement):
    """As whoever owns the database could: past the triggers that refuse it."""
    table = "posting" if "posting" in statement else "audit_entry"
    write(bridge.db, f"ALTER TABLE {table} DISABLE TRIGGER ALL; {statement}; ALTER TABLE {table} ENABLE TRIGGER ALL")


@pytest.mark.parametrize(
    ("altered", "says"),
    [
        ('UPDATE audit_entry SET content = content || \'{"flow": "x"}\' WHERE sequence = 1', "entry 1 is not what"),
        ("DELETE FROM audit_entry WHERE sequence = 1", "which was checked before"),
        ("UPDATE posting SET amount = amount + 1 WHERE outcome = 'posted'", "the outcomes of batch"),
        ("DELETE FROM posting WHERE outcome = 'posted'", "the outcomes of batch"),
    ],
)
def test_an_audit_that_was_altered_is_noticed(bridge, altered, says):
    bridge.run()
    assert check_chain(bridge.db, "demo", whole=True)[1] is None

    altering(bridge, altered)

    assert says in check_chain(bridge.db, "demo", whole=True)[1].sentence


def test_an_entry_that_is_gone_is_noticed_though_the_rest_follows(bridge):
    bridge.run()

    altering(bridge, "DELETE FROM audit_entry WHERE sequence = (SELECT max(sequence) FROM audit_entry)")

    assert "was sealed, and has no entry" in check_chain(bridge.db, "demo")[1].sentence


def test_what_was_checked_is_not_read_again_and_must_still_be_there(bridge):
    bridge.run()
    first, _ = check_chain(bridge.db, "demo")
    assert first > 0
    assert check_chain(bridge.db, "demo") == (0, None)
    bridge.town.shop.touch(1001)
    bridge.run()
    assert check_chain(bridge.db, "demo") == (1, None)

    altering(bridge, "UPDATE audit_entry SET digest = 'x' WHERE sequence = (SELECT max(sequence) FROM audit_entry)")
    assert "which was checked before, is another now" in check_chain(bridge.db, "demo")[1].sentence


def test_every_kind_that_is_looked_for_is_known():
    assert {*OBSERVED, "consent", "audit"} <= KINDS.keys()
