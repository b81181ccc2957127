"""Commands that need no server: plain Python over files, started as ``imprimatur``.

Exit codes are the same everywhere: 0 pass, 1 fail, 2 inconclusive, 3 error.
"""
