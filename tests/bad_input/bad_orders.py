"""Orders that are bad in one way each, the line that makes them so, and the desk that asks what became of them.

Every test here asks the same of a bad record: it is held with its field and a remedy, or an error names it; its bytes
are kept; each order has one outcome (T1); the others are booked; and once the shop is right again, so is this one.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from include.clients.bigcommerce import BigCommerce
from include.sandbox.order_builder import an_order

Alter = Callable[[httpx.Request, httpx.Response], httpx.Response]
GOOD = (1001, 9001)  # one order before the bad ones and one after: both must be booked whatever happens between
OUTCOMES = ("posted", "unchanged", "skipped", "held", "failed")
_OF_ORDER = re.compile(r"/v[23]/orders/(\d+)(?:/(?:payment_actions/)?(\w+))?$")


class Line(httpx.BaseTransport):
    """The real line to the sandbox, on which answers are altered before the client sees them."""

    def __init__(self) -> None:
        self.http = httpx.HTTPTransport()
        self.alter: Alter = lambda request, answer: answer
        self.spoilt: dict[int, tuple[str, Callable[[Any], object]]] = {}
        self.asked: list[httpx.URL] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url)
        answer = self.http.handle_request(request)
        answer.read()
        return self.alter(request, self._spoil(request.url.path, answer))

    def _spoil(self, path: str, answer: httpx.Response) -> httpx.Response:
        named = _OF_ORDER.search(path)
        if not self.spoilt or answer.status_code != 200 or not (path.endswith("/v2/orders") or named):
            return answer
        content = answer.json()
        if named and named[2]:
            part, spoil = self.spoilt.get(int(named[1]), ("", None))
            rows = content["data"] if isinstance(content, dict) else content
            if part == named[2] or (part, named[2]) == ("line", "products"):
                spoil(rows[0])
        else:
            for order in [content] if named else content:
                part, spoil = self.spoilt.get(order["id"], ("", None))
                if part == "order":
                    spoil(order)
                elif part in ("line", "line of the list", "consignment"):
                    consignment = order["consignments"]["shipping"][0]
                    spoil(consignment if part == "consignment" else consignment["line_items"][0])
        return json_answer(content, answer.headers)


def json_answer(content: Any, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """An answer in JSON, as the vendor would send it."""
    told = {name: value for name, value in (headers or {}).items() if name.startswith("x-")}
    body = json.dumps(content).encode()
    return httpx.Response(200, content=body, headers={**told, "content-type": "application/json"})


@dataclass(frozen=True)
class Bad:
    """One way in which an order can be bad, and how it ends.

    part    "order", "line", "consignment", "taxes", "transactions", "refunds": what `spoil` is given (the first row).
    words   what the sentence for people must say: the field above all.
    """

    part: str
    spoil: Callable[[Any], object]
    words: tuple[str, ...] = ()
    reason: str = "unknown_shape"


def without(name: str) -> Callable[[dict[str, Any]], object]:
    """The row loses this field."""
    return lambda row: row.pop(name)


def saying(**fields: Any) -> Callable[[dict[str, Any]], object]:
    """The row says this."""
    return lambda row: row.update(fields)


@dataclass
class Desk:
    """The bridge, its shop, and the orders that are bad in it, by the name of what is bad."""

    bridge: Any
    line: Line = field(default_factory=Line)
    bad: dict[str, int] = field(default_factory=dict)

    @property
    def town(self) -> Any:
        return self.bridge.town

    def put(self, order_id: int, change: Callable[[Any], Any] = lambda order: order) -> None:
        """An order of a mug at 22.00 with 2.00 of GST in it, paid by card; or what `change` makes of it."""
        order = change(an_order(order_id).line("MUG", price="22.00", tax="10").paid("card"))
        self.town.shop.put(order.build())
        self.town.shop.touch(order_id)

    def spoil(self, bad: Mapping[str, Bad], change: Callable[[Any], Any] = lambda order: order) -> None:
        """One order for each way of being bad."""
        for name, way in bad.items():
            self.bad[name] = order_id = 2001 + len(self.bad)
            self.put(order_id, change)
            self.line.spoilt[order_id] = (way.part, way.spoil)

    @contextmanager
    def saying(self, alter: Alter) -> Iterator[None]:
        """While the block runs, the shop's answers come altered."""
        before, self.line.alter = self.line.alter, alter
        try:
            yield
        finally:
            self.line.alter = before

    @contextmanager
    def shop(self) -> Iterator[BigCommerce]:
        with BigCommerce.open(
            base_url=self.bridge.base, store_hash="demo1", access_token="sandbox-bc-token", transport=self.line
        ) as client:
            yield client

    def run(self) -> dict[str, int]:
        """A run to its end; nothing that it took in may be without an outcome."""
        counts = self.bridge.run()
        assert counts["documents"] == sum(counts[name] for name in OUTCOMES), counts
        return counts

    def outcomes(self) -> dict[int, dict[str, Any]]:
        return self.bridge.outcomes()

    def invoices(self) -> dict[int, str]:
        """The total of each order's invoice in the books; an order with two would show as a failed test."""
        found = [(int(each["InvoiceNumber"].removeprefix("BC-")), str(each["Total"])) for each in self._ours()]
        assert len(found) == len(dict(found)), "an order has two invoices"
        return dict(found)

    def invoice(self, order_id: int) -> dict[str, Any]:
        return self.town.books.invoice(f"BC-{order_id}")

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database says."""
        with self.bridge.db._connection.cursor() as cursor:
            cursor.execute(sql, values)
            found = cursor.fetchall()
        self.bridge.db.rollback()
        return found

    def stored(self, order_id: int, part: str = "order") -> list[bytes]:
        """All that the shop ever said of a part of an order, to the byte."""
        rows = self.ask("SELECT body FROM raw_part WHERE order_key = %s AND part LIKE %s", order_id, f"{part}%")
        return [bytes(row[0]) for row in rows]

    def red(self) -> list[str]:
        """Why batches are red."""
        return [row[0] for row in self.ask("SELECT red_reason FROM batch WHERE red_reason IS NOT NULL")]

    def are_held(self, bad: Mapping[str, Bad]) -> None:
        """After one run: each bad order is held in its words with a remedy, its bytes are kept, the rest is booked."""
        counts = self.run()
        outcomes = self.outcomes()
        assert set(outcomes) == {*GOOD, *self.bad.values()}
        assert counts["orders"] == len(outcomes)
        told = {name: (outcomes[key]["outcome"], outcomes[key]["reason"]) for name, key in self.bad.items()}
        assert told == {name: ("held", way.reason) for name, way in bad.items()}, self._sentences()
        sentences = self._sentences()
        for name, way in bad.items():
            for word in way.words:
                assert word in sentences[name], f"{name}: {word!r} is not in: {sentences[name]}"
        remedies = dict(self.ask("SELECT order_key::bigint, remedy FROM held WHERE kind = 'invoice'"))
        assert {name for name, key in self.bad.items() if not remedies[key]} == set()
        assert {name for name, key in self.bad.items() if not self.stored(key)} == set()
        assert self.invoices() == dict.fromkeys(GOOD, "22.00")

    def are_booked(self, total: str = "22.00") -> None:
        """After one run: every order is in the books, the ones in question with this total."""
        counts = self.run()
        told = {key: row["outcome"] for key, row in self.outcomes().items()}
        assert told == dict.fromkeys((*GOOD, *self.bad.values()), "posted"), self._sentences()
        assert counts["orders"] == len(told)
        assert self.invoices() == {**dict.fromkeys(GOOD, "22.00"), **dict.fromkeys(self.bad.values(), total)}

    def are_booked_once_the_shop_is_right(self) -> None:
        """The next run books what was held, and writes nothing again for the others."""
        self.line.spoilt.clear()
        for order_id in self.bad.values():
            self.put(order_id)
        self.run()
        told = {name: self.outcomes()[key]["outcome"] for name, key in self.bad.items()}
        assert told == dict.fromkeys(self.bad, "posted"), self._sentences()
        assert self.invoices() == dict.fromkeys((*GOOD, *self.bad.values()), "22.00")

    def _sentences(self) -> dict[str, str]:
        names = {key: name for name, key in self.bad.items()}
        return {names.get(key, str(key)): row["sentence"] or "" for key, row in self.outcomes().items()}

    def _ours(self) -> list[dict[str, Any]]:
        return [each for each in self.town.books.invoices() if each["InvoiceNumber"].startswith("BC-")]
