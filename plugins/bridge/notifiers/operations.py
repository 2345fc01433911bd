"""The letter to operations: which task is red, why, and what its runbook says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from airflow.sdk import BaseNotifier

from bridge.notifiers.greens import green_runs
from bridge.notifiers.mail import Letter, message_of, send, without_addresses, written
from bridge.notifiers.posting import deliver, post

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.database.connection import Database
    from include.domain.alert import Alert
    from include.settings.alerts import Alerts

LINE_CHARS_MAX = 300
NO_ROW = ("It is not in the runbook.", "Read its log.")


class TellOperations(BaseNotifier):
    """Tells of a red task, by the alert settings of the store: once, however often the same task turns red."""

    def __init__(self, store_key: str) -> None:
        super().__init__()
        self.store_key = store_key

    def notify(self, context: Context) -> None:
        """Keep that it is red, and send the letter if that is news. A mail server that is down is a warning in the log."""
        if type(context.get("exception")).__name__ == "LeftRed":  # by name: the stages are not imported here
            self.log.info("Operations were told by the step that turned red first")
            return
        try:
            self._tell(dict(context))
        except Exception as error:  # a letter that fails must not hide the failure that it tells of
            self.log.warning("The letter to operations did not leave (%s)", type(error).__name__)

    def _tell(self, context: dict[str, Any]) -> None:
        from psycopg2 import OperationalError

        from include.database.connection import DatabaseUnsetError, connect
        from include.domain.alert import route_of

        alerts, alert = alerts_of(self.store_key), alert_of(context)
        letter = letter_to_operations(context, self.store_key)
        route = route_of(alert, alerts.all_routes())
        if not (route.mail or route.chat):
            self.log.warning("Nobody is told: the alerts of store %s name nobody for it", self.store_key)
        try:
            with connect() as db:
                self._tell_once(db, alerts, alert, letter, context["ti"])
        except (OperationalError, DatabaseUnsetError):  # the very thing that operations must hear of
            if route.mail:
                send(message_of(letter, sender=alerts.sender, recipients=route.mail))

    def _tell_once(self, db: Database, alerts: Alerts, alert: Alert, letter: Letter, ti: Any) -> None:
        from include.database.letters import telling_alone
        from include.stages.alerts import keeping, telling

        now = datetime.now(UTC)
        letters: list[int] = []
        with telling_alone(db, self.store_key):
            alert_id = keeping.raise_alert(
                db, self.store_key, alert, now, again=True, run_id=ti.run_id, greens=green_runs(ti.dag_id)
            )
            for each in telling.due(db, self.store_key, alerts, now):
                mine = [kept for kept in each.words.get("first", ()) if kept.alert_id == alert_id]
                if mine:
                    news = telling.Telling(each.mail, each.chat, {"first": mine})
                    letters += post(
                        db, self.store_key, alert.kind, letter, sender=alerts.sender, to=(each.mail, each.chat)
                    )
                    telling.mark(db, [news], now)
        if not letters:
            self.log.info("It was told before, or its time has not come")
        deliver(db, letters)


class TellAllOperations(BaseNotifier):
    """Tells of a red task that is of all stores: the operations of each."""

    def notify(self, context: Context) -> None:
        """As TellOperations, for each store."""
        from include.settings.store import store_files

        for path in store_files():
            TellOperations(path.stem).notify(context)


def alert_of(context: dict[str, Any]) -> Alert:
    """The cause: this task of this DAG is red. A consent that has ended is one cause, whatever turns red for it."""
    from include.domain.alert import KINDS, Alert

    ti, exception = context["ti"], context.get("exception")
    means, to_do = runbook_row(context["dag"].doc_md or "", ti.task_id)
    if type(exception).__name__ == "ConsentNeeded":  # by name: the clients are not imported here
        kind, subject = "consent", f"{getattr(exception, 'connection', '')} {getattr(exception, 'since', '')}".strip()
    else:
        kind, subject = "red", f"{ti.dag_id}/{ti.task_id}"
    return Alert(
        kind,
        subject,
        f"{ti.task_id} is red in {ti.dag_id}: {first_line(exception)}",
        f"It means: {means} What to do: {to_do}",
        datetime.now(UTC),
        KINDS[kind].severity,
        page=f"dags/{ti.dag_id}/runs/{quote(ti.run_id)}/tasks/{ti.task_id}",
    )


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


def alerts_of(store_key: str) -> Alerts:
    """The alert settings in a store's file, also where the file has a mistake elsewhere."""
    import yaml

    from include.settings.alerts import Alerts
    from include.settings.store import stores_folder

    try:
        content = yaml.safe_load((stores_folder() / f"{store_key}.yaml").read_text("utf-8"))
        return Alerts.model_validate(content.get("alerts") or {})
    except (OSError, ValueError, AttributeError, yaml.YAMLError):
        return Alerts()
