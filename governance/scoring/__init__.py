"""Runs someone else's model in a child process and hands back what it said about each row.

``launch.score`` is all that the rest of Imprimatur uses. The child (``child.py``) trusts neither
the model nor the data; checks read its output and never load a model themselves.
"""
