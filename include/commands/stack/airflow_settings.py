"""What Airflow is told, all of it, in one place: the environment of its four processes and of the tasks they run.

Settings of Airflow and why: reference airflow.md 0, 1, 8, 10, 11.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from include.commands.stack.keys import Keys
from include.commands.stack.places import HOST, ROOT, private_files

# People of the local stack, and what they may: ops releases and backfills, finance reads.
USERS = {"admin": "admin", "ops": "op", "finance": "viewer"}


@dataclass(frozen=True)
class AirflowPlan:
    """Where one Airflow lives and what it reaches. `idle_sleep_s` short starts tasks sooner and idles hotter."""

    home: Path
    logs: Path
    dags: Path
    port: int
    database_dsn: str
    idle_sleep_s: float
    extra: Mapping[str, str]


def environment(plan: AirflowPlan, keys: Keys, inherited: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of every Airflow process, on top of what is inherited.

    Settings that the caller's shell holds for some other Airflow are left out; `plan.extra` brings those that are meant.
    """
    ours = {name: value for name, value in inherited.items() if not name.startswith(("AIRFLOW", "BRIDGE_"))}
    # Without bytecode every start takes twice as long (reference airflow.md 0.11).
    ours.pop("PYTHONDONTWRITEBYTECODE", None)
    root = f"http://{HOST}:{plan.port}"
    ours |= {
        "AIRFLOW_HOME": str(plan.home),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{inherited.get('PATH', os.defpath)}",
        # The project itself, and the folder whose *.dist-info makes our Connection types known (reference 1).
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "plugins" / "provider")]),
        "PYTHONUNBUFFERED": "1",
        # Tasks talk to the api-server and the sandbox on this machine; a proxy would not find them.
        "NO_PROXY": _with_us(inherited.get("NO_PROXY", "")),
        "no_proxy": _with_us(inherited.get("no_proxy", "")),
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",  # so many workers are forked beforehand (reference 10)
        "AIRFLOW__CORE__DAGS_FOLDER": str(plan.dags),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
        "AIRFLOW__CORE__TEST_CONNECTION": "Enabled",
        "AIRFLOW__CORE__FERNET_KEY": keys.fernet_key,
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{root}/execution/",
        "AIRFLOW__CORE__AUTH_MANAGER": (
            "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager"
        ),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{name}:{role}" for name, role in USERS.items()),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(plan.home / "passwords.json"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": plan.database_dsn.replace("postgresql://", "postgresql+psycopg2://"),
        "AIRFLOW__API__HOST": HOST,
        "AIRFLOW__API__PORT": str(plan.port),
        "AIRFLOW__API__BASE_URL": root,
        "AIRFLOW__API__SECRET_KEY": keys.api_secret_key,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_SECRET": keys.jwt_secret,
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": str(plan.idle_sleep_s),
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",  # a new file in dags/ is seen within half a minute, not five
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(plan.logs),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "SCARF_ANALYTICS": "false",
        "GX_ANALYTICS_ENABLED": "false",
        "BRIDGE_KEY": keys.bridge_key,
    }
    return ours | dict(plan.extra)


def mail_connection(port: int) -> dict[str, str]:
    """Airflow's Connection `smtp_default`, leading to the mail catcher."""
    extra = {
        "disable_ssl": True,
        "disable_tls": True,
        "from_email": "bridge@localhost",
        "timeout": 10,
        "retry_limit": 2,
    }
    told = {"conn_type": "smtp", "host": HOST, "port": port, "extra": extra}
    return {"AIRFLOW_CONN_SMTP_DEFAULT": json.dumps(told)}


def write_passwords(home: Path, keys: Keys) -> None:
    """The file SimpleAuthManager reads passwords from; without it, it would make its own and print them in a log."""
    home.mkdir(parents=True, exist_ok=True)
    told = {"admin": keys.admin_password, "ops": keys.ops_password, "finance": keys.finance_password}
    path = home / "passwords.json"
    path.unlink(missing_ok=True)
    with private_files():
        path.write_text(json.dumps(told))


def _with_us(no_proxy: str) -> str:
    return ",".join([*filter(None, [no_proxy]), HOST, "localhost"])
