"""How each line ends, in words that a bookkeeper reads; what is held is told once."""

from collections.abc import Mapping
from typing import Any

from include.clients.xero import Element
from include.database.connection import Database, Row, json_value
from include.domain.item_decision import ItemDecided, both_changed
from include.domain.outcome import REASONS, Hold, Skip
from include.stages.items.links import arrived
from include.wire.xero_found import reason_of
from include.wire.xero_items import unlike_item

ADOPTED = "It was in Xero before us and stays as it is; what the shop changes from now on is brought over."


def ends_as_planned(db: Database, row: Row) -> None:
    """What transform itself stopped. Inside the caller's transaction, as all of these."""
    if row["decision"] == "skip":
        _post(db, row, "skipped", row["reason"], row["sentence"])
    else:
        held(db, row, Hold(row["reason"], row["sentence"], row["figures"], row["remedy"] or ""))


def ends_as_decided(db: Database, row: Row, link: Row, what: ItemDecided) -> None:
    """Nothing was sent: it is as it should be, or it stays as the bookkeeper has it."""
    item_id = what.standing.item_id if what.standing is not None else link["item_id"]
    if isinstance(what.stopped, Skip):
        _post(db, row, "skipped", what.stopped.reason, what.stopped.sentence, item_id)
    elif isinstance(what.stopped, Hold):
        held(db, row, what.stopped)
    elif what.news:
        held(db, row, both_changed(row["code"], what.news), item_id)
    else:
        _post(db, row, "unchanged", None, ADOPTED if what.adopted else None, item_id)


def ends_in_shadow(db: Database, row: Row, link: Row, what: ItemDecided) -> None:
    """Nothing is written and nothing remembered: what a live run would do is the sentence."""
    if what.stopped is not None:
        ends_as_decided(db, row, link, what)
        return
    code = what.standing.code if what.standing is not None else link["code"]
    fields = ", ".join(f"{name} {text!r}" for name, text in what.send.items())[:1500]
    words = {
        "create": f"It would be created as {code}: {fields}.",
        "update": f"{code} would be changed: {fields}.",
        "nothing": f"{code} is there already and would be taken over as it is." if what.adopted else "",
    }[what.act]
    if words:
        _post(db, row, "skipped", "shadow", words)
    else:
        ends_as_decided(db, row, link, what)


def posted_or_not(db: Database, row: Row, what: ItemDecided, element: Element) -> bool:
    """What Xero answered of a write: linked, and compared with what was sent (T6); or why it refused. Whether it stands."""
    if not element.ok or element.xero_id is None:
        _refused(db, row, element)
        return False
    arrived(db, row["store"], row["sku"], element.xero_id, what.send)
    otherwise = unlike_item(what.send, element.content)
    if what.news:
        held(db, row, both_changed(row["code"], what.news), element.xero_id)
    elif otherwise:
        words = f"Xero keeps {row['code']} otherwise than it was sent: {'; '.join(otherwise)[:1500]}."
        held(db, row, Hold("answer_differs", words), element.xero_id)
    else:
        made = "Created" if what.act == "create" else "Changed"
        _post(db, row, "posted", None, f"{made}: {', '.join(what.send)}.", element.xero_id)
    return True


def _refused(db: Database, row: Row, element: Element) -> None:
    words = "; ".join(element.problems)[:500]
    if "already exists" in words.casefold():
        held(db, row, Hold("item_code_taken", f"Xero refused {row['code']}: {words}", {"code": row["code"]}))
        return
    reason = reason_of(element.problems)
    hold = Hold(reason, f"Xero refused {row['code']}: {words}")
    if REASONS[reason].outcome == "held":
        held(db, row, hold)
    else:
        _post(db, row, "failed", reason, hold.sentence)
        _note_untold(db, row, hold)


def held(db: Database, row: Row, hold: Hold, item_id: object = None) -> None:
    """A person must know, or decide."""
    _post(db, row, "held", hold.reason, hold.sentence, item_id, hold.remedy or None, hold.figures)
    _note_untold(db, row, hold)


def _note_untold(db: Database, row: Row, hold: Hold) -> None:
    db.run(
        "items.note_untold",
        batch_id=row["batch_id"],
        line_key=row["line_key"],
        sentence=hold.sentence,
        remedy=hold.remedy or None,
        figures=json_value(dict(hold.figures)),
    )


def _post(
    db: Database,
    row: Row,
    outcome: str,
    reason: str | None,
    sentence: str | None,
    item_id: object = None,
    remedy: str | None = None,
    figures: Mapping[str, Any] | None = None,
) -> None:
    db.run_later(
        "ledger.post",
        batch_id=row["batch_id"],
        store=row["store"],
        subject_kind="item",
        subject_key=row["line_key"],
        kind="item",
        part="1",
        generation=1,
        outcome=outcome,
        reason=reason,
        sentence=sentence,
        remedy=remedy,
        figures=json_value(dict(figures or {})),
        xero_id=None if item_id is None else str(item_id),
        number=row["code"],
        amount=None,
        currency=None,
        happened_at=row["modified_at"],
    )
