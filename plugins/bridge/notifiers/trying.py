"""`make alert-test STORE=..`: one of each letter, to whom a store's routes would send it, marked as a test.

Run by `include/commands/alert_test.py`, which finds the mail server's Connection.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bridge.notifiers import chat, mail
from bridge.notifiers.samples import samples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.notifiers.mail import Letter


def main(arguments: Sequence[str] | None = None) -> int:
    """Send them, and say what went where. 0: all left, 1: some did not, or nobody hears of something."""
    from include.domain.alert import KINDS, route_of, told_at
    from include.settings.store import store_named

    parser = argparse.ArgumentParser(prog="alert-test", description=__doc__)
    parser.add_argument("--store", required=True)
    store = store_named(parser.parse_args(arguments).store)
    alerts, now, wrong = store.file.alerts, datetime.now(UTC), 0
    for alert, letter in samples(store, now):
        route = route_of(alert, alerts.all_routes())
        problem = _send(letter, alerts.sender, route.mail, route.chat)
        when = told_at(alert, route, alerts.hours)
        people = ", ".join((*route.mail, *(f"chat {each}" for each in route.chat)))
        said = f"to {people}" if people else "to nobody: no route takes it, and nobody is named"
        if when is not None and when > now:
            said += f", which else waits until {when.astimezone(alerts.hours.zone):%a %H:%M}"
        if problem:
            said = f"did not leave ({problem}) {said}"
        wrong += bool(problem) or not people
        sys.stdout.write(f"{alert.kind:<15}{KINDS[alert.kind].name:<46}{said}\n")
    return 1 if wrong else 0


def _send(letter: Letter, sender: str, addresses: Sequence[str], chats: Sequence[str]) -> str:
    """Send a letter now, past the outbox; the kind of error if it did not leave."""
    problem = ""
    try:
        if addresses:
            mail.send(mail.message_of(letter, sender=sender, recipients=addresses))
    except Exception as error:  # what a mail server says may quote what it was given
        problem = type(error).__name__
    for each in chats:
        try:
            chat.send(each, chat.message_of(letter))
        except Exception as error:  # the text may hold the chat's secret address
            problem = type(error).__name__
    return problem


if __name__ == "__main__":
    sys.exit(main())
