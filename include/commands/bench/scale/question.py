"""One statement as the product runs it, with the values that would be bound."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Question:
    """One statement as the product runs it.

    topic   what it belongs to: a run's cursor, the held view, the audit of a batch, one order, or other work.
    whole   it answers for all of a store's history on purpose (set-up, a nightly run), so no limit is set for it.
    """

    topic: str
    name: str
    values: Mapping[str, Any] = field(default_factory=dict)
    words: str = ""
    whole: bool = False
