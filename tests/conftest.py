"""PostgreSQL for every test that wants it: one server a session, one new database a test module, roles as in production.

Properties run on the same examples every time, so that a red test is a change of ours; `HYPOTHESIS_PROFILE=explore`
looks at new ones. Mutants are tried on few examples, and the first that fails is enough (`make mutants`).
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import vendors_description
from hypothesis import HealthCheck, Phase, is_hypothesis_test, settings

ROOT = Path(__file__).resolve().parents[1]

settings.register_profile("same", deadline=None, max_examples=150, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=800)
settings.register_profile(
    "mutants",
    deadline=None,
    max_examples=8,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),  # one process runs the same test many times
)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "same")
settings.load_profile(PROFILE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Single cases before properties where mutants are tried: most die of one within milliseconds."""
    if PROFILE == "mutants":
        items.sort(key=lambda item: is_hypothesis_test(getattr(item, "obj", None)))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands over how many answers it held against the vendor's description."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["seen"] = dict(vendors_description.SEEN)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node) -> None:
    """The counts of a worker that has ended join those of the run. One that was killed has none."""
    vendors_description.SEEN.update(getattr(node, "workeroutput", {}).get("seen", {}))


def pytest_terminal_summary(terminalreporter) -> None:
    terminalreporter.write_line(vendors_description.summary())


@pytest.fixture(scope="session")
def postgres_server() -> Iterator:
    """The embedded server of this session (and, under xdist, of this worker), thrown away at its end."""
    from include.commands.stack.local import local_stack

    folder = ROOT / ".local" / "tests" / f"postgres-{os.getpid()}"
    try:
        with local_stack(("postgres",), folder) as stack:
            yield stack.postgres
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated(postgres_server) -> str:
    """The name of a database that was migrated once, for others to be copied from: a copy takes a tenth of the time."""
    from include.commands.stack.business import make_database

    make_database(postgres_server, "migrated", fresh=True, logs=postgres_server.folder / "logs")
    return "migrated"


@pytest.fixture(scope="module")
def postgres(postgres_server, migrated, request):
    """A migrated database of this test module alone: `.owner_dsn`, `.writer_dsn`, `.reader_dsn`."""
    from include.commands.stack.business import Database

    name = f"test_{request.module.__name__.rpartition('.')[2]}"[:60]
    postgres_server.make_database(name, "bridge_owner", template=migrated)
    yield Database.on(postgres_server, name)
    postgres_server.drop_database(name)


@pytest.fixture
def post_office(monkeypatch):
    """What left by mail or chat; `down` is a mail server that is down."""
    from post_office import PostOffice

    from bridge.notifiers import chat, mail, operations

    office = PostOffice()
    monkeypatch.setattr(mail, "send", office.take)
    monkeypatch.setattr(operations, "send", office.take)
    monkeypatch.setattr(chat, "send", office.note)
    return office
