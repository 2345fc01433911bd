"""What all tasks share of each vendor: how much may still be asked, and whether it answers. Read, not asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import psycopg2

from include.clients import asking
from include.clients.allowance import Allowance, Terms
from include.clients.circuit import Circuit, state_of
from include.clients.pacing import BIGCOMMERCE_SHARED, XERO_SHARED
from include.database.connection import connect
from include.settings.finding import Finding, ok, warn
from include.settings.store import Store


def ask_about_pace(store: Store, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Two lines a vendor, out of the rows that its calls keep. Silent without a migrated database: that is told already."""
    dsn = environment.get("BRIDGE_DSN", "")
    if not dsn:
        return
    books = replace(XERO_SHARED, kept_a_day=store.file.xero.calls_kept_a_day)
    rows = (
        ("xero", store.file.xero.organisation, books, "https://status.xero.com"),
        ("bigcommerce", store.file.bigcommerce.store_hash, BIGCOMMERCE_SHARED, "https://status.bigcommerce.com"),
    )
    try:
        with connect(dsn) as db:
            found = [db.row("pace.seen", vendor=vendor, tenant=tenant) for vendor, tenant, _, _ in rows]
    except psycopg2.Error:
        return
    for (_, _, terms, status_page), row in zip(rows, found, strict=True):
        if row is None:
            yield ok(f"calls to {terms.vendor}", "no task has called it yet.")
            continue
        yield _calls(Allowance.from_json(row["allowance"]), terms, row["now"])
        yield _circuit(Circuit.from_json(row["circuit"]), terms.vendor, row["now"], status_page)


def _calls(allowance: Allowance, terms: Terms, now: float) -> Finding:
    check = f"calls to {terms.vendor}"
    used, most = asking.used(allowance, terms, now), terms.calls_max or allowance.quota
    words = [f"{used} of {most or 'an unknown number'} used in this window of {terms.window_s:.0f} s"]
    if terms.kept_a_day:
        left = "as many as the vendor allows" if allowance.left_day is None else f"{allowance.left_day}"
        words.insert(0, f"{left} left today, {terms.kept_a_day} of them kept from batches")
    sentence = f"{'; '.join(words)}."
    if allowance.closed_until is not None and now < allowance.closed_until:
        words = [f"it asked us to stay away until {_clock(allowance.closed_until)}", *words]
        return warn(
            check, f"{'; '.join(words)}.", "Nothing: the tasks wait for it. If it comes often, see who else calls."
        )
    if allowance.left_day is not None and allowance.left_day <= terms.kept_a_day:
        remedy = "Batches go on when its day ends. Lower `xero: calls_kept_a_day`, or ask Xero for a higher tier."
        return warn(check, sentence, remedy)
    return ok(check, sentence)


def _circuit(circuit: Circuit, vendor: str, now: float, status_page: str) -> Finding:
    check = f"circuit {vendor}"
    state = state_of(circuit, now)
    if circuit.until is None or state == "closed":
        last = f" ({circuit.failures} without an answer just now: {vendor} {circuit.said})" if circuit.failures else ""
        return ok(check, f"closed: {vendor} answers{last}.")
    since = _clock(circuit.since) if circuit.since is not None else "an unknown time"
    when = "the next call tries" if state == "half-open" else f"one call tries at {_clock(circuit.until)}"
    words = f"{state} since {since}: {vendor} {circuit.said}, {circuit.failures} times in a row; {when}."
    return warn(check, words, f"Look at {status_page}; it closes by itself on the first answer.")


def _clock(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M:%S} UTC"
