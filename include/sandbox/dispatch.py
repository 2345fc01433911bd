"""One request, from the wire through stories, gate and handler, back to the wire."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import RLock
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from include.sandbox.ground import Answer, Asked, Call, Calls, Clock, NeverSeen, Route, Service, Stories, refusal

ON_ITS_WAY = "(on its way)"
HTML_PAGE = "<!DOCTYPE html><html><head><title>Please wait</title></head><body>One moment please.</body></html>"

# A story may be told with the very call that it is for, as JSON: {"story": "deliver_twice"}. No vendor has this header.
STORY_HEADER = "x-sandbox-story"

Witness = Callable[[Route, Asked, Answer], None]


@dataclass
class Late:
    """A request that is still on its way: it arrives before so many calls more, or at this moment."""

    service: Service
    asked: Asked
    calls_left: int
    at: datetime


@dataclass
class Dispatch:
    """The ASGI application behind every vendor address.

    strict      an answer that the field tables do not allow becomes a 500 that says why. It is the sandbox's own bug.
    witnesses   called with every routed answer: tests hang the vendors' own descriptions in here.
    """

    services: Sequence[Service]
    clock: Clock
    calls: Calls
    stories: Stories
    lock: RLock
    strict: bool = True
    witnesses: list[Witness] = field(default_factory=list)
    late: list[Late] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        service = self._service_of(request.url.path)
        if service is None:
            await _response(refusal(request.method, request.url.path, "no vendor has this address"))(
                scope, receive, send
            )
            return
        with self.calls.under_way(service.vendor) as together:
            asked = Asked(
                method=request.method,
                path=request.url.path,
                query=dict(request.query_params),
                headers={name.lower(): value for name, value in request.headers.items()},
                body=await request.body(),
                together=together,
                raw_query=request.url.query,
            )
            slowly = self.stories.standing(service.vendor, "answer_slowly")
            # Even an instant answer gives others a turn here, so that calls sent together are in flight together.
            await asyncio.sleep(slowly["seconds"] if slowly else 0)
            with self.lock:
                self._hear(service.vendor, asked)
                self._let_arrive()
                template, is_token_call, answer = self._delivered(service, asked)
            lost = template == ON_ITS_WAY or self._takes_lost(service.vendor, asked, is_token_call)
        self.calls.record(
            Call(
                service.vendor,
                asked.method,
                asked.path,
                template,
                asked.query,
                0 if lost else answer.status,
                self.clock.now(),
                is_token_call,
            )
        )
        if lost:
            await _break_the_connection(receive)
            return
        if not is_token_call and self.stories.take(service.vendor, "break_off_the_next_answer") is not None:
            await _begin(answer, send)
            await _break_the_connection(receive)
            return
        cut = not is_token_call and self.stories.take(service.vendor, "cut_the_next_answer") is not None
        await _response(answer, cut=cut)(scope, receive, send)

    def _hear(self, vendor: str, asked: Asked) -> None:
        """A story that came with the call."""
        if told := asked.headers.get(STORY_HEADER):
            arguments = json.loads(told)
            self.stories.tell(arguments.pop("story"), vendor, **arguments)

    def _let_arrive(self) -> None:
        """Carry out what was on its way for long enough. Nobody hears the answer."""
        on_their_way, self.late = self.late, []
        for each in on_their_way:
            each.calls_left -= 1
            if each.calls_left > 0 and self.clock.now() < each.at:
                self.late.append(each)
            else:
                self._answer(each.service, each.asked)

    def _delivered(self, service: Service, asked: Asked) -> tuple[str, bool, Answer]:
        """The answer to a call that may come late, twice, or be answered otherwise than it was carried out."""
        vendor = service.vendor
        if (story := self.stories.take(vendor, "arrive_late")) is not None:
            at = self.clock.now() + timedelta(seconds=story["within_s"])
            self.late.append(Late(service, asked, int(story["after_calls"]), at))
            return ON_ITS_WAY, False, Answer()
        found = self._answer(service, asked)
        if self.stories.take(vendor, "deliver_twice") is not None:
            found = self._answer(service, asked)
        if (story := self.stories.take(vendor, "fail_after_work")) is not None:
            return *found[:2], service.down(int(story["status"]))
        return found

    def _service_of(self, path: str) -> Service | None:
        return next((s for s in self.services if any(path.startswith(prefix) for prefix in s.prefixes)), None)

    def _takes_lost(self, vendor: str, asked: Asked, is_token_call: bool) -> bool:
        if is_token_call and asked.method == "POST" and self.stories.take(vendor, "lose_the_next_token") is not None:
            return True
        waiting = self.stories.standing(vendor, "lose_the_next_answer")
        if waiting is None or is_token_call or (waiting["writes_only"] and asked.method == "GET"):
            return False
        return self.stories.take(vendor, "lose_the_next_answer") is not None

    def _answer(self, service: Service, asked: Asked) -> tuple[str, bool, Answer]:
        found = service.find(asked.method, asked.path)
        if found is None:
            return asked.path, False, refusal(asked.method, asked.path, "route")
        route, params = found
        unknown = sorted(set(asked.query) - route.query)
        if unknown:
            answer = refusal(asked.method, asked.path, f"query parameter {', '.join(unknown)}")
            return route.path, route.is_token_call, answer
        asked = replace(asked, params=params)
        if asked.method != "GET" and (story := self.stories.take(service.vendor, "refuse_some_next")) is not None:
            asked = replace(asked, refuse_every=int(story["every"]))
        try:
            answer = self._bad_day(service, asked, route) or service.gate(asked, route, lambda: route.handler(asked))
        except NeverSeen as unknown_detail:
            answer = refusal(asked.method, asked.path, str(unknown_detail))
        if self.strict and (wrong := _differences(service, route, answer)):
            explained = {
                "sandbox": "own answer differs from the field tables",
                "route": route.path,
                "differences": wrong[:20],
            }
            answer = Answer(500, explained)
        for witness in self.witnesses:
            witness(route, asked, answer)
        return route.path, route.is_token_call, answer

    def _bad_day(self, service: Service, asked: Asked, route: Route) -> Answer | None:
        """The answer of a story that keeps the call from the vendor's door. Token calls are only ever down."""
        vendor = service.vendor
        if (down := self.stories.take(vendor, "be_down_for")) is not None:
            return service.down(int(down["status"]))
        if route.is_token_call:
            return None
        if self.stories.take(vendor, "answer_html_next") is not None:
            return Answer(200, HTML_PAGE, content_type="text/html; charset=utf-8")
        if (throttle := self.stories.take(vendor, "throttle_next")) is not None:
            return service.throttled(bool(throttle["with_headers"]))
        if asked.method != "GET" and self.stories.take(vendor, "refuse_next_writes") is not None:
            return service.refused(asked)
        return None


def _differences(service: Service, route: Route, answer: Answer) -> list[str]:
    """What the field tables have against this answer. Empty bodies and other content types have no fields."""
    if answer.body is None or "json" not in answer.content_type or answer.status == 501:
        return []
    shape = route.shape if 200 <= answer.status < 300 else service.shapes.get(answer.status)
    if shape is None:
        return [f"no field table for status {answer.status} of {route.method} {route.path}"]
    return shape(answer.body)


def _response(answer: Answer, *, cut: bool = False) -> Response:
    content = answer.encoded()
    if cut:
        content = content[: len(content) // 2]
    headers = dict(answer.headers)
    if answer.content_type:
        headers["content-type"] = answer.content_type
    return Response(content, answer.status, headers)


async def _begin(answer: Answer, send: Send) -> None:
    """The first half of an answer, whose head says how long the whole would be."""
    content = answer.encoded()
    headers = {"content-length": str(len(content)), "content-type": answer.content_type, **answer.headers}
    encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    await send({"type": "http.response.body", "body": content[: len(content) // 2], "more_body": True})


async def _break_the_connection(receive: Any) -> None:
    """Close the socket without a byte, as a network does. Under uvicorn only; in process it is an error to the caller.

    ASGI has no word for this: uvicorn's request cycle, to which `receive` belongs, holds the transport.
    """
    cycle = getattr(receive, "__self__", None)
    transport = getattr(cycle, "transport", None)
    if transport is None:
        raise ConnectionResetError("the sandbox lost this answer on purpose")
    transport.abort()
    # uvicorn learns of the closed connection in the next turns of the loop, and then asks for no answer.
    while not getattr(cycle, "disconnected", True):
        await asyncio.sleep(0)
