"""What comes back over the line, and how its JSON is read.

Numbers with a fraction become Decimal, since they may be money. Whatever cannot be read is `Unreadable`, which says
why in words of ours: a parser's own error would carry the body along.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import msgspec

_SPACE = re.compile(r"[ \t\n\r]*")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,60}")
_WAIT = re.compile(r"\d{1,9}(\.\d{1,9})?")


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `headers` are the vendor's, names in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The line broke. `may_have_arrived`: the request may have reached the vendor before it did.

    timed_out   nobody closed the line: the vendor may work on it still.
    """

    what: str
    may_have_arrived: bool
    timed_out: bool = False


class Unreadable(Exception):  # noqa: N818  (also the outcome of an attempt, beside Answer and NoAnswer)
    """An answer came, and cannot be read. `what` completes the sentence "Xero ...".

    once_more   whether asking again may help: it does after a proxy's page, not after a body that is too large.
    """

    def __init__(self, what: str, *, once_more: bool = True) -> None:
        super().__init__(what)
        self.what = what
        self.once_more = once_more


def seconds_in(headers: Mapping[str, str], name: str, *, per_second: int = 1) -> float | None:
    """The non-negative number in a header, in seconds, or None if it is missing or says something else.

    per_second   how many of the header's units make a second: 1000 for milliseconds.
    """
    value = headers.get(name, "").strip()
    return float(value) / per_second if _WAIT.fullmatch(value) else None


def count_in(headers: Mapping[str, str], name: str) -> int | None:
    """The whole number in a header, or None if it is missing or says something else."""
    value = headers.get(name, "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def media_type_of(answer: Answer) -> str:
    """The media type that the answer claims, without parameters; empty if it claims none or nonsense."""
    claimed = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    return claimed if _MEDIA_TYPE.fullmatch(claimed) else ""


def json_in(answer: Answer) -> Any:
    """The answer's JSON. Raises Unreadable when it is another type, empty, cut off, or not JSON."""
    return json_of(body_in(answer))


def json_of(body: bytes) -> Any:
    """The one JSON value of this text, numbers with a fraction as Decimal. Raises Unreadable."""
    try:
        return _USUAL.decode(body)
    except _NOT_USUAL:
        pass  # raised below: an error raised in here would carry the body along as its context
    text = _text_of(body)
    content, end = _value_at(text, _after_space(text, 0))
    if _after_space(text, end) != len(text):
        raise Unreadable("sent more than one JSON value")
    return content


def body_in(answer: Answer) -> bytes:
    """The body of an answer that claims to be JSON. Raises Unreadable."""
    kind = media_type_of(answer)
    if not kind.endswith("json"):
        raise Unreadable(f"answered with {kind or 'no content type'} instead of JSON")
    if not answer.body.strip():
        raise Unreadable("sent an empty answer")
    return answer.body.removeprefix(codecs.BOM_UTF8)  # a byte order mark is no JSON, yet some servers send one


def slices_of(body: bytes) -> list[tuple[bytes, Any]]:
    """Each element of a JSON array: exactly its own bytes, and its parsed form.

    The text is cut out, never written anew, so that what we keep is what the vendor said, to the byte.
    Raises Unreadable when the text is not one whole array.
    """
    try:
        return [(bytes(piece), _USUAL.decode(piece)) for piece in _PIECES.decode(body)]
    except _NOT_USUAL:
        pass
    return [(text.encode(), content) for text, content in _pieces_of(_text_of(body))]


def members_of(body: bytes) -> dict[str, bytes]:
    """The members of a JSON object, each value's own bytes. Raises Unreadable when the text is not one whole object."""
    try:
        return {name: bytes(piece) for name, piece in _MEMBERS.decode(body).items()}
    except _NOT_USUAL:
        pass
    return {name: text.encode() for name, text in _named_pieces_of(_text_of(body))}


def _text_of(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    raise Unreadable("sent text that is not UTF-8")


def _pieces_of(text: str) -> Iterator[tuple[str, Any]]:
    at = _after_space(text, 0)
    if text[at : at + 1] != "[":
        raise Unreadable("sent no JSON list where one is documented")
    at = _after_space(text, at + 1)
    if text[at : at + 1] != "]":
        while True:
            content, end = _value_at(text, at)
            yield text[at:end], content
            at = _after_space(text, end)
            if text[at : at + 1] != ",":
                break
            at = _after_space(text, at + 1)
    if text[at : at + 1] != "]" or _after_space(text, at + 1) != len(text):
        raise Unreadable("sent a list that stops in the middle")


def _named_pieces_of(text: str) -> Iterator[tuple[str, str]]:
    at = _after_space(text, 0)
    if text[at : at + 1] != "{":
        raise Unreadable("sent no JSON object where one is documented")
    at = _after_space(text, at + 1)
    while text[at : at + 1] != "}":
        name, at = _value_at(text, at)
        at = _after_space(text, at)
        if not isinstance(name, str) or text[at : at + 1] != ":":
            raise Unreadable("sent an object whose members have no names")
        start = _after_space(text, at + 1)
        _, end = _value_at(text, start)
        yield name, text[start:end]
        at = _after_space(text, end)
        if text[at : at + 1] == ",":
            at = _after_space(text, at + 1)
        elif text[at : at + 1] != "}":
            raise Unreadable("sent an object that stops in the middle")
    if _after_space(text, at + 1) != len(text):
        raise Unreadable("sent more than one JSON value")


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


# Fast, and strict; what it refuses is looked at again, since only the slower one says why, or takes it.
_USUAL = msgspec.json.Decoder(float_hook=Decimal)
_PIECES = msgspec.json.Decoder(list[msgspec.Raw])
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_NOT_USUAL = (msgspec.MsgspecError, ValueError, RecursionError)

# Not strict: a control character inside a string is wrong, and still what the vendor said.
_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_number, strict=False)


def _value_at(text: str, at: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        pass  # raised below: a JSONDecodeError carries the whole body along
    raise Unreadable("sent JSON that stops in the middle or is none")
