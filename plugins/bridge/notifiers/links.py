"""Links out of a letter: to the console, and to Airflow's own pages."""

from __future__ import annotations

from urllib.parse import quote, urlencode


def link(page: str, **query: str) -> str:
    """A page under Airflow's own address: `bridge/review`; empty where that address is not set."""
    from airflow.sdk import conf

    base = (conf.get("api", "base_url", fallback="") or "").rstrip("/")
    asked = {name: value for name, value in query.items() if value}
    return f"{base}/{page}{'?' + urlencode(asked) if asked else ''}" if base else ""


def this_run() -> str:
    """The page of this run in Airflow; empty outside of one."""
    from airflow.sdk import get_current_context

    try:
        dag_run = get_current_context()["dag_run"]
    except RuntimeError:  # a command has no run
        return ""
    return link(f"dags/{dag_run.dag_id}/runs/{quote(dag_run.run_id)}")
