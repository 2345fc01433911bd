"""`make webhooks STORE=.. [DO=show|register|remove]`: the webhooks that the shop sends to our door.

`show` ends with 1 where something is missing, switched off or not let in by the door. Xero has no call for webhooks: what is to
be entered in its developer portal is printed.
"""

import argparse
import os
import sys

from include.clients.errors import ApiError
from include.commands.asked import store, vendors
from include.commands.stack.processes import StackError
from include.commands.surroundings import surroundings
from include.settings.door_secret import HEADER, door_secret
from include.settings.store import Store
from include.stages import hooks


def main() -> int:
    """Show, register or remove. 0: as wanted, 1: not so, 2: it could not be asked."""
    parser = argparse.ArgumentParser(prog="webhooks", description=__doc__)
    parser.add_argument("--store", type=store, required=True)
    parser.add_argument("--do", choices=("show", "register", "remove"), default="show")
    asked = parser.parse_args()
    try:
        key = surroundings(os.environ).environment.get("BRIDGE_KEY", "")
        if key:
            os.environ.setdefault("BRIDGE_KEY", key)
        door = hooks.destination(asked.store)
        headers = {HEADER: door_secret(asked.store.key)}
    except (hooks.NoDoorError, StackError, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 2
    try:
        with vendors(asked.store) as (shop, _):
            listed = shop.hooks.listed()
            found = hooks.compared(hooks.wanted(asked.store), door, headers, listed)
            if asked.do == "remove":
                print(f"{hooks.remove(shop.hooks, found)} webhooks of {asked.store.key} are removed.")
                return 0
            if asked.do == "register":
                done = hooks.register(shop.hooks, found, door, headers)
                found = hooks.compared(hooks.wanted(asked.store), door, headers, shop.hooks.listed())
                print(f"{done.written} webhooks were made, switched on, renewed or removed.")
                for scope, words in done.refused.items():
                    print(f"  {scope}: refused, {words}")
    except ApiError as problem:
        words = "; ".join(getattr(problem, "problems", ()))
        print(f"{problem}{f' ({words})' if words else ''} Ask again: what is done already stays done.", file=sys.stderr)
        return 2
    _show(asked.store, door, found)
    return 0 if found.is_complete else 1


def _show(store: Store, door: str, found: hooks.Compared) -> None:
    print(f"Door of {store.key}: {door}")
    for what, group in (
        ("registered", found.right),
        ("switched off, `DO=register` switches it on", found.off),
        ("not let in by the door, `DO=register` renews its secret", found.stale),
        ("not wanted by any enabled flow, `DO=register` removes it", found.surplus),
    ):
        for hook in group:
            print(f"  {hook.scope}: {what}")
    for scope in found.missing:
        print(f"  {scope}: missing, `DO=register` makes it")
    for hook in found.foreign:
        print(f"  {hook.scope}: goes to another destination (webhook {hook.id}), left alone")
    url = store.file.webhooks.url.rstrip("/")
    print(f"Xero, developer portal, Webhooks, delivery URL: {url}/hooks/xero/{store.file.xero.organisation}")


if __name__ == "__main__":
    sys.exit(main())
