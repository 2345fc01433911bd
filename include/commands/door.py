"""`python -m include.commands.door`: the webhook door by itself, where Airflow's api-server must not be seen from outside.

It reads `BRIDGE_DSN`, `BRIDGE_KEY` and the Connections that the store files name (`AIRFLOW_CONN_..`, or an Airflow that
this environment names). A proxy with the certificate stands before it (docs/door.md).
"""

import argparse
import os

from include.commands.stack.places import HOST
from include.door.app import door
from include.door.keeping import Keeper
from include.door.known import Register
from include.settings.connections import read

KEPT_S = 3600.0  # the environment does not change, and to ask an Airflow for its Connections takes seconds of a process


def main() -> None:
    """Serve until somebody ends it; what was taken is kept before it ends."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.routing import Mount

    parser = argparse.ArgumentParser(prog="door", description=__doc__)
    parser.add_argument("--host", default=HOST)
    parser.add_argument("--port", type=int, default=8090)
    asked = parser.parse_args()
    keeper = Keeper()
    register = Register(lambda name: read(name, os.environ), KEPT_S)
    register.reading()
    keeper.open()
    # The same path as in Airflow: the address that the vendors know does not change with where the door stands.
    app = Starlette(routes=[Mount("/bridge/hooks", door(register, keeper))])
    try:
        uvicorn.run(app, host=asked.host, port=asked.port, log_level="warning", access_log=False)
    finally:
        keeper.close()


if __name__ == "__main__":
    main()
