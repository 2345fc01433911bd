"""Make `.local/venv` hold exactly what requirements*.txt pin. Standard library only, since nothing is installed yet.

    python3 tools/bootstrap.py          what the product needs
    python3 tools/bootstrap.py --dev    and what its tests and checks need

Running it again costs a few milliseconds: a stamp in the environment remembers the checksum of each file that was
installed. The work is done by uv, which pip installs first from the pin in requirements-dev.txt, hashes included;
uv takes seconds where pip takes minutes. Where uv cannot be had, pip does it all.
Caches stay inside the checkout, unless you already keep one (UV_CACHE_DIR, PIP_CACHE_DIR).
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCAL = ROOT / ".local"
VENV = LOCAL / "venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
LOG = LOCAL / "logs" / "install.log"
OLDEST, NEWEST = (3, 11), (3, 13)  # requirements.txt resolves for these


def main() -> int:
    """Install what is missing; answer 0, or 1 after saying what to do."""
    parser = argparse.ArgumentParser(description="Make .local/venv hold what the requirements files pin.")
    parser.add_argument("--dev", action="store_true", help="also what the tests and checks need")
    wanted = ["requirements.txt"] + (["requirements-dev.txt"] if parser.parse_args().dev else [])
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        return say_no(f"this is Python {sys.version.split()[0]}; use 3.11, 3.12 or 3.13: make PYTHON=python3.11 ...")
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with one_at_a_time():
        missing = [name for name in wanted if installed().get(name) != fingerprint(name)]
        if not missing:
            return 0
        try:
            began = time.monotonic()
            make_environment()
            install(missing)
            STAMP.write_text(json.dumps(installed() | {name: fingerprint(name) for name in missing}))
            print(f"installed in {time.monotonic() - began:.0f} s\n", flush=True)
        except subprocess.CalledProcessError as error:
            return say_no(
                f"`{' '.join(map(str, error.cmd))}` failed. The reason is at the end of {shown(LOG)}:\n{tail()}"
            )
    return 0


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two `make` in one checkout take turns. The lock goes with the process, so a killed one leaves none behind."""
    with (LOCAL / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fingerprint(name: str) -> str:
    """What a requirements file says, and for which Python, in one checksum."""
    return hashlib.sha256((ROOT / name).read_bytes() + sys.version.encode()).hexdigest()


def installed() -> dict[str, str]:
    """The checksum of each requirements file at the time it was installed; empty if that cannot be told."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def make_environment() -> None:
    """A virtual environment that works: the one that is there, or a new one in its place."""
    sound = "import sys, pip; sys.exit(sys.version_info[:2] != tuple(map(int, sys.argv[1:])))"
    wanted = [str(part) for part in sys.version_info[:2]]
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", sound, *wanted], capture_output=True).returncode == 0:
        return
    print("making a virtual environment in .local/venv", flush=True)
    try:
        venv.create(VENV, clear=True, symlinks=True, with_pip=True)
    except subprocess.CalledProcessError as error:
        # Debian ships Python without ensurepip; its own message is not shown by `venv.create`.
        log(f"{error}\n{error.output!r}\nOn Debian and Ubuntu: apt install python3-venv\n")
        shutil.rmtree(VENV, ignore_errors=True)
        raise


def install(names: list[str]) -> None:
    """Install each file with its hashes, and compile: an Airflow without bytecode takes twice as long to start."""
    count = sum(len(re.findall(r"^[a-z0-9].*==", (ROOT / name).read_text(), re.MULTILINE)) for name in names)
    print(f"installing {count} pinned packages (this happens once; about a minute)", flush=True)
    files = [part for name in names for part in ("-r", str(ROOT / name))]
    uv = VENV / "bin" / "uv"
    if uv.exists() or have_uv():
        with contextlib.suppress(subprocess.CalledProcessError):
            run([uv, "pip", "install", "--python", PYTHON, "--require-hashes", "--compile-bytecode", *files])
            return
        print("uv could not do it; pip tries (some minutes)", flush=True)
    run([PYTHON, "-m", "pip", "install", "--require-hashes", "--no-compile", *files])
    run([PYTHON, "-m", "compileall", "-q", "-j", "0", VENV / "lib"], check=False)  # some packages ship templates


def have_uv() -> bool:
    """True once pip has installed the uv that requirements-dev.txt pins."""
    pins = (ROOT / "requirements-dev.txt").read_text()
    pin = re.search(r"^uv==(?:.*\\\n)+.*\n", pins, re.MULTILINE)
    if pin is None:
        return False
    alone = LOCAL / "uv.txt"
    alone.write_text(pin.group())
    return run([PYTHON, "-m", "pip", "install", "--require-hashes", "-r", alone], check=False)


def run(command: list[str | Path], *, check: bool = True) -> bool:
    """Run one installer, its words into the log. True if it succeeded; raises CalledProcessError if it must."""
    environment = {
        "UV_CACHE_DIR": str(LOCAL / "cache" / "uv"),
        "PIP_CACHE_DIR": str(LOCAL / "cache" / "pip"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "UV_HTTP_TIMEOUT": "120",
        **({"UV_DEFAULT_INDEX": os.environ["PIP_INDEX_URL"]} if "PIP_INDEX_URL" in os.environ else {}),
        **os.environ,
    }
    # Set, it would keep compileall's and pip's bytecode from being written.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with LOG.open("ab") as words:
        words.write(f"\n$ {' '.join(map(str, command))}\n".encode())
        words.flush()
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=words, stderr=words)
    if check and done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command)
    return done.returncode == 0


def log(words: str) -> None:
    """Add to the log of the installation."""
    with LOG.open("a") as file:
        file.write(words)


def tail() -> str:
    """The end of the log of the installation, where the reason stands."""
    return "\n".join(f"    {line}" for line in LOG.read_text(errors="replace").splitlines()[-12:])


def shown(path: Path) -> str:
    """A path as one types it in the checkout."""
    return str(path.relative_to(ROOT))


def say_no(reason: str) -> int:
    """Tell why nothing more can be done."""
    print(f"bootstrap: {reason}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
