"""Every measurement in PostgreSQL, exactly once: rows, durable spool, writer.

What is offered goes to a spool on this machine's disk within a second, and from
there to the database whenever it can be reached. A row leaves the spool only after
the database confirmed its commit, and the database's keys absorb what is sent
twice.
"""
