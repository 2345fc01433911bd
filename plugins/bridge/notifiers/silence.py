"""The letter about silence: what of a store has been still for too long."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bridge.notifiers.mail import Letter, send, written

if TYPE_CHECKING:
    from include.database.connection import Database
    from include.settings.store import Store
    from include.stages.silence import Silence

log = logging.getLogger(__name__)


def tell_silence(db: Database, store: Store) -> int:
    """Tell operations of each silence once; how many there are. Where no mail server takes the letter, the next hour tells."""
    from include.database.letters import telling_once
    from include.stages.silence import silences

    found = silences(db, store, datetime.now(UTC))
    for each in found:
        log.warning("%s: %s %s", each.what, each.sentence, each.remedy)
        if not store.file.alerts.operations:
            continue
        try:
            with telling_once(db, store.key, "silence", f"{each.what}/{each.since.isoformat()}") as is_first:
                if is_first:
                    letter = silence_letter([each], store)
                    send(letter, sender=store.file.alerts.sender, recipients=store.file.alerts.operations)
        except Exception as error:  # as for any letter
            log.warning("The mail server did not take the letter about silence (%s)", type(error).__name__)
    return len(found)


def silence_letter(found: Sequence[Silence], store: Store) -> Letter:
    """The letter about these."""
    what = ", ".join(each.what for each in found)
    return written(
        "rows",
        f"Silence in {store.file.name}: {what}",
        store_name=store.file.name,
        headline=f"Nothing moves: {what}",
        meaning="No step is red, so nothing else tells of it. It is told once.",
        rows=found,
    )
