from datetime import timedelta
from zoneinfo import ZoneInfo
from include.stages.reconciliation import reconcile, paper

def days_of(bridge):
    today = bridge.town.clock.now().astimezone(ZoneInfo("Australia/Sydney")).date()
    return [today - timedelta(days=n) for n in range(8, -1, -1)]

def test_all(bridge):
    bridge.run()
    for day in days_of(bridge):
        with bridge.shop() as shop, bridge.books() as books:
            v = reconcile(shop, books, bridge.db, bridge.store, day)
        p = paper(bridge.db, bridge.store, day)
        print("==", day, v, p.report.calls, dict(p.report.skipped))
        for r in p.report.rows: print("  ", r.what, r.currency, r.shop, r.ledger, r.xero, r.agrees)
        for d in p.report.differences: print("    ", d.order_key, d.cause, d.what, d.currency, d.shop, d.ledger, d.xero, d.number, d.sentence)
        for t in p.report.tenders: print("   T", t)
    for h in p.report.held: print(h)
