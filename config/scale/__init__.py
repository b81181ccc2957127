"""A made-up house of any size: rows that the database copies from a few real ones.

The first model, version, use case and person are made by the services and told of in the trail.
All others are written by the database itself, with the triggers of their tables put aside, so no
entry tells of them and ``manage.py reconcile`` lists each. It is for measuring, never for work.
"""
