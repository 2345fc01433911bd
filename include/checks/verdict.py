"""What a check says of a batch."""

from dataclasses import dataclass

from include.domain.outcome import Hold


@dataclass(frozen=True, slots=True)
class Finding:
    """A record that breaks a rule."""

    order_key: int
    rule: str
    hold: Hold


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every rule that ran, the records that broke one, and the batch rules that failed with their sentence."""

    rules: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    broken: tuple[tuple[str, str], ...] = ()
