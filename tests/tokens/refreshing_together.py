"""A program for a test: fork so many processes, have each ask the books once at the same moment, say how it went.

    python refreshing_together.py '{"processes": 20, "base": ..., "dsn": ..., "connection": ..., "key": ..., "grant": ...}'

With "die": "after the answer" the only process kills itself as soon as Xero has answered, before anything is kept.
"""

import json
import os
import signal
import sys

from include.clients.errors import ApiError
from include.clients.sending import trusted
from include.clients.xero import Xero
from include.keepers.tokens import KeptTokens
from include.keepers.vault import Vault


class Dying(KeptTokens):
    """A process that is killed between the answer and the keeping."""

    def _keep(self, *anything: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


def one(told: dict, ready: int, go: int) -> int:
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
    os.write(ready, b"1")
    os.read(go, 1)  # comes back when the last of us is ready
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
    (ready, are_ready), (gone, go) = os.pipe(), os.pipe()
    children = []
    for _ in range(told["processes"]):
        child = os.fork()
        if not child:
            os.close(go)
            os._exit(one(told, are_ready, gone))
        children.append(child)
    for _ in children:
        os.read(ready, 1)
    os.close(go)
    ended = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    sys.stdout.write(json.dumps(ended))
    return 0


if __name__ == "__main__":
    sys.exit(main())
