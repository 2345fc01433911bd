"""What all tasks and processes share, kept in PostgreSQL: how much may be asked of a vendor, whether it answers, its tokens.

The clients know only the seams (`Pace`, `Tokens`); here are their keepers. `opened` says which a client is given.
"""
