"""What lasts: told once, recalled with a count, told to be over. One letter to each circle of people."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from bridge.notifiers.links import link
from bridge.notifiers.mail import Letter, without_addresses, written
from bridge.notifiers.posting import deliver, post

if TYPE_CHECKING:
    from include.database.connection import Database
    from include.domain.alert import Alert, Word
    from include.settings.store import Store
    from include.stages.alerts.keeping import Kept

log = logging.getLogger(__name__)

SECTIONS: Mapping[Word, str] = {
    "escalation": "Nobody has acted yet",
    "first": "New",
    "reminder": "Still open",
    "over": "Over",
}


def look(db: Database, store: Store, now: datetime | None = None) -> int:
    """Keep what lasts now and what is over, and tell whose time has come; how much lasts."""
    from include.connecting.standing import expiring
    from include.database.letters import only_writer
    from include.domain.alert import Alert
    from include.stages.alerts import causes, keeping

    now = now or datetime.now(UTC)
    missed = tuple(
        date.fromisoformat(kept.alert.subject)
        for kept in keeping.living(db, store.key)
        if kept.alert.kind == "deadline" and kept.alert.over_at is None
    )
    found = causes.causes(db, store, now, missed_days=missed)
    found += [
        Alert("consent", each.connection, each.sentence, each.remedy, now, "severe", page="bridge/connections")
        for each in expiring(db, store, now)
    ]
    for each in found:
        log.info("%s: %s", each.kind, each.sentence)
    with db.transaction():
        if not only_writer(db, store.key):
            return len(found)
        keeping.observe(db, store.key, found, (*causes.OBSERVED, "consent"), now)
    tell(db, store, now)
    return len(found)


def tell(db: Database, store: Store, now: datetime | None = None) -> int:
    """Tell what is due of the store's alerts, by the routes of its file; how many letters were written."""
    from include.database.letters import only_writer
    from include.stages.alerts import telling

    now = now or datetime.now(UTC)
    alerts = store.file.alerts
    letters: list[int] = []
    with db.transaction():
        due = telling.due(db, store.key, alerts, now) if only_writer(db, store.key) else []
        for each in due:
            if each.mail or each.chat:
                letter = letter_of(each.words, store.file.name, now)
                letters += post(db, store.key, "alert", letter, sender=alerts.sender, to=(each.mail, each.chat))
            else:
                log.warning("Told to nobody, since %s names nobody for it", store.path.name)
        telling.mark(db, due, now)
    deliver(db, letters)
    return len(letters)


def letter_of(words: Mapping[Word, Sequence[Kept]], store_name: str, now: datetime) -> Letter:
    """The letter that says these words."""
    words = _as_people_take_them(words)
    sections = [
        {"title": SECTIONS[word], "over": word == "over", "rows": [_shown(word, kept, now) for kept in words[word]]}
        for word in SECTIONS
        if words.get(word)
    ]
    return written(
        "alerts",
        subject_of({word: [kept.alert for kept in some] for word, some in words.items()}, store_name),
        store_name=store_name,
        headline=_headline(words),
        sections=sections,
    )


def _headline(words: Mapping[Word, Sequence[Kept]]) -> str:
    said = [kept.alert for word in SECTIONS for kept in words.get(word, ())]
    if len(said) == 1:
        return _short(said[0])
    return " · ".join(_counted(word, len(words[word])) for word in SECTIONS if words.get(word))


def subject_of(words: Mapping[Word, Sequence[Alert]], store_name: str) -> str:
    """What is said, in a line: the thing itself where it is one, else how many."""
    said = [(word, alert) for word in SECTIONS for alert in words.get(word, ())]
    if len(said) == 1:
        word, alert = said[0]
        before = {"first": "", "reminder": "Still: ", "escalation": "Nobody has acted: ", "over": "Over: "}[word]
        return f"{store_name}: {before}{_short(alert)}"
    return (
        f"{store_name}: {', '.join(_counted(word, len(words[word])).lower() for word in SECTIONS if words.get(word))}"
    )


def _as_people_take_them(words: Mapping[Word, Sequence[Kept]]) -> dict[Word, list[Kept]]:
    """What was told of by a letter of its own when it came is not new to them when it is told here first."""
    from include.domain.alert import KINDS

    taken: dict[Word, list[Kept]] = {}
    for word, some in words.items():
        for kept in some:
            recalled = word == "first" and KINDS[kept.alert.kind].patience is None
            taken.setdefault("reminder" if recalled else word, []).append(kept)
    return taken


def _short(alert: Alert) -> str:
    """The first sentence, without what follows a colon."""
    return without_addresses(alert.sentence).split(". ")[0].split(": ")[0].rstrip(".")


def _counted(word: Word, count: int) -> str:
    return {
        "escalation": f"{count} that nobody acted on",
        "first": f"{count} new",
        "reminder": f"{count} still open",
        "over": f"{count} over",
    }[word]


def _shown(word: Word, kept: Kept, now: datetime) -> dict[str, str]:
    from include.domain.alert import KINDS

    alert = kept.alert
    return {
        "what": KINDS[alert.kind].name[:1].upper() + KINDS[alert.kind].name[1:],
        "sentence": without_addresses(alert.sentence),
        "remedy": "" if word == "over" else without_addresses(alert.remedy),
        "facts": ", ".join(_facts(word, kept, now)),
        "url": link(alert.page) if alert.page and word != "over" else "",
    }


def _facts(word: Word, kept: Kept, now: datetime) -> Iterator[str]:
    from bridge.notifiers.finance import money

    alert = kept.alert
    if alert.amount is not None and alert.currency:
        yield f"{'up to ' if alert.count > 1 else ''}{money({alert.currency: alert.amount})}"
    if alert.over_at is not None:
        yield f"from {alert.since.astimezone(UTC):%d %B %H:%M} to {alert.over_at.astimezone(UTC):%d %B %H:%M} UTC"
        return
    yield f"since {alert.since.astimezone(UTC):%d %B %H:%M} UTC"
    if alert.kind == "red" and alert.count > 1:
        yield f"{alert.count} times"
    if kept.told.times:
        yield f"told {kept.told.times} time{'s' if kept.told.times > 1 else ''} before"
