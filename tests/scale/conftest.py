"""Years of orders, made once: 20,000 of them, in four stores."""

import pytest

from include.commands.bench.scale.filling import fill
from include.commands.stack.business import Database

ORDERS = 20_000
NAME = "years_of_orders"


@pytest.fixture(scope="session")
def years(postgres_server, migrated):
    """Gives the addresses of the filled database."""
    postgres_server.make_database(NAME, "bridge_owner", template=migrated)
    fill(postgres_server.dsn("postgres", NAME), ORDERS)
    yield Database.on(postgres_server, NAME)
    postgres_server.drop_database(NAME)
