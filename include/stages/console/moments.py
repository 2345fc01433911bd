"""The lines of an order's timeline, out of the rows of each table: one maker a table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Literal

from include.database.connection import Row
from include.domain.order import Status

Tone = Literal["", "good", "bad", "soft"]

CAUSES = {
    "webhook": "a webhook of the shop",
    "released": "a person's decision",
    "changed_in_xero": "somebody changed its document in Xero",
    "retry": "it is tried again",
    "unread": "it could not be read whole",
    "busy_elsewhere": "another run was working on it",
    "correction": "a correction to today's settings",
    "resync": "a person asked for a resync",
}
PARTS = {
    "order": "the order",
    "transactions": "its payments",
    "refunds": "its refunds",
    "taxes": "its taxes",
    "products": "its lines",
    "metafields": "its metafields",
}


A_MOMENT = timedelta(minutes=1)
SENT = {
    "done": "and Xero has it",
    "refused": "and Xero refused it",
    "not_sent": "it never left",
    "absent": "Xero never had it",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the timeline. `run` is the Airflow run (flow, run id) that it happened in, if it did in one."""

    at: datetime
    who: str
    headline: str
    sentences: tuple[str, ...] = ()
    tone: Tone = ""
    run: tuple[str, str] | None = None


def said(versions: Sequence[Row]) -> Iterator[Moment]:
    """Each content of each part, with what of the order itself moved."""
    before: dict[str, Row] = {}
    for row in versions:
        what = PARTS.get(row["part"].partition("/")[0], row["part"].replace("_", " "))
        last = before.get(row["part"])
        before[row["part"]] = row
        if row["part"] != "order":
            yield Moment(row["fetched_at"], "shop", f"{what} read" + (" again: changed" if last else ""), tone="soft")
            continue
        moved = [] if last is None else list(_moved(last, row))
        facts = (
            () if row["total"] is None else (f"{amount(row['total'])} {row['currency']}, {_status(row['status_id'])}",)
        )
        if last is None:
            yield Moment(row["fetched_at"], "shop", "first read from the shop", facts)
        else:
            yield Moment(
                row["fetched_at"],
                "shop",
                "changed in the shop",
                tuple(moved) or ("something that the books do not depend on",),
            )


def _moved(last: Row, row: Row) -> Iterator[str]:
    if last["status_id"] != row["status_id"]:
        yield f"status {_status(last['status_id'])}, now {_status(row['status_id'])}"
    if (last["total"], last["currency"]) != (row["total"], row["currency"]):
        yield f"total {amount(last['total'])} {last['currency']}, now {amount(row['total'])} {row['currency']}"


def heard(events: Sequence[Row]) -> Iterator[Moment]:
    """What webhooks told."""
    for row in events:
        from_xero = row["vendor"] == "xero"
        headline = f"Xero says that its document changed ({row['scope']})" if from_xero else f"webhook {row['scope']}"
        yield Moment(row["received_at"], "Xero" if from_xero else "shop", headline, tone="bad" if from_xero else "soft")


def woken(causes: Sequence[Row]) -> Iterator[Moment]:
    """Why it was looked at again."""
    for row in causes:
        why = CAUSES.get(row["cause"], row["cause"].replace("_", " "))
        later = (
            f"not before {row['due_at']:%d %b %Y %H:%M} UTC" if row["due_at"] > row["recorded_at"] + A_MOMENT else ""
        )
        waits = "still to come" if row["claimed_by"] is None else ""
        sentences = tuple(filter(None, (waits, later)))
        yield Moment(row["recorded_at"], "bridge", f"to be looked at again: {why}", sentences, "soft")


def checked(findings: Sequence[Row]) -> Iterator[Moment]:
    """The checks that it failed."""
    for row in findings:
        what = "what came" if row["checked"] == "incoming" else "what would go out"
        yield Moment(row["recorded_at"], "check", f"a check of {what} failed: {row['rule']}", (row["sentence"],), "bad")


def decided_by_rule(postings: Sequence[Row]) -> Iterator[Moment]:
    """A line a batch; batches in a row that found all as it was are one."""
    batches = [list(rows) for _, rows in groupby(postings, key=lambda row: row["batch_id"])]
    for unchanged, group in groupby(batches, key=lambda rows: {row["outcome"] for row in rows} == {"unchanged"}):
        found = list(group)
        if unchanged:
            last = found[-1][0]
            times = f"{len(found)} times" if len(found) > 1 else "once"
            yield Moment(
                last["recorded_at"], "bridge", f"looked at {times}, all as it was", tone="soft", run=_run(last)
            )
            continue
        for rows in found:
            outcomes = {row["outcome"] for row in rows}
            tone: Tone = "bad" if outcomes & {"held", "failed"} else "good" if "posted" in outcomes else "soft"
            sentences = tuple(sentence for row in rows for sentence in _decided(row))
            yield Moment(
                rows[0]["recorded_at"], "bridge", ", ".join(_named(row) for row in rows), sentences, tone, _run(rows[0])
            )


def _named(row: Row) -> str:
    of = f" {amount(row['amount'])} {row['currency']}" if row["amount"] is not None else ""
    return f"{kind(row['kind'])} {row['number'] or ''}".rstrip() + f"{of} {row['outcome']}"


def _decided(row: Row) -> Iterator[str]:
    if row["reason"]:
        yield f"{row['meaning'] or ''} {row['sentence'] or ''}".strip()
        if row["outcome"] in ("held", "failed") and row["remedy"]:
            yield f"To do: {row['remedy']}"
    elif row["sentence"]:
        yield row["sentence"]
    elif row["words"]:
        yield row["words"]


def sent(attempts: Sequence[Row]) -> Iterator[Moment]:
    """What left for Xero, and what became of it."""
    for row in attempts:
        what = f"{row['verb']} {kind(row['kind'])}"
        yield Moment(
            row["sent_at"],
            "bridge",
            f"sent to Xero: {what}, {SENT.get(row['outcome'], 'its outcome is not known yet')}",
            (row["problem"],) if row["problem"] else (),
            "bad" if row["outcome"] in ("refused", None) else "soft",
        )


def decided_by_people(decisions: Sequence[Row]) -> Iterator[Moment]:
    """What people decided."""
    for row in decisions:
        headline = f"decided: {row['choice']} the {kind(row['kind'])} held as {row['reason']}"
        yield Moment(row["at"], row["by"], headline, (row["why"],) if row["why"] else ())


def compared(differences: Sequence[Row]) -> Iterator[Moment]:
    """The day's report, each difference once however many versions name it."""
    seen: set[tuple[object, ...]] = set()
    for row in differences:
        key = (row["day"], row["cause"], row["what"], row["in_shop"], row["in_xero"])
        if key in seen:
            continue
        seen.add(key)
        at = datetime.combine(row["day"], time.max, UTC)
        sides = f"{amount(row['in_shop'])} in the shop, {amount(row['in_xero'])} in Xero, {row['currency']}"
        sentences = tuple(filter(None, (sides, row["sentence"], row["remedy"])))
        headline = f"reconciliation of {row['day']}: {row['cause'].replace('_', ' ')} ({row['what']})"
        yield Moment(at, "report", headline, sentences, "soft" if row["explained"] else "bad")


def told(entries: Sequence[Row]) -> Iterator[Moment]:
    """What else stands in the store's chain."""
    for row in entries:
        content: Mapping[str, object] = row["content"]
        said = tuple(f"{name}: {content[name]}" for name in ("why", "contact_id") if content.get(name))
        yield Moment(row["recorded_at"], str(content.get("by") or "bridge"), row["event"].replace("_", " "), said)


def _run(row: Row) -> tuple[str, str]:
    return row["flow"], row["run_id"]


def kind(of: str) -> str:
    """A kind of document as people write it."""
    return of.replace("_", " ")


def _status(status_id: int | None) -> str:
    try:
        return Status(status_id if status_id is not None else -1).name.lower().replace("_", " ")
    except ValueError:
        return f"status {status_id}"


def amount(of: Decimal | None) -> str:
    """An amount with two decimals, or more where it has them."""
    if of is None:
        return "–"
    cents = of.quantize(Decimal("0.01"))
    return f"{cents if cents == of else of.normalize():f}"
