"""`explain`: what the books must show of an order, and why, without network and database.

case.py    a bundle of vendor answers, as a file -> parts, policy, reference, books before
told.py    the plan -> the JSON that people and tests read
__main__   the command line
"""
