"""Business risk covered: a killed demo leaves servers behind, or `make down` ends a program that is not ours."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from include.commands.stack.local import local_stack
from include.commands.stack.places import ROOT
from include.commands.stack.processes import StackError
from include.commands.stack.state import Known, State, end

LIMIT_S = 20

HOLDS_A_STACK = """
import sys, time
from pathlib import Path
from include.commands.stack.local import local_stack
with local_stack(("postgres", "mail"), Path(sys.argv[1])):
    print("up", flush=True)
    time.sleep(60)
"""


def holder(folder: Path) -> subprocess.Popen:
    """A process that holds a stack, once it is up."""
    command = [sys.executable, "-c", HOLDS_A_STACK, str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def gone(pids: list[int]) -> bool:
    deadline = time.monotonic() + LIMIT_S
    while any(psutil.pid_exists(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def test_a_killed_owner_takes_all_that_it_started_along(tmp_path):
    process = holder(tmp_path)
    pids = [one["pid"] for one in json.loads((tmp_path / "stack.json").read_text())["processes"]]
    assert len(pids) == 2

    process.kill()
    process.wait()

    assert gone(pids)


def test_after_a_kill_of_owner_and_database_the_next_stack_starts(tmp_path):
    process = holder(tmp_path)
    database = next(one for one in State.read(tmp_path / "stack.json").processes if one.name == "PostgreSQL")
    os.kill(database.pid, signal.SIGKILL)
    process.kill()
    process.wait()
    assert (tmp_path / "postgres" / "cluster" / "postmaster.pid").exists()

    with local_stack(("postgres",), tmp_path) as stack:
        assert stack.postgres.exists("postgres")


def test_two_stacks_never_share_a_folder(tmp_path):
    process = holder(tmp_path)
    try:
        with pytest.raises(StackError, match="make down"), local_stack(("mail",), tmp_path):
            pass
    finally:
        process.kill()
        process.wait()


def test_a_stranger_who_has_the_number_of_our_dead_process_is_not_ended():
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"], start_new_session=True)
    try:
        ours = Known("long dead", stranger.pid, started=psutil.Process(stranger.pid).create_time() - 3600)

        end([ours], patience_s=0.2)

        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_state_file_that_cannot_be_read_names_nobody(tmp_path):
    (tmp_path / "stack.json").write_text('{"owner": ')

    assert State.read(tmp_path / "stack.json").processes == []
