"""The shop, asked: token, scopes, currency and zone, quota, clock. Reads only, one row a call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from include.clients.errors import ApiError, NotAllowed
from include.commands.doctor.vendor_clock import clock_against
from include.connecting.shop_scopes import SCOPES, Asking, Scope, look
from include.settings.connections import Connection, shop_arguments
from include.settings.finding import Finding, fail, ok, warn
from include.settings.store import Store

NEW_ACCOUNT = "A token's scopes cannot be changed: make a new store-level API account with"
QUOTA_TOLD = 20  # calls of a 30 s window: below it another app spends the store's quota


@dataclass
class ShopFound:
    """What the books' questions want to know of the shop."""

    currency: str = ""
    zone: str = ""


def ask_the_shop(connection: Connection, store: Store, found: ShopFound) -> Iterator[Finding]:
    """All that is asked of BigCommerce. `found` is filled on the way."""
    check = f"connection {connection.conn_id}"
    where = f"Correct Connection {connection.conn_id}"
    try:
        arguments = shop_arguments(connection)
        asking = Asking(**arguments)
    except ValueError as error:
        yield fail(check, f"{error}.", f"{where}: its form names each field.")
        return
    try:
        if connection.conn_type not in ("", "bigcommerce"):
            yield fail(check, f"it is of type {connection.conn_type!r}.", f"{where}: its type is BigCommerce store.")
        if arguments["store_hash"] != store.file.bigcommerce.store_hash:
            yield fail(
                "store hash",
                f"the Connection says {arguments['store_hash']}, the settings {store.file.bigcommerce.store_hash}.",
                f"They must be one store: correct Connection {connection.conn_id} or {store.path.name}.",
            )
        yield from _through_the_door(check, where, asking, store, found)
    finally:
        asking.close()


def _through_the_door(check: str, where: str, asking: Asking, store: Store, found: ShopFound) -> Iterator[Finding]:
    scopes = [scope for scope in SCOPES if store.file.customers.enabled or not scope.for_customers]
    seen = look(asking, scopes)
    answers, refused = seen.answers, seen.refused
    if seen.stopped is not None:
        remedy = f"See whether the API base URL of {where.split()[-1]} is right, and retry."
        if seen.is_token:
            remedy = f"{where}: paste the token of an account that exists."
        yield fail(check, f"{seen.stopped}", remedy)
        return
    if not answers:
        yield fail(
            check, "BigCommerce refuses every call (403).", f"{where}: the store hash is most likely another store's."
        )
        return
    yield ok(check, "BigCommerce answers and accepts the token.")
    for scope in scopes:
        yield _scope_finding(scope, refused.get(scope.name), store)
    if isinstance(answers.get("information"), dict):
        yield from _store_itself(answers["information"], found)
        yield _clock(asking, store)
    if store.file.stock.enabled and isinstance(answers.get("locations"), dict):
        yield from _locations(answers["locations"], store)
    yield from _quota(asking)


def _scope_finding(scope: Scope, refused: ApiError | None, store: Store) -> Finding:
    check = f"scope {scope.name}"
    if refused is None:
        return ok(check, f"readable: {scope.needed_for}.")
    remedy = f"{NEW_ACCOUNT} {scope.panel}."
    if not isinstance(refused, NotAllowed):
        remedy = "Retry; if it stays, ask BigCommerce's support with this sentence."
    if scope.is_needed(store):
        return fail(check, f"needed for {scope.needed_for}: {refused}", remedy)
    return warn(check, f"only a flow that is off needs it, of {scope.needed_for}: {refused}", remedy)


def _store_itself(content: Mapping[str, Any], found: ShopFound) -> Iterator[Finding]:
    zone = content.get("timezone")
    found.currency = str(content.get("currency") or "")
    found.zone = str(zone.get("name") or "") if isinstance(zone, dict) else ""
    name, plan = content.get("name") or "a store without a name", content.get("plan_name") or "a plan not named"
    if not found.currency or not found.zone:
        yield warn(
            "store", f"{name} does not say its currency or time zone.", "Set both in the control panel: store profile."
        )
        return
    yield ok("store", f"{name}: {found.currency}, {found.zone}, plan {plan}.")


def _locations(content: Mapping[str, Any], store: Store) -> Iterator[Finding]:
    """The locations that stock is written to, and those whose units are taken off."""
    stock = store.file.stock
    rows = {row.get("id"): row for row in content.get("data") or () if isinstance(row, dict)}
    for wanted in dict.fromkeys((stock.location_id, *stock.locations.values(), *stock.elsewhere)):
        check = "stock location" if wanted == stock.location_id else f"stock location {wanted}"
        row = rows.get(wanted)
        if row is None:
            remedy = f"Correct {store.place_of('stock')}: the shop has {list(rows)}."
            yield fail(check, f"the shop has no location {wanted}.", remedy)
        elif row.get("enabled") is False and wanted not in stock.elsewhere:
            remedy = "Enable it in the control panel."
            yield fail(check, f"location {wanted} is disabled: it cannot be edited.", remedy)
        else:
            yield ok(check, f"{row.get('label') or row.get('code') or wanted} (id {wanted}).")


def _clock(asking: Asking, store: Store) -> Finding:
    overlap_s = store.file.window.overlap_minutes * 60
    try:
        content = asking.get("/v2/time", {})
    except ApiError:
        return clock_against("BigCommerce", asking.listening.their_moment, asking.listening.our_moment, overlap_s)
    said = content.get("time") if isinstance(content, dict) else None
    theirs = datetime.fromtimestamp(said, UTC) if isinstance(said, int) and 0 < said < 2**35 else None
    return clock_against("BigCommerce", theirs, asking.listening.our_moment, overlap_s)


def _quota(asking: Asking) -> Iterator[Finding]:
    left = asking.listening.number("x-rate-limit-requests-left")
    quota = asking.listening.number("x-rate-limit-requests-quota")
    if left is None or quota is None:
        return
    words = f"{left} of {quota} calls are left in this window, for all apps of the store."
    if left < QUOTA_TOLD:
        yield warn("quota of the store", words, "Find the app that spends it, or run at another hour.")
    else:
        yield ok("quota of the store", words)
