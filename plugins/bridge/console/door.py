"""The webhook door inside Airflow's api-server: open to the world, since the vendors have secrets of their own."""

from __future__ import annotations

from airflow.models import Connection
from starlette.applications import Starlette


def hooks() -> Starlette:
    """The door, with Airflow's own Connections. It opens no connection before the first webhook."""
    from include.door.app import door
    from include.door.keeping import Keeper
    from include.door.known import Register

    return door(Register(Connection.get_connection_from_secrets), Keeper())
