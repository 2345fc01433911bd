"""`faults`: made-up shops over ten days, everything that can break broken on purpose, and books that must come out the same.

shop.py        a shop of 20 or 200 orders: what happens to them, day by day
schedule.py    which fault comes at which boundary, by the seed
clock.py       the simulated time that the flow, PostgreSQL and the sandbox share
town.py        the sandbox as a process
house.py       a worker's own PostgreSQL and sandbox
boundaries.py  what is installed in a child: commits and requests are counted, and faults come at them
child.py       one run of the flow in a process of its own, as its DAG would run it
books.py       the books read over Xero's API, and where two differ
soundness.py   what must hold in the database when all is at rest
referee.py     a shop without faults, then with them; the verdict
tally.py       how many ran, how often each fault fired
"""
