"""Airflow without a server: DAG files are parsed as its processor parses them, in a home of their own."""

import os
import tempfile

from store_desk import ROOT, STORE

# Airflow reads its settings on its first import, so they must be there before any test module is.
os.environ.update(
    AIRFLOW_HOME=tempfile.mkdtemp(prefix="airflow-home-"),
    AIRFLOW__CORE__DAGS_FOLDER=str(ROOT / "dags"),
    AIRFLOW__CORE__PLUGINS_FOLDER=str(ROOT / "plugins"),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__CORE__UNIT_TEST_MODE="False",
    AIRFLOW__API__BASE_URL="http://airflow.example",
)

import pytest


@pytest.fixture
def stores(tmp_path, monkeypatch):
    """A folder with two sound stores, `au` and `nz`; what a test writes into it is a store as well."""
    folder = tmp_path / "stores"
    folder.mkdir()
    for key in ("au", "nz"):
        asked = "stock: {enabled: true}\nproducts: {enabled: true}\n" if key == "au" else ""
        (folder / f"{key}.yaml").write_text(STORE.format(key=key) + asked)
    monkeypatch.setenv("BRIDGE_STORES", str(folder))
    return folder


@pytest.fixture
def dags(stores):
    """Parses the DAG files, each time anew; gives the bag."""

    def parse():
        from airflow.dag_processing.dagbag import DagBag

        return DagBag(str(ROOT / "dags"), collect_dags=True)

    return parse


@pytest.fixture(scope="module")
def demo_flow(postgres):
    """The demo's shop and books, and the flow over them, run once for the tests of a module."""
    import sys

    sys.path.insert(0, str(ROOT / "tests" / "flow"))
    from flow_bridge import Bridge

    from include.checks import incoming, outgoing
    from include.checks.plain import judge_plainly, plain_frame
    from include.database.connection import connect
    from include.sandbox.town import Town
    from include.settings.store import store_named

    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("BRIDGE_KEY", "console-tests")
        patched.delenv("BRIDGE_STORES", raising=False)
        for module in (incoming, outgoing):
            patched.setattr(module, "frame_of", plain_frame)
            patched.setattr(module, "judge", judge_plainly)
        town = Town.demo()
        town.limits.enforced = False
        with town.serve() as base, connect(postgres.writer_dsn) as db:
            bridge = Bridge(town, base, db, store_named("demo"))
            bridge.run()
            yield bridge


@pytest.fixture
def ran(demo_flow, stores):
    """The same, with the demo's store among those that the console shows."""
    text = "\n".join(line for line in demo_flow.store.text.splitlines() if not line.startswith("deciders"))
    (stores / "demo.yaml").write_text(f"{text}\n")
    return demo_flow


@pytest.fixture(scope="module")
def access():
    """Airflow's own simple manager of who may what, as the api-server would start it."""
    from airflow.api_fastapi.app import init_auth_manager

    return init_auth_manager()


@pytest.fixture
def console(access, stores, postgres, monkeypatch):
    """Our pages, and who looks at them: `console(name, method, path)`; a name that is None is a stranger."""
    from console_desk import KEY, Console

    from bridge.console import app

    monkeypatch.setenv("BRIDGE_DSN", postgres.writer_dsn)
    monkeypatch.setenv("AIRFLOW__API__SECRET_KEY", KEY)
    return Console(app, stores, monkeypatch)
