"""What must hold of data, run by Great Expectations: the one place that imports it, and only when something is checked.

verdict.py    what a check says
suites.py     a frame and expectations in, the failing rows out
incoming.py   what the shop sent: the record rules of the core, and the rules on the batch
outgoing.py   what would enter the books: computed a second time, from the documents alone
preloaded.py  imports it early, for a worker that forks its tasks
"""
