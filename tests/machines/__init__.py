"""Machines that do what people do, in any order, and look after each step whether R1 to R11 hold.

``town`` is who is there, ``acts`` what can be done, ``driver`` does it through services or over
HTTP, ``seen`` reads the rows, ``oracle`` says from the rules' own words what is wrong with them,
``world`` joins these, ``machine`` lets Hypothesis choose.

    python -m tests.machines --steps 10000
"""
