"""Runs the whole system in the foreground: ``python -m config.supervisor``, or ``make up``.

It starts PostgreSQL, brings the tables up to date, starts the web server, the worker and the
clock, restarts what dies, and takes all of it down with itself.
"""
