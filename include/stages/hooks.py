"""The webhooks that a store needs, held against those that its shop has, and made to agree.

The shop shows us our own account's only. One whose destination is not this store's door is foreign all the same: another
installation of ours may hang on it, so it is shown and left alone. The polling finds whatever no webhook tells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from include.clients.bigcommerce_hooks import Hook, Hooks
from include.clients.errors import Refused
from include.settings.store import Store

# webhooks.v3.yml; those of transactions are in docs/integrations/webhooks/events only (reference bigcommerce.md 9).
ORDER_SCOPES = tuple(
    f"store/order/{event}"
    for event in (
        "created",
        "updated",
        "archived",
        "statusUpdated",
        "refund/created",
        "transaction/created",
        "transaction/updated",
    )
)
PRODUCT_SCOPES = tuple(
    f"store/{what}/{event}" for what in ("product", "sku") for event in ("created", "updated", "deleted")
)
# Not those of addresses: what they bear is the address's number, not the customer's.
CUSTOMER_SCOPES = tuple(f"store/customer/{event}" for event in ("created", "updated", "deleted"))
STOCK_SCOPES = tuple(
    f"store/{what}/inventory/{event}" for what in ("product", "sku") for event in ("updated", "order/updated")
)


class NoDoorError(Exception):
    """The store says no address at which its door is found; the text names the setting."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What is registered, by what is to be done about it.

    right     ours, on, with the right headers
    off       ours, switched off by the vendor or by a person
    stale     ours, on, with other headers than the door takes now
    missing   the scopes that want one
    surplus   ours, of a scope that no enabled flow wants
    foreign   of another destination
    """

    right: tuple[Hook, ...]
    off: tuple[Hook, ...]
    stale: tuple[Hook, ...]
    missing: tuple[str, ...]
    surplus: tuple[Hook, ...]
    foreign: tuple[Hook, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every webhook that is wanted is there, on, and let in by the door."""
        return not (self.off or self.stale or self.missing)


def wanted(store: Store) -> tuple[str, ...]:
    """The scopes that the store's enabled flows want to hear of: orders always."""
    file = store.file
    return (
        *ORDER_SCOPES,
        *(PRODUCT_SCOPES if file.products.enabled else ()),
        *(CUSTOMER_SCOPES if file.customers.enabled else ()),
        *(STOCK_SCOPES if file.stock.enabled else ()),
    )


def destination(store: Store) -> str:
    """Where the shop finds this store's door. Raises NoDoorError."""
    url = store.file.webhooks.url.rstrip("/")
    if not url:
        raise NoDoorError(
            f"Store {store.key} has no `webhooks: url`: say there where the door is found from outside, "
            "such as https://bridge.example.com/bridge."
        )
    return f"{url}/hooks/bigcommerce/{store.key}"


def compared(scopes: Sequence[str], door: str, headers: Mapping[str, str], listed: Sequence[Hook]) -> Compared:
    """What is registered against what is wanted. Headers are compared without regard to the case of their names."""
    ours = [hook for hook in listed if hook.destination == door]
    kept = [hook for hook in ours if hook.scope in scopes]
    is_let_in = {hook.id: _lower(headers).items() <= _lower(hook.headers).items() for hook in kept}
    return Compared(
        right=tuple(hook for hook in kept if hook.is_active and is_let_in[hook.id]),
        off=tuple(hook for hook in kept if not hook.is_active),
        stale=tuple(hook for hook in kept if hook.is_active and not is_let_in[hook.id]),
        missing=tuple(scope for scope in scopes if scope not in {hook.scope for hook in kept}),
        surplus=tuple(hook for hook in ours if hook.scope not in scopes),
        foreign=tuple(hook for hook in listed if hook.destination != door),
    )


@dataclass(frozen=True, slots=True)
class Registered:
    """How many webhooks were made, switched on, renewed or removed; and why some were refused, by scope."""

    written: int
    refused: Mapping[str, str]


def register(hooks: Hooks, found: Compared, door: str, headers: Mapping[str, str]) -> Registered:
    """Make the wanted state. What is right is not touched, so a second time writes nothing.

    A scope that the shop refuses keeps none of the others back. Raises what the client raises besides: what was made before
    stands, and the next time goes on from there.
    """
    refused: dict[str, str] = {}
    written = 0
    acts: list[tuple[str, Callable[[], object]]] = [
        *((hook.scope, partial(hooks.renew, hook.id, headers)) for hook in (*found.off, *found.stale)),
        *((scope, partial(hooks.make, scope, door, headers)) for scope in found.missing),
        *((hook.scope, partial(hooks.delete, hook.id)) for hook in found.surplus),
    ]
    for scope, act in acts:
        try:
            act()
        except Refused as error:
            refused[scope] = "; ".join(error.problems) or str(error)
        else:
            written += 1
    return Registered(written, refused)


def remove(hooks: Hooks, found: Compared) -> int:
    """Take all of ours away; how many there were."""
    ours = (*found.right, *found.off, *found.stale, *found.surplus)
    for hook in ours:
        hooks.delete(hook.id)
    return len(ours)


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
