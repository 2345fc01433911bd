"""Where a Connection lives, and how a new token gets there: Airflow itself, or a variable that somebody else sets."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from include.commands.connect.asking import yes
from include.commands.stack.airflow_api import AirflowApi
from include.commands.stack.places import LOCAL, ROOT, private_files, shown
from include.commands.stack.processes import StackError
from include.commands.surroundings import Surroundings
from include.commands.up import read_env
from include.connecting.books import NotConnectedError
from include.settings.connections import Connection


def keep_token(
    around: Surroundings,
    connection: Connection,
    store_hash: str,
    token: str,
    *,
    env_file: Path = ROOT / ".env",
    local: Path = LOCAL,
) -> str:
    """Keep the token of a store in its Connection; a sentence that says where, without it.

    In this process the Connection has it from now on, for the doctor. Raises NotConnectedError.
    """
    variable = f"AIRFLOW_CONN_{connection.conn_id.upper()}"
    extra = {**connection.extra_dejson, "store_hash": store_hash, "access_token": token}
    whole = json.dumps(
        {
            "conn_type": "bigcommerce",
            "host": connection.host,
            "schema": connection.schema,
            "port": connection.port or 0,
            "extra": extra,
        }
    )
    # A variable goes before what Airflow's database says, so there the token would not be seen.
    if variable not in around.environment and around.airflow_url:
        where = _in_airflow(around, connection, extra, token)
    elif variable in read_env(env_file) and yes(f"Write {variable} into {shown(env_file)}?"):
        _in_env_file(env_file, variable, whole)
        where = f"It is in {shown(env_file)}, as {variable}; restart what reads it."
    else:
        path = local / "connections" / variable
        path.parent.mkdir(parents=True, exist_ok=True)
        with private_files():
            path.unlink(missing_ok=True)
            path.write_text(whole)
        where = f"Set the variable {variable} where tasks run to what {shown(path)} holds, then remove that file."
    os.environ[variable] = whole
    return f"Installed: the token is of the store {store_hash}, for Connection {connection.conn_id}. {where}\n"


def _in_airflow(around: Surroundings, connection: Connection, extra: dict[str, Any], token: str) -> str:
    api = AirflowApi(around.airflow_url, around.airflow_user, around.airflow_password, Path(), lambda: None)
    path = f"/connections/{connection.conn_id}"
    told: dict[str, Any] = {"connection_id": connection.conn_id, "conn_type": "bigcommerce"}
    try:
        there = _there(api, connection.conn_id)
        if there is None:
            api.call("POST", "/connections", told | {"port": 0, "host": connection.host, "extra": json.dumps(extra)})
            return "It was made in Airflow."
        # Secrets come masked, and Airflow puts its own in their place again where the mask comes back.
        kept = json.loads(there.get("extra") or "{}") | extra
        api.call("PATCH", path, told | {"extra": json.dumps(kept)}, update_mask="extra")
    except (StackError, ValueError) as error:
        words = str(error).replace(token, "***")[:300]
        raise NotConnectedError(f"Airflow does not keep the token ({words}); begin again when it does.") from None
    return "It was changed in Airflow."


def _there(api: AirflowApi, conn_id: str) -> dict[str, Any] | None:
    found = api.call("GET", "/connections", connection_id_pattern=conn_id, limit=100)["connections"]
    return next((dict(each) for each in found if each["connection_id"] == conn_id), None)


def _in_env_file(path: Path, variable: str, value: str) -> None:
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith(f"{variable}=")]
    draft = path.with_suffix(".draft")
    with private_files():
        draft.unlink(missing_ok=True)
        quoted = value.replace("'", "\\u0027")  # the same JSON, and one word to a shell
        draft.write_text("\n".join([*lines, f"{variable}='{quoted}'", ""]), "utf-8")
    draft.replace(path)
