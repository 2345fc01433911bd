"""A tab on Airflow's own pages of a run and of a task: what the run did for the books, and what a red step means."""

from __future__ import annotations

import ast
from pathlib import Path
from urllib.parse import urlencode

from airflow.configuration import conf
from fastapi import APIRouter, Response

from bridge.console.frame import page
from bridge.console.readers import ReaderDep
from bridge.console.saying import Said
from bridge.notifiers.operations import NO_ROW, runbook_row

routes = APIRouter()


@routes.get("/run")
def read(reader: ReaderDep, dag: str = "", run: str = "", task: str = "") -> Response:
    """The tab of a run, or of one of its tasks."""
    from include.database.connection import connect
    from include.stages.console.run import run_of

    flow, _, store_key = dag.partition("__")
    if not store_key:
        raise Said(404, "Nothing of a store", f"{dag or 'This DAG'} is of all stores: it keeps no batches.", "today")
    store = reader.store(store_key, "today")
    with connect() as db:
        seen = run_of(db, store.key, flow, run)
    return page(
        "run.html",
        reader,
        here="run",
        title=f"{flow}, {store.file.name}",
        store=store,
        framed=True,
        seen=seen,
        step=_step(flow, task),
        order_url=lambda key: f"order?{urlencode({'store': store.key, 'order': key})}",
        desk_url=f"review?{urlencode({'store': store.key})}",
        decides=reader.decides(store),
    )


def _step(flow: str, task: str) -> tuple[str, str, str] | None:
    """The step's row in its DAG's runbook: its name, what red means, and what to do."""
    if not task or not flow.isidentifier():
        return None
    try:
        source = (Path(conf.get("core", "dags_folder")) / f"{flow}.py").read_text("utf-8")
    except OSError:
        return None
    means = runbook_row(ast.get_docstring(ast.parse(source)) or "", task)
    return None if means == NO_ROW else (task, *means)
