"""Taking over what another registry holds: read over its own API, planned, copied by services.

``facts`` is what a server tells, ``reading`` asks it, ``planning`` says what is missing here (both
without a database), ``copying`` does it, ``files`` brings the artefacts, ``report`` says what came
of it and what did not come.
"""
