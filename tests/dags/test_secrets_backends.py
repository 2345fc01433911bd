"""Business risk: a company keeps its secrets where its rules say, and the flow reads others, or the console offers to write where
nothing can be written.
"""

import json
import os
import subprocess
import sys

import pytest
from store_desk import ROOT

SCRIPT = """
import json, sys
from bridge.console.connections_kept import found, place
from include.settings.connections import books_arguments
connection, backend = found(sys.argv[1])
told = {"backend": backend, "place": place(backend)}
if connection is not None:
    told |= {"client_id": books_arguments(connection)["client_id"]}
print(json.dumps(told))
"""


def books(client_id):
    return {"conn_type": "xero", "extra": {"client_id": client_id, "client_secret": "planted-secret"}}


@pytest.fixture
def asked(tmp_path):
    """What our own code finds of a Connection in an Airflow with these settings, in a process of its own."""

    def ask(name, **settings):
        path = os.pathsep.join(str(folder) for folder in (ROOT, ROOT / "plugins" / "provider", ROOT / "plugins"))
        ours = {name: text for name, text in os.environ.items() if not name.startswith("AIRFLOW")}
        ours |= {"AIRFLOW_HOME": str(tmp_path / "home"), "PYTHONPATH": path} | settings
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, name], env=ours, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return ask


@pytest.fixture
def a_file(tmp_path):
    path = tmp_path / "connections.json"
    path.write_text(json.dumps({"xero_au": books("of the file")}))
    return {
        "AIRFLOW__SECRETS__BACKEND": "airflow.secrets.local_filesystem.LocalFilesystemBackend",
        "AIRFLOW__SECRETS__BACKEND_KWARGS": json.dumps({"connections_file_path": str(path)}),
    }


def test_a_connection_of_a_secrets_backend_is_read_and_its_place_is_told(asked, a_file):
    told = asked("xero_au", **a_file)

    assert told == {
        "backend": "LocalFilesystemBackend",
        "place": "a file of Airflow's secrets",
        "client_id": "of the file",
    }


def test_the_backend_goes_before_the_environment(asked, a_file):
    variable = {"AIRFLOW_CONN_XERO_AU": json.dumps(books("of the environment"))}

    assert asked("xero_au", **variable, **a_file)["client_id"] == "of the file"
    told = asked("xero_au", **variable)
    assert (told["client_id"], told["place"]) == ("of the environment", "an environment variable of Airflow")
