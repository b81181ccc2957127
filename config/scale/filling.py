"""How many of everything, and what each copy says instead of what the first one said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction

from accounts.models import User
from config.scale import governed
from config.scale.copying import Kind, copy, highest, unguarded
from config.scale.decided import ask_first, decide_first, make_signers
from config.scale.first import First, make_first
from governance.models import Purpose, RiskAssessment, UseCase
from lib.errors import Conflict, Invalid
from registry.models import (
    Alias,
    Dataset,
    DatasetVersion,
    Deployment,
    ModelVersion,
    RegisteredModel,
)

FILLED: Final[tuple[Kind, ...]] = (
    *(User, UseCase, Purpose, RiskAssessment, Dataset, DatasetVersion),
    *(RegisteredModel, ModelVersion, Alias, Deployment),
    *governed.FILLED,
)
_AREAS: Final = "ARRAY['credit','churn','fraud','pricing','demand','claims','income','collections']"
_KINDS: Final = "ARRAY['scoring','forecast','ranking','detection','matching']"
# The tags of the version with the number ``i``, in the order in which they are given to it.
_TAGS: Final = (
    "'team', 'team-' || i %% 40",
    "'framework', (ARRAY['xgboost','lightgbm','sklearn','onnx'])[1 + i %% 4]",
    "'ticket', 'RISK-' || i",
    "'region', (ARRAY['north','south','east','west','abroad'])[1 + i / 7 %% 5]",
    "'validated', (i %% 3 = 0)::text",
    "'dataset', 'applications-' || i %% 1000",
    "'trained.by', 'job ' || i %% 300",
    "'cost_centre', 'cc-' || i %% 90",
)
_MODEL_TAGS: Final = (
    "jsonb_build_object('team', 'team-' || i %% 40, 'cost_centre', 'cc-' || i %% 90)"
)
# Of 25 versions one is deleted and five are unsealed; which ones differs from model to model.
_TURN: Final = "((i %% %(models)s + 7 * (i / %(models)s)) %% 25)"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many rows there are in the end, the first ones included. ``deepest`` is how many versions
    the first model has beyond its share."""

    models: int = 10_000
    versions: int = 500_000
    tags: int = 2_000_000
    people: int = 200
    use_cases: int = 500
    deepest: int = 0

    @property
    def of_versions(self) -> int:
        """How many tags lie on versions; each model has two."""
        return max(0, self.tags - 2 * (self.models - 1))

    def check(self) -> None:
        """Raises Invalid for sizes that cannot be."""
        if min(self.models, self.versions, self.people, self.use_cases) < 1:
            raise Invalid("There is at least one of each.")
        if self.people < 2:
            raise Invalid("Nobody signs alone: there are at least two people.")
        if self.of_versions > len(_TAGS) * (self.versions - 1):
            raise Invalid(f"A version has at most {len(_TAGS)} tags here: ask for fewer.")


def fill(sizes: Sizes, said: Callable[[str], None]) -> None:
    """Fills an empty house; of what is governed there is as much as goes with the models (none if
    there are fewer than five versions for each). ``said`` is told after each step. All of it, or
    nothing.

    Raises Invalid, Conflict when there are models already, Refused without the right to.
    """
    sizes.check()
    if RegisteredModel.objects.exists():
        raise Conflict("There are models in this database: nothing is made up beside them.")
    with transaction.atomic():
        make_signers()
        first = make_first()
        policy, release = ask_first(first)
        with unguarded(FILLED):
            _copies(first, sizes, said)
            if _living(sizes) == sizes.models:
                decided = decide_first(first, policy, release)
                governed.copies(decided, _given(first, sizes), said)
    _tidy()


def _copies(first: First, sizes: Sizes, said: Callable[[str], None]) -> None:
    for step in (_people, _use_cases, _models, _versions, _names, _datasets):
        step(first, sizes, said)


def _people(first: First, sizes: Sizes, said: Callable[[str], None]) -> None:
    made = copy(
        first.person,
        sizes.people - 1,
        {
            "id": "%(base)s + i",
            "username": "'made-up-' || i",
            "last_name": "'Person ' || i",
            "pseudonym": "md5('person' || i)",
            "password": "'!made up'",  # as Django marks one that fits nothing
        },
        {"base": first.person.pk},
    )
    said(f"{made:,} people who cannot sign in")


def _use_cases(first: First, sizes: Sizes, said: Callable[[str], None]) -> None:
    given = {"base": first.use_case.pk, "person": first.person.pk, "people": sizes.people}
    count, tier = sizes.use_cases - 1, "1 + i %% 3"
    made = copy(
        first.use_case,
        count,
        {
            "id": "%(base)s + i",
            "slug": "'made-up-' || i",
            "name": "'Made-up use case ' || i",
            "business_unit": "'unit-' || i %% 20",
            "owner_id": "%(person)s + i %% %(people)s",
            "tier": tier,
        },
        given,
    )
    purpose, assessed = first.use_case.purposes.get(), first.use_case.assessments.get()
    of_it = {"id": "%(own)s + i", "use_case_id": "%(base)s + i"}
    copy(purpose, count, of_it, given | {"own": purpose.pk})
    copy(
        assessed, count, of_it | {"tier": tier, "computed_tier": tier}, given | {"own": assessed.pk}
    )
    said(f"{made:,} use cases with a purpose and a tier")


def _models(first: First, sizes: Sizes, said: Callable[[str], None]) -> None:
    made = copy(
        first.model,
        sizes.models - 1,
        {
            "id": "%(base)s + i",
            "name": f"({_AREAS})[1 + i %% 8] || '-' || ({_KINDS})[1 + i %% 5] || '_v' || i",
            "description": f"'Says ' || ({_KINDS})[1 + i / 8 %% 5] || ' for team ' || i %% 40"
            f" || ': ' || ({_AREAS})[1 + i / 3 %% 8] || ' in branch ' || i %% 250",
            "use_case": "'made-up-' || i %% %(use_cases)s",
            "business_unit": "'unit-' || i %% %(use_cases)s %% 20",
            "owner_id": "%(person)s + i %% %(people)s",
            "governed": "i %% 10 <> 0",
            "tags": _MODEL_TAGS,
            "last_number": "greatest(0, (%(versions)s - 1 - i + %(models)s) / %(models)s)",
            "created_at": "now() - interval '2 years' + i * interval '1 hour'",
            "updated_at": "now() - i %% 5000 * interval '11 minutes'",
        },
        _given(first, sizes),
    )
    said(f"{made:,} models with two tags each")


def _versions(first: First, sizes: Sizes, said: Callable[[str], None]) -> None:
    """The copy ``i`` is of the model ``i`` modulo the models: numbers are contiguous in each."""
    each, more = divmod(sizes.of_versions, max(1, sizes.versions - 1))
    unsealed = f"{_TURN} %% 5 = 3"
    changes = {
        "id": "%(version)s + i",
        "model_id": "%(base)s + i %% %(models)s",
        "number": "1 + i / %(models)s",
        "state": f"CASE WHEN {_TURN} = 0 THEN 'deleted' WHEN {unsealed} THEN 'unsealed'"
        " ELSE 'sealed' END",
        "digest": f"CASE WHEN {unsealed} THEN NULL"
        " ELSE encode(sha256(convert_to('v' || i, 'UTF8')), 'hex') END",
        "sealed_at": f"CASE WHEN {unsealed} THEN NULL ELSE source.sealed_at END",
        "manifest": f"CASE WHEN {unsealed} THEN '[]' ELSE source.manifest END",
        "tags": f"CASE WHEN i <= %(more)s THEN {_tags(each + 1)} ELSE {_tags(each)} END",
        "description": "'Trained in week ' || i %% 104",
        "source": "'s3://models/' || i %% %(models)s || '/' || i",
        "tracking_run": "md5('run' || i)",
        "stage": f"CASE {_TURN} WHEN 7 THEN 'Production' WHEN 9 THEN 'Archived' ELSE 'None' END",
        "created_at": "now() - (%(versions)s - i) * interval '2 minutes'",
        "updated_at": "now() - (%(versions)s - i) * interval '2 minutes' + interval '1 minute'",
    }
    given = _given(first, sizes) | {"more": more}
    made = copy(first.version, sizes.versions - 1, changes, given)
    said(f"{made:,} versions with {sizes.of_versions:,} tags")
    own = 1 + (sizes.versions - 1) // sizes.models
    if sizes.deepest:
        deep = changes | {"model_id": "%(base)s", "number": "%(own)s + i", "id": "%(above)s + i"}
        deep["digest"] = deep["digest"].replace("'v' ||", "'d' ||")
        given |= {"own": own, "above": highest(ModelVersion), "more": 0}
        copy(first.version, sizes.deepest, deep, given)
        said(f"{sizes.deepest:,} more versions of {first.model.name}")
    RegisteredModel.objects.filter(pk=first.model.pk).update(last_number=own + sizes.deepest)


def _names(first: First, sizes: Sizes, said: Callable[[str], None]) -> None:
    """Every model has a champion, every second a challenger; every third champion runs."""
    sealed = (
        "SELECT {which}(id) FROM registry_modelversion WHERE state = 'sealed' AND model_id = "
        "%(base)s + {index}"
    )
    given, made = _given(first, sizes), 0
    for alias, name, which, step in (
        (first.first, "champion", "max", 1),
        (first.second, "challenger", "min", 2),
    ):
        Alias.objects.filter(pk=alias.pk).update(name=name)  # a service asks for an authorization
        changes = {
            "id": "%(own)s + i",
            "name": f"'{name}'",
            "model_id": f"%(base)s + {step} * i",
            "version_id": f"({sealed.format(which=which, index=f'{step} * i')})",
        }
        own = highest(Alias)
        made += copy(alias, (_living(sizes) - 1) // step, changes, given | {"own": own})
    running = {
        "id": "md5('deployment' || i)::uuid",
        "version_id": f"({sealed.format(which='max', index='3 * i')})",
        "started_at": "now() - i %% 3000 * interval '5 hours'",
    }
    ran = copy(first.deployment, (_living(sizes) - 1) // 3, running, given)
    said(f"{made:,} aliases, {ran:,} deployments")


def _living(sizes: Sizes) -> int:
    """How many models have at least five versions, one of them sealed for certain."""
    return sizes.models if sizes.versions >= 5 * sizes.models else 1


def _datasets(first: First, sizes: Sizes, said: Callable[[str], None]) -> None:
    """One dataset for ten models, of one version each."""
    count, dataset = sizes.models // 10, first.dataset.dataset
    own = {"own": dataset.pk, "version": first.dataset.pk}
    changes = {"id": "%(own)s + i", "name": "'made-up-' || i"}
    made = copy(dataset, count, changes, own)
    of_it = {"id": "%(version)s + i", "dataset_id": "%(own)s + i"}
    copy(first.dataset, count, of_it, own)
    said(f"{made:,} datasets")


def _given(first: First, sizes: Sizes) -> dict[str, Any]:
    return {
        "base": first.model.pk,
        "version": first.version.pk,
        "person": first.person.pk,
        "models": sizes.models,
        "versions": sizes.versions,
        "people": sizes.people,
        "use_cases": sizes.use_cases,
        "use_case": first.use_case.pk,
        "purpose": first.use_case.purposes.get().pk,
    }


def _tags(count: int) -> str:
    return f"jsonb_build_object({', '.join(_TAGS[:count])})"


def _tidy() -> None:
    """Has the planner know what is there; not possible inside a transaction, as in tests."""
    tables = ", ".join(model._meta.db_table for model in FILLED)
    with connection.cursor() as cursor:
        cursor.execute(f"{'ANALYZE' if connection.in_atomic_block else 'VACUUM ANALYZE'} {tables}")
