"""What changes without a programmer.

    stores/KEY.yaml     one file a store: Connections, schedule, mapping, policies, alerts
    store.py            reads and checks it; a mistake is told with file, line and what is allowed
    countries.py        what the country decides where the store does not say

A DAG file reads these at parse time; so nothing here opens a connection or imports anything heavy.
"""
