"""Where a command finds things: the environment, .env, and a local stack that runs."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, cast

import httpx

from include.commands.stack.airflow_settings import mail_connection
from include.commands.stack.places import HOST, LOCAL, ROOT
from include.commands.stack.processes import Service
from include.commands.stack.sandbox import Sandbox
from include.commands.stack.state import State
from include.commands.up import read_env


@dataclass(frozen=True)
class Surroundings:
    """What is known. `environment` holds AIRFLOW_CONN_..., BRIDGE_... and the rest, .env included."""

    environment: Mapping[str, str] = field(repr=False)
    airflow_url: str = ""
    airflow_user: str = ""
    airflow_password: str = field(default="", repr=False)
    local_stack: bool = False

    AIRFLOW_NAMES: ClassVar = (
        "BRIDGE_AIRFLOW_URL, BRIDGE_AIRFLOW_USER and BRIDGE_AIRFLOW_PASSWORD",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN",
    )

    @property
    def airflow_dsn(self) -> str:
        """The address of Airflow's own database as PostgreSQL spells it; empty if it is unknown or another kind."""
        scheme, _, rest = self.environment.get("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "").partition("://")
        return f"postgresql://{rest}" if scheme.partition("+")[0] in ("postgresql", "postgres") and rest else ""


def surroundings(shell: Mapping[str, str], *, env_file: Path = ROOT / ".env", local: Path = LOCAL) -> Surroundings:
    """The shell's environment over .env's; what both leave open is taken from a local stack that runs.

    Raises StackError for a line of .env that cannot be read.
    """
    environment = {name: value for name, value in read_env(env_file).items() if value} | {
        name: value for name, value in shell.items() if value
    }
    url = environment.get("BRIDGE_AIRFLOW_URL", "")
    user, password = environment.get("BRIDGE_AIRFLOW_USER", ""), environment.get("BRIDGE_AIRFLOW_PASSWORD", "")
    state = State.read(local / "stack.json")
    if state.owner is None or state.owner.leader() is None:
        return Surroundings(environment, url, user, password)
    keys = _keys(local)
    if not url and "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN" not in environment and "airflow" in state.links:
        url, user, password = state.links["airflow"], "admin", keys.get("admin_password", "")
    return Surroundings({**_of_local_stack(state, local, keys), **environment}, url, user, password, local_stack=True)


def _of_local_stack(state: State, local: Path, keys: Mapping[str, str]) -> dict[str, str]:
    """What the stack told its Airflow: the sandbox's Connections, the business database, the key."""
    told = {"BRIDGE_KEY": keys.get("bridge_key", "")}
    if "smtp" in state.links:
        told |= mail_connection(int(state.links["smtp"]))
    if "shop" in state.links:
        sandbox = Sandbox(state.links["shop"].removesuffix("/shop"), cast(Service, None))  # it is not ours to watch
        # If it does not answer, the Connections are told as missing.
        with contextlib.suppress(httpx.HTTPError, ValueError, LookupError):
            told |= sandbox.connections()
    try:
        port = int((local / "postgres" / "cluster" / "postmaster.pid").read_text().splitlines()[3])
    except (OSError, ValueError, IndexError):
        return told
    name = "bridge_demo" if "shop" in state.links else "bridge"  # as local_stack names them, fresh or kept
    return told | {"BRIDGE_DSN": f"postgresql://bridge_writer:{keys.get('writer_password', '')}@{HOST}:{port}/{name}"}


def _keys(local: Path) -> dict[str, str]:
    try:
        return dict(json.loads((local / "secrets.json").read_text()))
    except (OSError, ValueError):
        return {}
