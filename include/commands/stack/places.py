"""Where the stack keeps things, and which ports are free."""

from __future__ import annotations

import contextlib
import os
import socket
import zlib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
LOCAL = ROOT / ".local"
HOST = "127.0.0.1"

# Asked for first, so that links and bookmarks mean the same from day to day. All lie below the range from which
# operating systems give ports to outgoing connections, or one of those could take a port between choice and use.
PORTS = {"airflow": 8080, "sandbox": 8900, "mailbox": 8025, "smtp": 2525, "postgres": 15432}
PORTS_TRIED_MAX = 300


def shown(path: Path) -> str:
    """A path as one types it in the checkout; absolute if it lies elsewhere."""
    return os.path.relpath(path, ROOT) if path.is_relative_to(ROOT) else str(path)


class FreePorts:
    """A port for each part. They stay reserved until `release`, so that two stacks starting together never share one."""

    def __init__(self, folder: Path) -> None:
        self._held: list[socket.socket] = []
        # Stacks in other folders (tests) begin their search elsewhere, and leave the well-known ports to the demo.
        self._offset = 0 if folder == LOCAL else 300 + zlib.crc32(str(folder).encode()) % 2000

    def take(self, part: str) -> int:
        """The free port nearest above the one this part usually has. Raises OSError if 300 in a row are taken."""
        first = PORTS[part] + self._offset
        for port in range(first, first + PORTS_TRIED_MAX):
            # Bound without the reuse option, a port that anybody listens on or has reserved is refused.
            with contextlib.suppress(OSError), socket.socket() as probe:
                probe.bind((HOST, port))
                probe.close()
                return self._hold(port)
        raise OSError(f"no free port for {part} from {first} to {first + PORTS_TRIED_MAX}")

    def _hold(self, port: int) -> int:
        """Reserve it. The server still gets it: servers bind with the reuse option, and we do not listen."""
        held = socket.socket()
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind((HOST, port))
        self._held.append(held)
        return port

    def release(self) -> None:
        """Let go of all reservations; the servers listen by now."""
        for held in self._held:
            held.close()
        self._held.clear()


@contextlib.contextmanager
def private_files() -> Iterator[None]:
    """Files made in here can be read by nobody else."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)
