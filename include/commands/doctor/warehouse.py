"""Whether a warehouse's feed answers, and what of it can be used (docs/warehouse_feed.md)."""

from collections.abc import Iterator, Mapping

from include.clients.errors import ApiError
from include.clients.warehouse import Warehouse
from include.settings.connections import NoConnectionError, read, warehouse_arguments
from include.settings.finding import Finding, fail, ok, warn
from include.settings.store import Store

SHOWN_MAX = 5  # of its problems; the letters about stock have all


def ask_the_warehouse(store: Store, environment: Mapping[str, str]) -> Iterator[Finding]:
    """A line about the feed and one for each of its first problems; nothing where Xero is the source."""
    name = store.file.stock.connection
    if name is None:
        return
    try:
        with Warehouse.open(**warehouse_arguments(read(name, environment))) as client:
            feed = client.levels()
    except NoConnectionError as error:
        yield fail("warehouse feed", str(error), f"Make the Airflow Connection {name}, of the type Warehouse feed.")
        return
    except (ApiError, ValueError) as error:
        yield fail(
            "warehouse feed", str(error), "Mend the feed or its Connection; docs/warehouse_feed.md has its form."
        )
        return
    yield ok("warehouse feed", f"{len(feed.levels)} levels; of {len(feed.in_doubt)} SKUs nothing can be used.")
    places = {each.location for each in feed.levels if each.location is not None} - set(store.file.stock.locations)
    if places:
        words = (
            f"{', '.join(sorted(places)[:SHOWN_MAX])}: no location of the shop is named for it, nothing is set of it."
        )
        yield warn("warehouse places", words, f"Name it under `locations`: {store.place_of('stock')}.")
    for each in feed.problems[:SHOWN_MAX]:
        yield warn(f"warehouse feed, row {each.row}", f"{each.sku or 'no SKU'}: {each.words}", each.remedy)
