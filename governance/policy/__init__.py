"""Policies as data: read, matched, joined, put into words. Pure: no Django.

A policy document is a plain dict::

    {policy, title, applies: {tiers, environments, purposes?},
     checks: [{check, name, parameters, threshold, on_inconclusive, limits?}],
     documents: [{kind, title}],
     criteria: [keys of governance.value.phases],
     decisions: [{role, count, title}],
     evidence_max_age_days, review_days, authorization: {valid_days, restrictions}}
"""

from governance.policy.joining import Extra, digest, join, matches
from governance.policy.parsing import parse
from governance.policy.reading import reading
from governance.policy.text import PolicyError
from governance.threshold_words import threshold_in_words

__all__ = [
    "Extra",
    "PolicyError",
    "digest",
    "join",
    "matches",
    "parse",
    "reading",
    "threshold_in_words",
]
