"""The given folder's stand-in for both vendors, with what it lacks of Xero for reading back, and with faults of ours.

    python stand_in.py --bench DIR [--orders N]

Run as a file, by any Python 3.11 (uvloop is used if it is there). The stand-in itself is not changed: it is loaded from
DIR, and these of its manners are set right, as Xero has them:

- `GET Invoices` by `IDs` and `InvoiceNumbers` tells what was stored, reference and contact included; `GET Payments` obeys
  a `where` of invoices, and tells references. As it comes it ignores both filters.
- A line without a TaxAmount is taxed half up; it rounds half to even. Peers that send the tax are not touched.
- A contact that is named by its id keeps this id.
- Xero's five at once are its own calls; it counts those to the shop among them.

More faults for `POST /_bench/faults`, counted as the others are, from the call after it:

    {"kill_at": k, "pid": p, "done": true}   SIGKILL to p at the k-th call, once its work is done, or before it is begun
    {"lose_from": k}                         from the k-th call on every answer is lost, the work is done

`POST /_bench/reset` also takes {"day": n}: a day of n calls. `POST /_bench/forget` forgets every idempotency key, as Xero
does after six minutes. `GET /_bench/books` tells all that is in the books.
"""

import argparse
import asyncio
import contextlib
import json
import os
import re
import signal
import sys
import threading
import time
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

CENT = Decimal("0.01")
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def taxed(line: dict[str, Any]) -> dict[str, Any]:
    """The line with its tax, where that is left to Xero: a tenth, half up."""
    if line.get("TaxAmount") is not None:
        return line
    stated = line.get("LineAmount")
    amount = Decimal(str(stated if stated is not None else line.get("UnitAmount", 0)))
    if stated is None:
        amount = (amount * Decimal(str(line.get("Quantity", 1)))).quantize(CENT, ROUND_HALF_UP)
    rate = Decimal(0) if line.get("TaxType") == "BASEXCLUDED" else Decimal("0.1")
    return {**line, "TaxAmount": str((amount * rate).quantize(CENT, ROUND_HALF_UP))}


def with_read_back(vendors: Any) -> Any:
    """The stand-in's world, with books that can be read back and with our faults. vendors: its module."""

    class Books(vendors.Books):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.kept: dict[str, dict[str, Any]] = {}
            self.money: list[dict[str, Any]] = []

        def write_invoice(self, element: dict[str, Any], method: str) -> dict[str, Any]:
            element = {**element, "LineItems": [taxed(line) for line in element.get("LineItems", [])]}
            answer: dict[str, Any] = super().write_invoice(element, method)
            if not answer.get("HasErrors"):
                self.kept[answer["InvoiceNumber"]] = answer
            return answer

        def write_payment(self, element: dict[str, Any], method: str) -> dict[str, Any]:
            answer: dict[str, Any] = super().write_payment(element, method)
            if not answer.get("HasValidationErrors"):
                self.money.append(answer)
            return answer

        def write_contact(self, element: dict[str, Any], method: str) -> dict[str, Any]:
            answer: dict[str, Any] = super().write_contact(element, method)
            return {**answer, "ContactID": element["ContactID"]} if element.get("ContactID") else answer

        def read(self, kind: str, query: dict[str, str]) -> dict[str, Any]:
            if kind == "Payments":
                wanted = set(GUID.findall(query.get("where", "")))
                return {"Payments": [p for p in self.money if not wanted or p["Invoice"]["InvoiceID"] in wanted]}
            if kind == "Invoices":
                numbers = [n for n in query.get("InvoiceNumbers", "").split(",") if n]
                numbers += [self.numbers[i] for i in query.get("IDs", "").split(",") if i in self.numbers]
                return {"Invoices": [self.stated(n) for n in numbers if n in self.kept]}
            answer: dict[str, Any] = super().read(kind, query)
            return answer

        def stated(self, number: str) -> dict[str, Any]:
            paid = round(sum(self.payments.get(number, [])), 2)
            total = self.kept[number]["Total"]
            state = "PAID" if paid >= total else "AUTHORISED"
            return {**self.kept[number], "AmountPaid": paid, "AmountDue": round(total - paid, 2), "Status": state}

        def whole(self) -> dict[str, Any]:
            """Every invoice with its total, reference and payments."""
            return {
                number: {
                    "id": kept["InvoiceID"],
                    "total": kept["Total"],
                    "reference": kept["Reference"],
                    "paid": self.payments.get(number, []),
                }
                for number, kept in self.kept.items()
            }

    class World(vendors.World):  # type: ignore[misc]
        faults: dict[str, Any]
        in_flight: int
        most_in_flight: int

        def reset(self, to: dict[str, Any]) -> None:
            super().reset(to)
            self.asked_until: list[float] = []  # when each call to the books that is under way will be answered
            self.most_of_books = 0
            if self.settings.get("day"):
                self.day = vendors.Window(int(self.settings["day"]), 86400 / float(self.settings["scale"]))

        def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Any:
            if target.startswith("/_bench"):
                return super().answer(method, target, headers, body)
            kill = self.faults.get("kill_at") == self.turn + 1
            if kill and not self.faults.get("done"):
                return self.killed()
            answer = super().answer(method, target, headers, body)
            if kill:
                return self.killed()
            from_turn = self.faults.get("lose_from")
            if from_turn and self.turn >= from_turn:
                self.lost += 1
                return vendors.LOSE
            return answer

        def books_answer(self, *given: Any) -> Any:
            now = time.monotonic()
            self.asked_until = [each for each in self.asked_until if each > now] + [now + self.latency]
            self.most_of_books = max(self.most_of_books, len(self.asked_until))
            everybody, self.in_flight = self.in_flight, len(self.asked_until)
            try:
                return super().books_answer(*given)
            finally:
                self.in_flight = everybody

        def stats(self) -> dict[str, Any]:
            return {**super().stats(), "most_in_flight": self.most_of_books or self.most_in_flight}

        def killed(self) -> Any:
            self.faults = {key: value for key, value in self.faults.items() if key != "kill_at"}
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(self.faults["pid"]), signal.SIGKILL)
            return vendors.LOSE

        def control(self, parts: list[str], headers: dict[str, str], body: bytes) -> Any:
            if parts == ["forget"]:
                self.books.replays.clear()
                return 200, {}, "{}"
            if parts == ["books"]:
                return 200, {}, json.dumps(self.books.whole())
            return super().control(parts, headers, body)

    vendors.Books = Books
    return World


def main() -> None:
    """Serve until standard input closes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--orders", type=int, default=1000)
    asked = parser.parse_args()
    sys.path.insert(0, str(asked.bench))
    import fake_vendors  # type: ignore[import-not-found]

    threading.Thread(target=_end_with_who_started_us, daemon=True).start()
    world = with_read_back(fake_vendors)(asked.orders, 0, "none", 1)
    with contextlib.suppress(KeyboardInterrupt):
        _runner()(fake_vendors.serve("127.0.0.1", 0, world))


def _end_with_who_started_us() -> None:
    sys.stdin.read()
    os._exit(0)


def _runner() -> Any:
    try:
        import uvloop  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        return asyncio.run
    return uvloop.run


if __name__ == "__main__":
    main()
