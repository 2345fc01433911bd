"""V3 webhooks as an account manages them: made, listed, changed, deleted (webhooks.v3.yml; reference bigcommerce.md 9).

Only the registrations are here; `postman` sends.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from include.sandbox.bigcommerce.answers import STATUS_CODES_PAGE, no, unsettled, v3_page
from include.sandbox.ground import Answer, Asked, Clock, Handler

if TYPE_CHECKING:
    from include.sandbox.town import Town

JsonObject = dict[str, Any]

QUERY = ("is_active", "scope", "destination", "page", "limit")
HOOKS_A_SCOPE = 10  # of one account of a store; and one for each destination
FIRST_ID = 18048287  # the description's example
_FIELDS = {"scope": str, "destination": str, "is_active": bool, "headers": dict | None}
_MISSING = "error.path.missing."  # the description's own word, and the only one published


class Hooks:
    """The registrations of all accounts of a shop, by id."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next = FIRST_ID
        self.rows: dict[int, JsonObject] = {}

    def of(self, client_id: str) -> list[JsonObject]:
        """What one account made: it sees no other's."""
        return [row for _, row in sorted(self.rows.items()) if row["client_id"] == client_id]

    def make(self, client_id: str, store_hash: str, fields: JsonObject) -> JsonObject:
        """Keep a registration that was judged before."""
        now = int(self._clock.now().timestamp())
        row = {
            "id": self._next,
            "client_id": client_id,
            "store_hash": store_hash,
            "scope": fields["scope"],
            "destination": fields["destination"],
            "headers": fields.get("headers"),
            "is_active": fields.get("is_active", True),
            "created_at": now,
            "updated_at": now,
        }
        self.rows[self._next] = row
        self._next += 1
        return row

    def change(self, row: JsonObject, fields: JsonObject) -> JsonObject:
        """Take the named fields over."""
        row.update(fields, updated_at=int(self._clock.now().timestamp()))
        return row

    def deactivate(self, hook_id: int) -> None:
        """As the vendor does after two days of failures, or ninety of silence. Raises KeyError."""
        self.change(self.rows[hook_id], {"is_active": False})


def account_of(token: str) -> str:
    """The client id that a token belongs to: the vendor tells it from the token, and so do we."""
    return hashlib.sha256(token.encode()).hexdigest()[:31]


def listed(town: Town) -> Handler:
    """GET /hooks: those of the calling account, chosen by scope, destination and whether they are active."""

    def handler(asked: Asked) -> Answer:
        rows = town.shop.hooks.of(_account(asked))
        for name in ("scope", "destination"):
            if name in asked.query:
                rows = [row for row in rows if row[name] == asked.query[name]]
        if "is_active" in asked.query:
            if asked.query["is_active"] not in ("true", "false"):
                return unsettled(asked, "is_active other than true and false")
            rows = [row for row in rows if row["is_active"] is (asked.query["is_active"] == "true")]
        return v3_page(asked, rows)

    return handler


def made(town: Town) -> Handler:
    """POST /hooks: one registration."""

    def handler(asked: Asked) -> Answer:
        hooks = town.shop.hooks
        fields = _fields(asked)
        if isinstance(fields, Answer):
            return fields
        missing = {name: _MISSING for name in ("scope", "destination") if name not in fields}
        if missing:
            return _refused(missing)
        said = _against(fields, hooks.of(_account(asked)))
        if said:
            return unsettled(asked, said)
        return _one(hooks.make(_account(asked), town.shop.store_hash, fields))

    return handler


def one(town: Town) -> Handler:
    """GET /hooks/{id}."""
    return _of_row(town, lambda asked, row: _one(row))


def changed(town: Town) -> Handler:
    """PUT /hooks/{id}: the named fields; also how a deactivated one is switched on again."""

    def change(asked: Asked, row: JsonObject) -> Answer:
        fields = _fields(asked)
        if isinstance(fields, Answer):
            return fields
        if not fields:
            return unsettled(asked, "a change that names no field, where one is required")
        others = [each for each in town.shop.hooks.of(_account(asked)) if each["id"] != row["id"]]
        said = _against({**row, **fields}, others)
        return unsettled(asked, said) if said else _one(town.shop.hooks.change(row, fields))

    return _of_row(town, change)


def deleted(town: Town) -> Handler:
    """DELETE /hooks/{id}: what was deleted comes back."""
    return _of_row(town, lambda asked, row: _one(town.shop.hooks.rows.pop(row["id"])))


def _of_row(town: Town, act: Callable[[Asked, JsonObject], Answer]) -> Handler:
    def handler(asked: Asked) -> Answer:
        wanted = asked.params["webhook_id"]
        row = next((row for row in town.shop.hooks.of(_account(asked)) if str(row["id"]) == wanted), None)
        return no(asked, 404, f"Webhook with id [{wanted}] not found") if row is None else act(asked, row)

    return handler


def _account(asked: Asked) -> str:
    return account_of(asked.headers["x-auth-token"])


def _fields(asked: Asked) -> JsonObject | Answer:
    """The body's fields, or the 501 for a body whose answer nobody has published."""
    try:
        body = asked.json()
    except ValueError:
        return unsettled(asked, "a body that is not JSON")
    if not isinstance(body, dict) or not body.keys() <= _FIELDS.keys():
        return unsettled(asked, f"a body with other fields than {', '.join(_FIELDS)}")
    wrong = [name for name, value in body.items() if not isinstance(value, _FIELDS[name])]
    wrong += (
        ["headers" for value in (body.get("headers") or {}).values() if not isinstance(value, str)] if not wrong else []
    )
    return unsettled(asked, f"{wrong[0]} of another type") if wrong else body


def _against(fields: JsonObject, others: list[JsonObject]) -> str:
    """The vendor's rule that this breaks, empty if none. That it refuses is documented, in what words is not."""
    try:
        parts = urlsplit(fields["destination"])
        served = parts.scheme == "https" and bool(parts.hostname) and parts.port in (None, 443)
    except ValueError:
        served = False
    if not served:
        return "a destination that is not https on port 443"
    same = [row for row in others if row["scope"] == fields["scope"]]
    if any(row["destination"] == fields["destination"] for row in same):
        return "a second webhook of one scope and destination"
    return f"more than {HOOKS_A_SCOPE} webhooks of one scope" if len(same) >= HOOKS_A_SCOPE else ""


def _one(row: JsonObject) -> Answer:
    return Answer(200, {"data": dict(row), "meta": {}})


def _refused(errors: dict[str, str]) -> Answer:
    title = "JSON data is missing or invalid"
    return Answer(422, {"status": 422, "title": title, "type": STATUS_CODES_PAGE, "errors": errors})
