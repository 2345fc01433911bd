"""The letter to operations: which task is red, why, and what its runbook says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseNotifier

from bridge.notifiers.mail import Letter, send, without_addresses, written

if TYPE_CHECKING:
    from airflow.sdk import Context

LINE_CHARS_MAX = 300
NO_ROW = ("It is not in the runbook.", "Read its log.")


class TellOperations(BaseNotifier):
    """Mails a red task to the store's `alerts.operations`. An empty list means that nobody is told."""

    def __init__(self, store_key: str) -> None:
        super().__init__()
        self.store_key = store_key

    def notify(self, context: Context) -> None:
        """Send the letter, once a cause. A mail server that is down is a warning in the task's log."""
        if type(context.get("exception")).__name__ == "LeftRed":  # by name: the stages are not imported here
            self.log.info("Operations were told by the step that turned red first")
            return
        recipients, sender = who(self.store_key)
        if not recipients:
            self.log.warning("Nobody is told: alerts.operations of store %s is empty", self.store_key)
            return
        try:
            with _first_to_tell(self.store_key, context.get("exception")) as is_first:
                if is_first:
                    send(letter_to_operations(dict(context), self.store_key), sender=sender, recipients=recipients)
                else:
                    self.log.info("Operations were told before that this consent has ended")
        except Exception as error:  # a letter that fails must not hide the failure that it tells of
            self.log.warning("The letter to operations did not leave (%s)", type(error).__name__)


@contextmanager
def _first_to_tell(store_key: str, exception: object) -> Iterator[bool]:
    """Whether this failure is to be told: an ended consent turns every task red until somebody consents, and is told once."""
    if type(exception).__name__ != "ConsentNeeded":  # by name: the clients are not imported here
        yield True
        return
    from include.database.connection import connect
    from include.database.letters import telling_once

    subject = f"consent/{getattr(exception, 'connection', '')}/{getattr(exception, 'since', '')}"
    with connect() as db, telling_once(db, store_key, "operations", subject) as is_first:
        yield is_first


def letter_to_operations(context: dict[str, Any], store_key: str) -> Letter:
    """The letter about the failed task of this context."""
    ti = context["ti"]
    means, to_do = runbook_row(context["dag"].doc_md or "", ti.task_id)
    return written(
        "operations",
        f"Red: {ti.dag_id}, {ti.task_id}",
        store=store_key,
        dag_id=ti.dag_id,
        task_id=ti.task_id,
        run_id=ti.run_id,
        try_number=ti.try_number,
        error=first_line(context.get("exception")),
        means=means,
        to_do=to_do,
        log_url=ti.log_url,
    )


def runbook_row(doc_md: str, task_id: str) -> tuple[str, str]:
    """What a red task means and what to do, out of the DAG's table."""
    for line in doc_md.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 3 and cells[0] == f"`{task_id}`":
            return cells[1], cells[2]
    return NO_ROW


def first_line(exception: BaseException | str | None) -> str:
    """The first line of an error, if it is one of ours; of a foreign one only its name.

    Ours are written for operators and quote no customer. A foreign text may hold a row or a body: that stays in the log.
    """
    from airflow.sdk._shared.secrets_masker import redact

    if exception is None:
        return "no error was reported; the task may have been killed"
    if isinstance(exception, BaseException) and not type(exception).__module__.startswith("include."):
        return f"{type(exception).__name__}, see the log"
    text = str(exception).strip()
    line = text.splitlines()[0] if text else type(exception).__name__
    return without_addresses(str(redact(line)))[:LINE_CHARS_MAX]


def who(store_key: str) -> tuple[tuple[str, ...], str]:
    """The recipients and the sender in a store's file, also where the file has a mistake elsewhere."""
    import yaml

    from include.settings.store import stores_folder
    from include.settings.store_file import Alerts

    try:
        content = yaml.safe_load((stores_folder() / f"{store_key}.yaml").read_text("utf-8"))
        alerts = Alerts.model_validate(content.get("alerts") or {})
    except (OSError, ValueError, AttributeError, yaml.YAMLError):
        alerts = Alerts()
    return alerts.operations, alerts.sender
