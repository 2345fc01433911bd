"""What is wrong with a store now, who is told of it, and when it is over.

causes.py     what lasts now, out of what is kept; nobody is asked for it
keeping.py    a cause begins, is seen again, is over
telling.py    whose time it is to be told of what
chain.py      whether the audit's chain holds
"""
