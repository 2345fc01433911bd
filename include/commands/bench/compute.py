"""What an order costs one core, without network and database: bytes in, bodies out."""

import json
import statistics
import time

from include.clients.answers import json_of
from include.commands.bench.ours import SNAPSHOT, the_store
from include.commands.bench.serve import BASE_ID, PATTERNS, pattern
from include.domain.outcome import Hold, Skip
from include.domain.plan import plan_order
from include.domain.policy import Policy, Reference
from include.sandbox.bigcommerce.orders import stated
from include.sandbox.bigcommerce.shop import Shop
from include.sandbox.ground import Answer, Clock
from include.sandbox.order_builder import as_json
from include.stages.orders.parts import read_order
from include.stages.orders.run import digest_key
from include.stages.orders.transform import body_of
from include.wire.xero_documents import contact_body
from include.wire.xero_reference import reference_of

ORDERS = 2_000
PASSES = 5


def microseconds_an_order() -> float:
    """Median of the passes: an order read whole, planned, and its invoice, payment and contact encoded."""
    store = the_store(in_full=True)
    policy, reference = store.policy(digest_key(store)), reference_of(SNAPSHOT)
    bodies = [_listed(lines) for lines in PATTERNS]
    took = []
    for _ in range(PASSES):
        began = time.perf_counter()
        for index in range(ORDERS):
            _once(bodies[index % len(bodies)], policy, reference)
        took.append((time.perf_counter() - began) / ORDERS * 1e6)
    return statistics.median(took)


def _once(body: bytes, policy: Policy, reference: Reference) -> list[str]:
    order = read_order({"order": json_of(body)})
    assert not isinstance(order, tuple), order
    plan = plan_order(order, policy, reference)
    assert plan.contact is not None
    assert not any(isinstance(each.decision, Hold | Skip) for each in plan.documents)
    documents = [body_of(each.decision) for each in plan.documents if not isinstance(each.decision, Skip | Hold)]
    return [*documents, contact_body(plan.contact)]


def _listed(lines: int) -> bytes:
    """The order as the shop's list states it."""
    shop = Shop(Clock())
    shop.put(json.loads(as_json(pattern(lines))))
    kept = shop.get(BASE_ID)
    assert kept is not None
    return Answer(body=stated(shop, kept, frozenset({"consignments.line_items", "fees"}))).encoded()
