"""A code of Xero's, as it stands in a store's file."""

from typing import Annotated

from pydantic import BeforeValidator, Field


def _code(value: object) -> str:
    """A code as it stands in Xero. YAML makes 200.10 the number 200.1, which is another account."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("is a code: put it in quotes")
    return str(value)


Code = Annotated[str, BeforeValidator(_code), Field(min_length=1, max_length=20)]
