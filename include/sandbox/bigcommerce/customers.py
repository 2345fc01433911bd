"""V3 customers and their addresses: whoever bought with an account, and whoever only has one (reference bigcommerce.md 7)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from include.sandbox.bigcommerce.answers import PAGE_DEFAULT, UnsettledError, unsettled, v3_page, window_of
from include.sandbox.bigcommerce.moments import iso, read
from include.sandbox.ground import Answer, Asked, Clock, Handler, Tell, untold

if TYPE_CHECKING:
    from include.sandbox.bigcommerce.shop import JsonObject, Shop
    from include.sandbox.town import Town

#: Parameters that choose customers (customers.v3.yml getCustomers). The others are asked in vain (501).
FILTERS = (
    "id:in",
    "email:in",
    "company:in",
    "customer_group_id:in",
    "date_created:min",
    "date_created:max",
    "date_modified:min",
    "date_modified:max",
)
QUERY = (*FILTERS, "include", "sort", "after", "before", "page", "limit")
ADDRESS_QUERY = ("customer_id:in", "id:in", "include", "page", "limit")
ADDRESSES_MAX = 10  # of a customer, with include=addresses (customers.v3.yml customer_Full)
_INCLUDES = ("addresses", "formfields")


class Customers:
    """The accounts of a shop, beside those that its orders tell of.

    A customer who bought is there without being put; one that is put stands as it was put, and one that was removed is
    gone, whatever orders say: an order keeps the id of a customer who was deleted.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._put: dict[int, JsonObject] = {}
        self.tell: Tell = untold
        self._gone: set[int] = set()

    def put(self, customer_id: int, **fields: Any) -> None:
        """Add or replace an account. `addresses` and `form_fields` as the vendor spells them; the dates are now if unsaid."""
        now = iso(self._clock.now())
        given = {"date_created": now, "date_modified": now, **deepcopy(fields)}
        addresses = [
            {"id": customer_id * 100 + place, "customer_id": customer_id, **_ADDRESS, **each}
            for place, each in enumerate(given.pop("addresses", ()), 1)
        ]
        form_fields = [{"customer_id": customer_id, **each} for each in given.pop("form_fields", ())]
        is_new = customer_id not in self._put
        self._put[customer_id] = {
            "id": customer_id,
            **_CUSTOMER,
            **given,
            "addresses": addresses,
            "form_fields": form_fields,
        }
        self._gone.discard(customer_id)
        self._tell("created" if is_new else "updated", customer_id)

    def _tell(self, what: str, customer_id: int) -> None:
        self.tell(f"store/customer/{what}", {"type": "customer", "id": customer_id})

    def touch(self, customer_id: int, **fields: Any) -> None:
        """Edit an account that was put, and move its `date_modified` to now. Raises KeyError."""
        before = self._put[customer_id]
        self.put(customer_id, **{**before, "date_modified": iso(self._clock.now()), **fields})

    def remove(self, customer_id: int) -> None:
        """Delete an account: no list and no call has it any more, and nothing says that it was there."""
        self._put.pop(customer_id, None)
        self._gone.add(customer_id)
        self._tell("deleted", customer_id)

    def rows(self, shop: Shop) -> list[JsonObject]:
        """Every account with all that can be included. The newest first, as the captured page has them."""
        found = {**{row["id"]: row for row in buyers(shop)}, **self._put}
        return [found[customer_id] for customer_id in sorted(found, reverse=True) if customer_id not in self._gone]


_CUSTOMER = {
    "authentication": {"force_password_reset": False},
    "company": "",
    "customer_group_id": 0,
    "email": "",
    "first_name": "",
    "last_name": "",
    "notes": "",
    "phone": "",
    "registration_ip_address": "",
    "tax_exempt_category": "",
    "accepts_product_review_abandoned_cart_emails": False,
    "origin_channel_id": 1,
    "channel_ids": None,
}
_ADDRESS = {
    "address1": "",
    "address2": "",
    "address_type": "residential",
    "city": "",
    "company": "",
    "country": "",
    "country_code": "",
    "first_name": "",
    "last_name": "",
    "phone": "",
    "postal_code": "",
    "state_or_province": "",
}


def buyers(shop: Shop) -> list[JsonObject]:
    """Every registered customer that an order names, as its latest order's billing address spells them; by id."""
    found: dict[int, JsonObject] = {}
    for kept in shop:
        order = kept.order
        if order["customer_id"]:
            address = order["billing_address"]
            moment = iso(kept.created)
            found[order["customer_id"]] = {
                "id": order["customer_id"],
                **_CUSTOMER,
                **{name: address[name] for name in ("company", "email", "first_name", "last_name", "phone")},
                "date_created": moment,
                "date_modified": moment,
                "addresses": [],
                "form_fields": [],
            }
    return [found[customer_id] for customer_id in sorted(found)]


def customers(town: Town) -> Handler:
    """GET /customers."""

    def handler(asked: Asked) -> Answer:
        try:
            includes = _includes(asked, _INCLUDES)
            _bounds_are_known(asked)
            rows = _sorted(asked, [row for row in town.shop.customers.rows(town.shop) if _is_chosen(asked, row)])
            shown = [_shown(row, includes) for row in rows]
            return _page(asked, shown)
        except UnsettledError as error:
            return unsettled(asked, str(error))

    return handler


def addresses(town: Town) -> Handler:
    """GET /customers/addresses: those of all customers, or of some."""

    def handler(asked: Asked) -> Answer:
        try:
            _includes(asked, ("formfields",))
        except UnsettledError as error:
            return unsettled(asked, str(error))
        rows = [each for row in town.shop.customers.rows(town.shop) for each in row["addresses"]]
        for parameter, name in (("customer_id:in", "customer_id"), ("id:in", "id")):
            if parameter in asked.query:
                wanted = asked.query[parameter].split(",")
                rows = [row for row in rows if str(row[name]) in wanted]
        return v3_page(asked, rows)

    return handler


def _includes(asked: Asked, known: tuple[str, ...]) -> set[str]:
    includes = set(filter(None, asked.query.get("include", "").split(",")))
    if unknown := sorted(includes - set(known)):
        raise UnsettledError(f"include={','.join(unknown)}")
    return includes


def _bounds_are_known(asked: Asked) -> None:
    for parameter in FILTERS:
        if parameter.startswith("date_") and parameter in asked.query and read(asked.query[parameter]) is None:
            raise UnsettledError(f"{parameter}={asked.query[parameter]}: a date without a zone")


def _is_chosen(asked: Asked, row: Mapping[str, Any]) -> bool:
    for parameter in FILTERS:
        if parameter not in asked.query:
            continue
        name, _, how = parameter.partition(":")
        value = asked.query[parameter]
        if how == "in" and str(row[name]) not in value.split(","):
            return False
        if how != "in":
            bound, moment = read(value), read(str(row[name]))
            assert bound is not None  # looked at before
            assert moment is not None  # ours
            # "Modified after this date": whether the moment itself is in is not known; here it is, as in V2.
            if (moment < bound) if how == "min" else (moment > bound):
                return False
    return True


def _sorted(asked: Asked, rows: list[JsonObject]) -> list[JsonObject]:
    if "sort" not in asked.query:
        return rows
    if "after" in asked.query or "before" in asked.query:
        raise UnsettledError("a cursor in a list that is sorted")
    name, _, way = asked.query["sort"].partition(":")
    if name not in ("date_created", "date_modified", "last_name") or way not in ("asc", "desc"):
        raise UnsettledError(f"sort={asked.query['sort']}")
    key: Callable[[JsonObject], Any] = lambda row: (row[name], row["id"])  # noqa: E731
    return sorted(rows, key=key, reverse=way == "desc")


def _shown(row: JsonObject, includes: set[str]) -> JsonObject:
    hidden = {"addresses", "form_fields"}
    shown = {name: value for name, value in row.items() if name not in hidden}
    if "addresses" in includes:
        shown["addresses"] = row["addresses"][:ADDRESSES_MAX]
        shown["address_count"] = len(row["addresses"])
    if "formfields" in includes:
        shown["form_fields"] = row["form_fields"]
    return shown


def _page(asked: Asked, rows: list[JsonObject]) -> Answer:
    """By page with `pagination`, the first one with a cursor too; by cursor with `cursor_pagination` alone (spec)."""
    _, limit = window_of(asked.query)
    if "before" in asked.query:
        raise UnsettledError("before: nobody has recorded which end of the list is kept")
    if "after" not in asked.query:
        answer = v3_page(asked, rows)
        if asked.query.get("page", "1") == "1" and isinstance(answer.body, dict):
            answer.body["meta"]["cursor_pagination"] = _cursors(rows[:limit], limit, more=len(rows) > limit)
        return answer
    last = _id_in(asked.query["after"])
    rest = [row for row in rows if row["id"] < last]
    cut = rest[:limit]
    return Answer(200, {"data": cut, "meta": {"cursor_pagination": _cursors(cut, limit, more=len(rest) > limit)}})


def _cursors(rows: list[JsonObject], limit: int, *, more: bool) -> JsonObject:
    """`links` is empty where nothing follows; the cursors are there all the same (captured customers page)."""
    found: JsonObject = {"count": len(rows), "per_page": limit, "links": {}}
    if rows:
        found |= {"start_cursor": cursor_of(rows[0]["id"]), "end_cursor": cursor_of(rows[-1]["id"])}
    if more:
        found["links"] = {"next": f"?after={cursor_of(rows[-1]['id'])}&limit={limit or PAGE_DEFAULT}"}
    return found


def cursor_of(customer_id: int) -> str:
    """As captured: `{"id":12}` in base64 without its padding."""
    return (
        base64.urlsafe_b64encode(json.dumps({"id": customer_id}, separators=(",", ":")).encode()).decode().rstrip("=")
    )


def _id_in(cursor: str) -> int:
    try:
        return int(json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))["id"])
    except (ValueError, KeyError, TypeError):
        raise UnsettledError("a cursor that is not one of ours") from None
