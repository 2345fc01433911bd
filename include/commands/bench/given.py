"""The folder of peers that `BENCH` names: its harness as modules, and a sentence where it is not there."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from include.commands.stack.places import LOCAL, ROOT, shown

DEFAULT = ROOT.parent / "shared" / "bench"
WORK = LOCAL / "bench" / "peers"  # the peers' environments, and what they write
FILES = ("run.py", "fake_vendors.py", "database.py")
STAND_IN = Path(__file__).with_name("stand_in.py")


class AbsentError(Exception):
    """There is no such folder of peers. The text says what to do."""


@dataclass(frozen=True)
class Given:
    """The folder of peers, and its `run.py` as a module: what knows the peers, their environments and how to measure."""

    folder: Path
    run: ModuleType

    def tools(self) -> str:
        """The Python that serves the stand-in and PostgreSQL; its environment is made on first use."""
        return str(self.run.environment(WORK, "tools", self.run.TOOLS))

    def stand_in(self, orders: int = 1000) -> object:
        """The stand-in for both vendors with its read-back (`stand_in`), served on a free port; `.line` is its address."""
        return self.run.Service([self.tools(), str(STAND_IN), "--bench", str(self.folder), "--orders", str(orders)])

    def postgres(self) -> object:
        """A PostgreSQL of the harness's own; `.line` is its DSN."""
        return self.run.Service([self.tools(), str(self.folder / "database.py"), str(WORK / "database")])


def given_at(folder: Path | None) -> Given:
    """The folder of peers. Raises AbsentError."""
    folder = (folder or DEFAULT).resolve()
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise AbsentError(
            f"No peers to measure: {shown(folder)} has no {', '.join(missing)}. They are not part of this project; "
            "name the folder that has them with BENCH=... Nothing was measured."
        )
    WORK.mkdir(parents=True, exist_ok=True)
    return Given(folder, _module(folder / "run.py", "bench_given_run"))


def _module(path: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module
