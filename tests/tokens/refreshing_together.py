"""A program for a test: fork so many processes, have each ask the books once at the same moment, say how it went.

    python refreshing_together.py '{"processes": 20, "base": ..., "dsn": ..., "connection": ..., "key": ..., "grant": ...}'

With "die": "after the answer" the only process kills itself as soon as Xero has answered, before anything is kept.
"""

import json
import os
import signal
import sys
import time

from include.clients.errors import ApiError
from include.clients.sending import trusted
from include.clients.xero import Xero
from include.keepers.tokens import KeptTokens
from include.keepers.vault import Vault


class Dying(KeptTokens):
    """A process that is killed between the answer and the keeping."""

    def _keep(self, *anything: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


def one(told: dict, start: float) -> int:
    kept = Dying if told.get("die") else KeptTokens
    books = Xero.open(
        base_url=told["base"],
        token_url=f"{told['base']}/connect/token",
        client_id="sandbox-client",
        client_secret="sandbox-secret",
        tenant_id=None,
        grant=told["grant"],
        tokens=kept(told["dsn"], told["connection"], Vault([told["key"]])),
    )
    time.sleep(max(0.0, start - time.monotonic()))
    try:
        with books:
            books.organisation()
    except ApiError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    return 0


def main() -> int:
    told = json.loads(sys.argv[1])
    trusted()  # read once, before there are twenty
    start = time.monotonic() + 0.3
    children = []
    for _ in range(told["processes"]):
        child = os.fork()
        if not child:
            os._exit(one(told, start))
        children.append(child)
    ended = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    print(json.dumps(ended))
    return 0


if __name__ == "__main__":
    sys.exit(main())
