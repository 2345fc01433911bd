"""From a letter to the people: into the outbox with what it tells of, then out, by mail and chat.

with db.transaction():
    letters = post(db, store_key, "held", letter, ..)
    ...  # mark what it tells of
deliver(db, letters)
"""

from __future__ import annotations

import email
import email.policy
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from bridge.notifiers import chat, mail

if TYPE_CHECKING:
    from bridge.notifiers.mail import Letter
    from include.database.connection import Database
    from include.database.outbox import Delivered, Outgoing
    from include.domain.alert import Severity
    from include.settings.store import Store

log = logging.getLogger(__name__)


def post(
    db: Database, store_key: str, kind: str, letter: Letter, *, sender: str, to: tuple[Sequence[str], Sequence[str]]
) -> list[int]:
    """Put a letter in the outbox, inside the caller's transaction: to these addresses, and to these chats. The letters' ids."""
    from include.database.outbox import put

    addresses, chats = to
    message = mail.message_of(letter, sender=sender, recipients=addresses)
    written = []
    if addresses:
        written.append(
            put(
                db, store_key, kind,
                channel="mail", recipients=addresses, subject=letter.subject,
                message=message.as_bytes(policy=email.policy.SMTP), message_id=message["Message-ID"],
            )
        )  # fmt: skip
    for each in chats:
        written.append(
            put(
                db, store_key, kind,
                channel="chat", recipients=[each], subject=letter.subject,
                message=chat.message_of(letter), message_id=f"{message['Message-ID']}/{each}",
            )
        )  # fmt: skip
    return written


def post_news(
    db: Database,
    store: Store,
    kind: str,
    write: Callable[[], Letter],
    *,
    since: datetime,
    severity: str | None = None,
    now: datetime | None = None,
) -> list[int] | None:
    """Put a letter that tells of news in the outbox, by the route of its kind; inside the caller's transaction.

    since   when the oldest of it came up: a digest or the end of the quiet hours counts from then
    Result  the letters' ids; None where its time has not come, or where nobody is named: then it is not told
    """
    from include.domain.alert import KINDS, Alert, is_time, route_of, told_at

    alerts, now = store.file.alerts, now or datetime.now(UTC)
    news = Alert(kind, kind, "", "", since, cast("Severity", severity or KINDS[kind].severity))
    route = route_of(news, alerts.all_routes())
    when = told_at(news, route, alerts.hours)
    if not (route.mail or route.chat):
        nobody(f"alerts of {store.path.name}", KINDS[kind].name)
        return None
    if when is None or not is_time(news, route, alerts.hours, when, now):
        return None
    return post(db, store.key, kind, write(), sender=alerts.sender, to=(route.mail, route.chat))


def deliver(db: Database, letters: Sequence[int] | None = None) -> Delivered:
    """Send what is in the outbox and due, or these letters. What does not leave is a warning, and is tried again later."""
    from include.database import outbox

    done = outbox.deliver(db, send, letters)
    if done.failed:
        log.warning("A letter did not leave (%s): it stays in the outbox, and is tried again", done.problem)
    return done


def send(letter: Outgoing) -> None:
    """Send one letter by its channel. Raises what the way there raised."""
    if letter.channel == "chat":
        chat.send(letter.recipients[0], letter.message)
    else:
        mail.send(email.message_from_bytes(letter.message, policy=email.policy.SMTP))


def nobody(alerts: str, what: str) -> None:
    """Say in the log that something is told to nobody."""
    log.warning("%s: told to nobody, since %s names nobody for it", what, alerts)
