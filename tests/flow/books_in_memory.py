"""Books without HTTP for the state machine: as much of Xero as load asks, and a request that can be told how to end."""

import json
from collections.abc import Callable
from decimal import Decimal
from threading import RLock
from uuid import uuid4

from broken_line import Killed

from include.clients.errors import OutcomeUnknown, Refused
from include.clients.xero import Element

KEY_LIVES_S = 360  # reference xero.md 3.3
KINDS = {
    "Contacts": ("ContactID", "ContactNumber"),
    "Invoices": ("InvoiceID", "InvoiceNumber"),
    "Payments": ("PaymentID", ""),
}


class MemoryBooks:
    """One organisation. `ends` says how the next write that leaves ends; None: well."""

    def __init__(self) -> None:
        self.now = 0.0
        self.calls = 0
        self.ends: str | None = None
        self.meanwhile: Callable[[], None] = lambda: None
        self.held = {kind: {} for kind in KINDS}
        self._answers: dict[str, tuple[float, list[Element]]] = {}
        self._lock = RLock()

    def write(self, method, resource, body, *, key, repeat_for_s, sent_before=False):
        ends, self.ends = self.ends, None
        if ends == "killed before it is sent":
            raise Killed
        if ends == "lost, nothing done":
            raise OutcomeUnknown("lost")
        if ends == "refused":
            raise Refused("no", problems=("A validation exception occurred",))
        with self._lock:
            at, answer = self._answers.get(key, (self.now - KEY_LIVES_S, None))
            if self.now - at >= KEY_LIVES_S:
                elements = json.loads(body, parse_float=Decimal)[resource]
                answer = [self._one(resource, place, each) for place, each in enumerate(elements)]
                self._answers[key] = (self.now, answer)
        if ends == "another run meanwhile":
            self.meanwhile()
        if ends == "lost, work done":
            raise OutcomeUnknown("lost")
        if ends == "killed after the answer":
            raise Killed
        return answer

    def _one(self, kind, place, sent):
        id_name, number_name = KINDS[kind]
        there = self.held[kind].get(sent.get(id_name))
        if (
            kind == "Invoices"
            and there is None
            and any(each["InvoiceNumber"] == sent["InvoiceNumber"] for each in self.held[kind].values())
        ):
            return Element(place, False, None, None, ("Invoice # must be unique.",), (), {})
        if kind == "Invoices" and there is not None and there["AmountPaid"] and "LineItems" in sent:
            return Element(place, False, None, None, ("cannot be edited as it has a payment",), (), {})
        kept = (
            there
            if there is not None
            else {id_name: str(uuid4()), "AmountPaid": Decimal(0), "AmountCredited": Decimal(0)}
        )
        kept |= sent
        if kind == "Invoices":
            kept["Total"] = sum((line["UnitAmount"] for line in kept["LineItems"]), Decimal(0))
        if kind == "Payments":
            invoice = self.held["Invoices"][sent["Invoice"]["InvoiceID"]]
            if sent["Amount"] > invoice["Total"] - invoice["AmountPaid"]:
                return Element(place, False, None, None, ("exceeds the amount outstanding",), (), {})
            invoice["AmountPaid"] += sent["Amount"]
        self.held[kind][kept[id_name]] = kept
        return Element(place, True, kept[id_name], kept.get(number_name), (), (), dict(kept))

    def _where(self, kind, name, wanted):
        with self._lock:
            return [dict(each) for each in self.held[kind].values() if each.get(name) in set(wanted)]

    def contacts_where(self, *, numbers, emails):
        return self._where("Contacts", "ContactNumber", numbers)

    def invoices_numbered(self, numbers):
        return self._where("Invoices", "InvoiceNumber", numbers)

    def invoices_by_id(self, ids):
        return self._where("Invoices", "InvoiceID", ids)

    def payments_of(self, ids):
        with self._lock:
            return [dict(each) for each in self.held["Payments"].values() if each["Invoice"]["InvoiceID"] in set(ids)]

    def payments_deleted_since(self, moment):
        return self._where("Payments", "Status", ["DELETED"])

    def invoices_gone_since(self, moment):
        return self._where("Invoices", "Status", ["VOIDED", "DELETED"])

    def actions(self):
        return []
