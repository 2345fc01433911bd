"""The warehouse's routes and the gate before them: a token. It has no limits of its own.

Source  docs/warehouse_feed.md, "Over HTTP". What a real warehouse says in the body of a refusal is its own affair, so ours
says nothing there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from include.sandbox.field_tables import Tables
from include.sandbox.ground import Answer, Asked, NeverSeen, Route, Service, route

if TYPE_CHECKING:
    from include.sandbox.town import Town

CSV = "text/csv; charset=utf-8"
RETRY_AFTER_S = 30

TABLES = Tables("warehouse")
TABLES.add("Feed", "levels    [Level]    always    docs/warehouse_feed.md")
TABLES.add(
    "Level",
    """
    sku         text    always       docs/warehouse_feed.md
    on_hand     text    always       docs/warehouse_feed.md
    location    text    sometimes    docs/warehouse_feed.md
    as_of       text    always       docs/warehouse_feed.md
    """,
)


def service(town: Town) -> Service:
    """The warehouse of a town as the dispatch wants it."""
    return Service(
        vendor="warehouse",
        prefixes=("/warehouse/",),
        routes=_routes(town),
        gate=lambda asked, known, work: _gate(town, asked, work),
        throttled=_throttled,
        refused=_never_written_to,
    )


def _routes(town: Town) -> list[Route]:
    def as_json(asked: Asked) -> Answer:
        return Answer(200, town.warehouse.stated())

    def as_csv(asked: Asked) -> Answer:
        return Answer(200, town.warehouse.written(), content_type=CSV)

    def as_accepted(asked: Asked) -> Answer:
        """The first of the two that Accept names: no writer of a feed is asked to weigh them."""
        named = [each.partition(";")[0].strip() for each in asked.headers.get("accept", "*/*").split(",")]
        for kind in named:
            if kind in ("application/json", "application/*", "*/*"):
                return as_json(asked)
            if kind in ("text/csv", "text/*"):
                return as_csv(asked)
        return Answer(406, None, content_type="")

    source = "docs/warehouse_feed.md, Over HTTP"
    return [
        route("GET", path, handler, source=source, shape=TABLES.shape("Feed"))
        for path, handler in (
            ("/warehouse/levels", as_accepted),
            ("/warehouse/levels.json", as_json),
            ("/warehouse/levels.csv", as_csv),
        )
    ]


def _gate(town: Town, asked: Asked, work: Callable[[], Answer]) -> Answer:
    scheme, _, token = asked.headers.get("authorization", "").partition(" ")
    if town.stories.take("warehouse", "revoke_the_token") is not None:
        town.warehouse.tokens.discard(token)
    if scheme.lower() != "bearer" or token not in town.warehouse.tokens:
        return Answer(401, None, {"WWW-Authenticate": "Bearer"}, content_type="")
    return work()


def _throttled(with_headers: bool) -> Answer:
    return Answer(429, None, {"Retry-After": str(RETRY_AFTER_S)} if with_headers else {}, content_type="")


def _never_written_to(asked: Asked) -> Answer:
    raise NeverSeen("a write to a feed, which is only read")
