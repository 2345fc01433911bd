"""One row of the shop's, read as a shape: what is wrong is told by field, and nothing is guessed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from pydantic import ValidationError

from include.wire.bigcommerce_shapes import Shape

S = TypeVar("S", bound=Shape)

# pydantic speaks of our classes; people know only what the shop sends.
_EXPECTED = {
    "model_type": "an object was expected",
    "tuple_type": "a list was expected",
    "bool_type": "true or false was expected",
    "bool_parsing": "true or false was expected",
    "string_pattern_mismatch": "a code of three capital letters was expected, such as AUD",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a record is no order, or no customer: the field as the vendor spells it, and a sentence."""

    reason: Literal["missing_field", "unknown_shape"]
    field: str
    sentence: str


class MisreadError(Exception):
    """A row is not what it should be; `problems` say where."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__()
        self.problems = problems


def read_as(shape: type[S], row: Any, *where: object, of: str = "order") -> S:
    """The row as this shape. Raises MisreadError, which names each field by the way to it: `taxes.0.rate`.

    of  what the row is a part of, as people call it
    """
    try:
        return shape.model_validate(row)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)
        raise MisreadError(*(_problem(detail, where, of) for detail in details)) from None


def _problem(detail: Mapping[str, Any], where: Sequence[object], of: str) -> Problem:
    field = ".".join(str(step) for step in (*where, *detail["loc"]))
    if detail["type"] == "missing" or detail.get("input") in ("", None):
        return Problem("missing_field", field, f"The {of} has no {field}.")
    expected = _EXPECTED.get(detail["type"], detail["msg"].removeprefix("Value error, "))
    return Problem("unknown_shape", field, f"{field}: {expected}.")
