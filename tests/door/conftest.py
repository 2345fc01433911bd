"""A door that is served."""

import threading

import pytest
import uvicorn
from door_desk import Door, Register, emptied

from include.door.app import door
from include.door.keeping import Keeper


@pytest.fixture
def the_door(postgres):
    """A door that is served, before empty tables."""
    emptied(postgres.owner_dsn)
    keeper = Keeper(postgres.writer_dsn)
    config = uvicorn.Config(door(Register(), keeper), host="127.0.0.1", port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
        assert thread.is_alive()
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Door(f"http://127.0.0.1:{port}", postgres.owner_dsn, keeper)
    server.should_exit = True
    thread.join(10)
    keeper.close()
