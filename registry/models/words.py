"""The words of texts, for the indexes over them and for whoever searches."""

from __future__ import annotations

from django.contrib.postgres.search import SearchVectorField
from django.db.models import F, Func


def words_of(*fields: str) -> Func:
    """The words of one or two text fields together, in lower case and without ending rules.

    Whatever is neither letter nor digit parts words: ``credit-scoring_v2`` is found by each of its
    three. The function is the database's (migration 0007), so that an index can hold its results;
    a column of them would be one more thing for the trail to answer for.
    """
    return Func(
        *(F(field) for field in fields),
        function="registry_words",
        output_field=SearchVectorField(),
    )
