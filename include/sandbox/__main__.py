"""`python -m include.sandbox --port 8900 [--empty]`: the sandbox as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import sys

import uvicorn

from include.sandbox.town import Town, server_config


async def _serve(town: Town, host: str, port: int) -> None:
    server = uvicorn.Server(server_config(town, host, port))
    serving = asyncio.create_task(server.serve())
    while not server.started and not serving.done():
        await asyncio.sleep(0.01)
    if server.started:
        address = server.servers[0].sockets[0].getsockname()
        sys.stdout.write(f"sandbox ready on http://{address[0]}:{address[1]}\n")
        sys.stdout.flush()
    await serving


def main() -> None:
    """Serve until SIGTERM or SIGINT. Prints one line when ready."""
    parser = argparse.ArgumentParser(prog="python -m include.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8900, help="0: any free port")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--empty", action="store_true", help="no orders, the plain organisation")
    wanted = parser.parse_args()
    try:
        asyncio.run(_serve(Town() if wanted.empty else Town.demo(), wanted.host, wanted.port))
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
