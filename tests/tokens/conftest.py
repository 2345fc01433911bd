"""A town and a database for what is kept of tokens."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from token_bank import Bank

from include.sandbox.town import Town


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[Town, str]]:
    """One server for all tests: starting one a test would cost more than the tests."""
    town = Town()
    with town.serve() as base:
        yield town, base


@pytest.fixture
def bank(served: tuple[Town, str], postgres: Any) -> Bank:
    town, base = served
    town.reset("empty")
    town.limits.enforced = False
    return Bank(
        town, base, postgres.writer_dsn, postgres.owner_dsn, postgres.reader_dsn, f"xero_{uuid.uuid4().hex[:8]}"
    )
