"""The only Python that speaks SQL. Statements live in `include/sql/queries`, one file a concern, each with a name.

connection.py   a connection, and its named statements: `db.rows("batches.left_open", store=...)`
migrate.py      schema, roles and grants, forward only
letters.py      what finance has not been told yet
"""
