"""What the doctor found: one line each."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

State = Literal["ok", "warn", "FAIL"]
CHECK_WIDTH = 31


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was asked.

    check      what was asked, in two or three words; the same words in every run
    state      FAIL: the flow cannot run, or would post wrongly or hold orders. warn: it may; or it could not be asked
    sentence   what was found, without a secret
    remedy     what to do; empty when ok
    """

    check: str
    state: State
    sentence: str
    remedy: str = ""

    def line(self) -> str:
        """The finding as one line."""
        text = f"{self.state:<5} {self.check:<{CHECK_WIDTH}} {' '.join(self.sentence.split())}"
        return f"{text} -> {self.remedy}" if self.remedy else text

    def as_object(self) -> dict[str, str]:
        """The finding for `--json`."""
        return asdict(self)


def ok(check: str, sentence: str) -> Finding:
    """All is well with it."""
    return Finding(check, "ok", sentence)


def warn(check: str, sentence: str, remedy: str) -> Finding:
    """It may go well."""
    return Finding(check, "warn", sentence, remedy)


def fail(check: str, sentence: str, remedy: str) -> Finding:
    """It will not go well."""
    return Finding(check, "FAIL", sentence, remedy)


def not_asked(check: str, why: str, remedy: str) -> Finding:
    """It could not be asked, which is no answer: a warning."""
    return Finding(check, "warn", f"not asked: {why}", remedy)
