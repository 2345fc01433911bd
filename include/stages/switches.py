"""The switches that a person turns: stop and go (design 4.17). Read before each chunk, kept with who, when and why."""

from include.database.connection import Database, Row, json_value
from include.stages.orders.run import StageRed

RULE = "writes"


class Stopped(StageRed):
    """A person stopped the store's writes. What was written stays; the next run after `go` takes up the rest."""


def turn(db: Database, store: str, state: str, *, by: str, why: str) -> None:
    """Stop the store's writes or let them go on. state: `stop` or `go`."""
    with db.transaction():
        db.run("switches.turn", store=store, rule=RULE, value=json_value({"state": state}), by=by, why=why)


def standing(db: Database, store: str) -> Row | None:
    """The last turn of the switch: value, by, why, at; None where nobody ever turned it."""
    row = db.row("switches.newest", store=store, rule=RULE)
    db.rollback()
    return row


def stop_if_told(db: Database, store: str) -> None:
    """Raise Stopped where the store's writes are stopped."""
    row = standing(db, store)
    if row is not None and row["value"] == "stop":
        raise Stopped(
            f"{store}: writes were stopped by {row['by']} at {row['at']:%Y-%m-%d %H:%M %Z}: {row['why']}. "
            f"`make go STORE={store}` lets them go on."
        )
