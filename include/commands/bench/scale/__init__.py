"""`make bench-scale`: what the product asks of its tables stays quick when they are large.

filling.py    a database of its own with the orders of years, made by the server itself
questions.py  the product's own statements, with values as a run would bind them
measuring.py  how long each takes, and PostgreSQL's plan for it
__main__.py   the command, and docs/scale.md
"""
