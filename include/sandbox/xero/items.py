"""The price list: items, tracked and untracked, read and written (see `stock` for how documents move what is on hand).

Source  spec Item, Purchase; recordings nango-items-tracked-and-untracked-trimmed, nango-item-create, docketworks-item-update;
        reference xero.md 7.

An item is tracked when it has both an inventory and a cost account. What is on hand moves through documents only: its
quantity, its value and the word that it is tracked are read-only, and what a request says of them counts for nothing.
That they are ignored, and not refused, is [U]: the reference only says not to send them.

An item that was made inactive is not listed, and its Code stays taken; that Codes differ by more than letter case is
[U] both, and taken here as what is harder for whoever writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from include.sandbox.ground import Answer, Asked, NeverSeen
from include.sandbox.xero import answers, batches, dates, listing, reference_data, stock
from include.sandbox.xero.arithmetic import half_up
from include.sandbox.xero.ledger import Ledger
from include.sandbox.xero.reading import Verdict, known_only, number_of, places_of, text_of
from include.sandbox.xero.records import NOBODY, Json
from include.sandbox.xero.where import Column, Columns

_FIELDS = (
    "Code",
    "Name",
    "Description",
    "PurchaseDescription",
    "PurchaseDetails",
    "SalesDetails",
    "InventoryAssetAccountCode",
    "IsSold",
    "IsPurchased",
)
_READ_ONLY = ("QuantityOnHand", "TotalCostPool", "IsTrackedAsInventory")
_IGNORED = ("ItemID", "UpdatedDateUTC", "ValidationErrors", "StatusAttributeString")
_DETAILS = ("UnitPrice", "AccountCode", "COGSAccountCode", "TaxType")
_LENGTHS_MAX = {"Code": 30, "Name": 50, "Description": 4000, "PurchaseDescription": 4000}

COLUMNS: Columns = {
    "Code": Column("text", lambda item: item.get("Code")),
    "Name": Column("text", lambda item: item.get("Name")),
    "UpdatedDateUTC": Column("moment", lambda item: item["UpdatedDateUTC"]),
}


def listed(ledger: Ledger, asked: Asked) -> Answer:
    """GET /Items: all of them in one answer."""
    places = places_of(asked.query)
    return listing.listed(
        ledger,
        asked,
        "Items",
        ledger.items.values(),
        COLUMNS,
        lambda item: shown(item, places),
        lambda item: item["UpdatedDateUTC"],
        is_paged=False,
    )


def single(ledger: Ledger, asked: Asked) -> Answer:
    """GET /Items/{ItemID}. By its code instead of its id: [U], not given."""
    found = _with_id(ledger, asked.params["ItemID"])
    if found is None:
        if asked.params["ItemID"] in ledger.items:
            raise NeverSeen("an item read by its code: the spec reads by id only")
        return listing.missing()
    return Answer(200, answers.envelope(ledger, "Items", [_alone(found, asked)]))


def create(ledger: Ledger, asked: Asked) -> Answer:
    """PUT /Items: every element is a new item; a Code that is in use is refused."""

    def work(element: Mapping[str, Any], verdict: Verdict) -> Json:
        code = text_of(element, "Code")
        if _is_taken(ledger, code or ""):
            # The doubled quotes are the vendor's (spec, example of the 400).
            verdict.refuse(f"Price List Item with Code ''{code}'' already exists")
        return _written(ledger, asked, element, None, verdict)

    return batches.run(ledger, asked, "Items", work, echo=lambda element: _refused(ledger, element, {}, None))


def update_or_create(ledger: Ledger, asked: Asked) -> Answer:
    """POST /Items: an element whose id or Code exists changes that item; what is not sent stays (recorded)."""

    def work(element: Mapping[str, Any], verdict: Verdict) -> Json:
        item_id, code = text_of(element, "ItemID"), text_of(element, "Code")
        before = _with_id(ledger, item_id) if item_id else ledger.items.get(code or "")
        if item_id and before is None:
            raise NeverSeen("POST of an item with an ItemID that nobody has, or that is inactive")
        if before is None and _is_taken(ledger, code or ""):
            verdict.refuse(f"Price List Item with Code ''{code}'' already exists")
        return _written(ledger, asked, element, before, verdict)

    return batches.run(ledger, asked, "Items", work, echo=lambda element: _refused(ledger, element, {}, None))


def update(ledger: Ledger, asked: Asked) -> Answer:
    """POST /Items/{ItemID}: changes that one."""
    before = _with_id(ledger, asked.params["ItemID"])
    if before is None:
        return listing.missing()

    def work(element: Mapping[str, Any], verdict: Verdict) -> Json:
        return _written(ledger, asked, element, before, verdict)

    return batches.run(
        ledger, asked, "Items", work, may_be_bare=True, echo=lambda element: _refused(ledger, element, {}, before)
    )


def shown(item: Json, places: int) -> Json:
    """An item as Xero writes it: prices with two decimals, or four with `unitdp=4`; its stamp without an offset."""
    answer = reference_data.stamped([item], with_offset=False)[0]
    for details in ("SalesDetails", "PurchaseDetails"):
        if "UnitPrice" in item[details]:
            answer[details] = item[details] | {"UnitPrice": half_up(item[details]["UnitPrice"], places)}
    return answer


def _alone(item: Json, asked: Asked) -> Json:
    return shown(item, places_of(asked.query)) | {"ValidationErrors": []}


def _with_id(ledger: Ledger, item_id: str) -> Json | None:
    return next((item for item in ledger.items.values() if item["ItemID"] == item_id.lower()), None)


def _is_taken(ledger: Ledger, code: str, but: str | None = None) -> bool:
    """Whether an item has this Code in any letter case, an inactive one too; `but` is the Code of the one that is asked for."""
    taken = {*map(str.casefold, ledger.items), *map(str.casefold, ledger.inactive_items)}
    return code.casefold() in taken - ({but.casefold()} if but is not None else set())


def _written(ledger: Ledger, asked: Asked, element: Mapping[str, Any], before: Json | None, verdict: Verdict) -> Json:
    """The item that the element makes, or makes of `before`, stored; what was sent when the verdict refuses it."""
    known_only(element, (*_FIELDS, *_READ_ONLY, *_IGNORED), "an item")
    given: Json = {name: element[name] for name in _FIELDS if element.get(name) is not None}
    for name in ("SalesDetails", "PurchaseDetails"):
        if name in given:
            given[name] = _details(given[name])
    code = str(given.get("Code") or (before["Code"] if before else ""))
    _judge(ledger, given, code, before, verdict)
    if verdict.errors:
        return _refused(ledger, element, given, before)
    if before is None:
        whole = stock.item_of(given, ledger.clock.now())
        # Words that were not sent do not come back (recorded in nango-item-create).
        unsaid = {name for name in ("Description", "PurchaseDescription") if name not in given}
        item = {name: value for name, value in whole.items() if name not in unsaid}
    else:
        item = before | given | {"UpdatedDateUTC": ledger.clock.now()}
    others = dict(ledger.items)
    if before is not None and before["Code"] != code:
        del others[before["Code"]]
    ledger.items = others | {code: item}
    return _alone(item, asked)


def _refused(ledger: Ledger, element: Mapping[str, Any], given: Json, before: Json | None) -> Json:
    """A refused item: the wish, in the fields of the spec's example of the 400."""
    # A text that is too long comes back cut: what Xero does is [U], and its description allows no longer one.
    named = ("Code", "Description", "Name")
    said = {name: str(element[name])[: _LENGTHS_MAX[name]] for name in named if element.get(name)}
    rest = {
        "ItemID": before["ItemID"] if before else NOBODY,
        "UpdatedDateUTC": dates.bare_stamp(ledger.clock.now()),
        "PurchaseDetails": given.get("PurchaseDetails", {}),
        "SalesDetails": given.get("SalesDetails", {}),
        "IsTrackedAsInventory": before["IsTrackedAsInventory"] if before else False,
        "IsSold": True,
        "IsPurchased": True,
    }
    return {"Code": before["Code"] if before else "", "Name": before["Name"] if before else ""} | said | rest


def _judge(ledger: Ledger, given: Json, code: str, before: Json | None, verdict: Verdict) -> None:
    if not code:
        raise NeverSeen("an item without a Code")
    for name, length in _LENGTHS_MAX.items():
        if len(str(given.get(name, ""))) > length:
            verdict.refuse(f"{name} exceeds {length} characters.")  # the limit is the spec's, not the words
    if before is not None and _is_taken(ledger, code, before["Code"]):
        verdict.refuse(f"Price List Item with Code ''{code}'' already exists")
    account = ledger.account(code=given.get("InventoryAssetAccountCode"))
    if "InventoryAssetAccountCode" in given and (account is None or account["Type"] != "INVENTORY"):
        verdict.refuse(
            "The inventory asset account must be of type INVENTORY."
        )  # the rule is the spec's, not the words
    if before is not None and stock.is_tracked(before | given) != before["IsTrackedAsInventory"]:
        raise NeverSeen("an item that begins or ends to be tracked")


def _details(given: object) -> Json:
    wish = known_only(given, _DETAILS, "the details of an item")
    price = number_of(wish, "UnitPrice")
    plain = {name: str(wish[name]) for name in _DETAILS if name != "UnitPrice" and wish.get(name) is not None}
    return plain | ({"UnitPrice": price} if price is not None else {})
