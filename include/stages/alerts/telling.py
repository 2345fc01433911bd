"""Whose time it is to be told of what. What one letter can say is said by one letter."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from include.database.connection import Database
from include.domain.alert import Alert, Route, Word, is_time, next_word, route_of, told_at
from include.settings.alerts import Alerts
from include.stages.alerts.keeping import Kept, living

Recipients = tuple[tuple[str, ...], tuple[str, ...]]  # addresses, and names of chats


@dataclass(frozen=True, slots=True)
class Telling:
    """What the same people are told now, by word; all are of one store."""

    mail: tuple[str, ...]
    chat: tuple[str, ...]
    words: dict[Word, list[Kept]] = field(default_factory=dict)


def due(db: Database, store: str, alerts: Alerts, now: datetime) -> list[Telling]:
    """What is to be told now, and to whom. What nobody is to hear of counts as told, so that Today can say so."""
    tellings: dict[Recipients, Telling] = {}
    routes, hours = alerts.all_routes(), alerts.hours
    for kept in living(db, store):
        route = route_of(kept.alert, routes)
        word = next_word(kept.alert, kept.told, route, hours)
        if word is None or not is_time(kept.alert, route, hours, word[1], now):
            continue
        for mail, chat in _recipients(kept, word[0], route):
            telling = tellings.setdefault((mail, chat), Telling(mail, chat))
            telling.words.setdefault(word[0], []).append(kept)
    return list(tellings.values())


def mark(db: Database, tellings: Sequence[Telling], now: datetime) -> None:
    """These were told of, inside the caller's transaction."""
    words: dict[Word, set[int]] = {}
    for telling in tellings:
        for word, kept in telling.words.items():
            words.setdefault(word, set()).update(each.alert_id for each in kept)
    for word, alert_ids in words.items():
        if word == "over":
            db.run("alerts.over_told", alert_ids=sorted(alert_ids), now=now)
        else:
            db.run("alerts.told", alert_ids=sorted(alert_ids), word=word, now=now)


def told_now(alerts: Alerts, news: Sequence[Alert], now: datetime) -> dict[Recipients, list[int]]:
    """Of news that is told once, who is told of which now: the places in `news`, in their order.

    What has to wait, for a digest or for the morning, is left out: it is news then as well.
    """
    routes, hours = alerts.all_routes(), alerts.hours
    found: dict[Recipients, list[int]] = {}
    for place, alert in enumerate(news):
        route = route_of(alert, routes)
        when = told_at(alert, route, hours)
        if when is not None and is_time(alert, route, hours, when, now):
            found.setdefault((route.mail, route.chat), []).append(place)
    return found


def _recipients(kept: Kept, word: Word, route: Route) -> list[Recipients]:
    usual = (route.mail, route.chat)
    escalated: Recipients = (route.escalate_to, ())
    if word == "escalation":
        return [escalated]
    if word == "over" and kept.told.escalated_at is not None and escalated != usual:
        return [usual, escalated]
    return [usual]
