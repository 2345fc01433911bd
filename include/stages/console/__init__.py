"""What the console's pages show, read from the tables: nothing here asks a vendor or writes.

life.py      one order, from the shop's first word to the last document; moments.py makes the lines of its timeline
finding.py   which order somebody means by a number or an address
"""
