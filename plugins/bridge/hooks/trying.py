"""A Connection is tried for real: what answered, which scopes are there, how many calls are left; or what to do.

Airflow's Test button and the console's ask the same. Nothing is written, and no secret is in a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bridge.hooks.fields import masked

if TYPE_CHECKING:
    from include.clients.xero import Xero
    from include.settings.store import Store

WITHOUT_A_STORE = ("information", "orders", "transactions")  # what every store needs


@dataclass(frozen=True)
class Tried:
    """What came of it, in a sentence. lacks: the scopes that are needed or may be, and are not there."""

    worked: bool
    said: str
    lacks: tuple[str, ...] = ()


def try_shop(connection: Any, store: Store | None = None) -> Tried:
    """Ask BigCommerce once for each scope. store: whose flows say which are needed."""
    from include.clients.errors import NotAllowed
    from include.connecting.shop_scopes import SCOPES, Asking, look
    from include.settings.connections import shop_arguments

    try:
        arguments = masked(shop_arguments(connection))
        asking = Asking(**arguments)
    except ValueError as error:
        return Tried(False, f"{error}. Correct it in the Connection's form, under Admin, Connections.")
    try:
        if store is not None and arguments["store_hash"] != store.file.bigcommerce.store_hash:
            mine = store.file.bigcommerce.store_hash
            return Tried(
                False, f"The Connection is of the store {arguments['store_hash']}, {store.path.name} of {mine}."
            )
        seen = look(asking)
        left, quota = (asking.listening.number(f"x-rate-limit-requests-{name}") for name in ("left", "quota"))
    finally:
        asking.close()
    if seen.stopped is not None:
        remedy = (
            "Paste the token of an API account that exists."
            if seen.is_token
            else "See whether the API base URL is right."
        )
        return Tried(False, f"{seen.stopped} {remedy}")
    if not seen.answers:
        return Tried(False, "BigCommerce refuses every call (403): the store hash is most likely another store's.")
    lacks = seen.lacks()
    needed = [scope for scope in lacks if (scope.is_needed(store) if store else scope.name in WITHOUT_A_STORE)]
    information = seen.answers.get("information")
    content = information if isinstance(information, dict) else {}
    name, currency = content.get("name") or "the store", content.get("currency") or "a currency that it does not tell"
    said = [f"BigCommerce answers for {name}, in {currency}."]
    said.append(_lacking([(f"{scope.panel}", scope.needed_for, scope in needed) for scope in lacks], len(SCOPES)))
    failed = [error for error in seen.refused.values() if not isinstance(error, NotAllowed)]
    if failed:
        said.append(f"Asked again later: {failed[0]}")
    if left is not None and quota is not None:
        said.append(f"{left} of {quota} calls are left in this window.")
    return Tried(not needed and not failed, " ".join(said), tuple(scope.name for scope in lacks))


def try_books(connection: Any, client: Xero) -> Tried:
    """Ask Xero for the organisation, with a client that the caller opened. Raises ApiError."""
    from include.connecting.books_scopes import NEEDED_FOR, lacking, needed_by

    organisation = client.organisation()
    said = [f"Xero answers for {organisation.get('Name')}, in {organisation.get('BaseCurrency')}."]
    needed = needed_by(connection)
    lacks = lacking(client.granted, needed) if client.granted else []
    if client.granted:
        said.append(_lacking([(scope, NEEDED_FOR.get(scope, "what you added"), True) for scope in lacks], len(needed)))
    else:
        said.append("It does not say which scopes were given.")
    left = client.calls_left_day
    if left is not None:
        said.append(f"{left:,} calls are left today.")
    return Tried(not lacks, " ".join(said), tuple(lacks))


def _lacking(lacks: list[tuple[str, str, bool]], asked: int) -> str:
    if not lacks:
        return f"All {asked} scopes are there."
    missing = [f"{name} (for {why})" for name, why, is_needed in lacks if is_needed]
    spare = [f"{name} (for {why})" for name, why, is_needed in lacks if not is_needed]
    said = [f"Missing: {', '.join(missing)}."] if missing else []
    if spare:
        said.append(f"Not there, and needed only if you switch that on: {', '.join(spare)}.")
    return " ".join(said)
