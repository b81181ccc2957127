"""Carrying an import out: reads a model, plans, and has the services write what is missing.

It may be stopped and started again at any moment. A model is finished before the next begins, and
what is here already is not written twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from lib.actor import Actor
from lib.errors import INFRASTRUCTURE, ImprimaturError
from registry import rules
from registry.importing import files, planning
from registry.importing.facts import ModelFacts, VersionFacts
from registry.importing.planning import Here, Plan, Skipped
from registry.importing.reading import CannotRead, Peer
from registry.importing.report import Came, Report
from registry.models import Alias, ModelVersion, RegisteredModel, VersionState
from registry.services import aliases, importing, models, names
from registry.sources.trees import Unreached

Watch = Callable[[str, int, int], None]
"""Is told of a model's name, how many of its versions are here, and how many there are."""
EVERY: Final = "*"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done. ``governed``: whether models that are new here are. ``with_files``:
    whether the files of versions are fetched, and the versions sealed."""

    actor: Actor
    pattern: str = EVERY
    governed: bool = False
    trial: bool = False
    with_files: bool = False


def copy(peer: Peer, wish: Wish, watch: Watch) -> Report:
    """Everything that the wish names. Raises CannotRead when the server does not answer, and what
    the services raise of the machine's own trouble; what is wrong with one model is reported."""
    report = Report(peer.host, trial=wish.trial)
    for told in peer.models():
        if not fnmatchcase(told.name, wish.pattern):
            continue
        came = Came(told.name)
        report.models.append(came)
        if told.is_prompt:
            report.skipped.append(Skipped(told.name, "it is a prompt, and not a model"))
            continue
        try:
            _model(peer, told, wish, came, report, watch)
        except INFRASTRUCTURE:
            raise
        except ImprimaturError as error:
            report.skipped.append(Skipped(told.name, error.detail.rstrip(".")))
        except CannotRead as error:
            if not error.odd:
                raise
            report.skipped.append(Skipped(told.name, str(error).rstrip(".")))
    return report


def _model(
    peer: Peer, told: ModelFacts, wish: Wish, came: Came, report: Report, watch: Watch
) -> None:
    rules.check_model_name(told.name)
    row = RegisteredModel.objects.living().filter(name=told.name).first()
    watch(told.name, 0, 0)
    versions = list(peer.versions(told.name))
    plan = planning.plan(told, versions, _here(row, told.name, wish))
    report.skipped += plan.skipped
    came.present = plan.present
    if wish.trial:
        came.registered, came.tombstones = row is None, plan.gaps
        came.versions, came.aliases = len(plan.missing), len(plan.aliases)
        return
    if row is None:
        row = _registered(told, wish, report)
        came.registered = True
    _versions(row, plan, wish, came, watch, peer.host, is_new=came.registered)
    _aliases(row, plan, wish, came, report)
    if wish.with_files:
        _files(peer, row, {each.number: each.source for each in versions}, wish, came, report)


def _here(row: RegisteredModel | None, name: str, wish: Wish) -> Here:
    if row is None:
        return Here(governed=wish.governed, last_number=names.reached(name))
    wish.actor.require("registry.write", *row.scopes)
    versions = ModelVersion.objects.living().filter(model=row)
    pointing = Alias.objects.filter(model=row)
    return Here(
        exists=True,
        governed=row.governed,
        last_number=row.last_number,
        sources=dict(versions.values_list("number", "source")),
        aliases=dict(pointing.values_list("name", "version__number")),
    )


def _registered(told: ModelFacts, wish: Wish, report: Report) -> RegisteredModel:
    return models.register_model(
        name=told.name,
        description=told.description,
        tags=planning.fitting_tags(told.tags, told.name, report.skipped),
        governed=wish.governed,
        actor=wish.actor,
    )


def _versions(
    row: RegisteredModel,
    plan: Plan,
    wish: Wish,
    came: Came,
    watch: Watch,
    origin: str,
    *,
    is_new: bool,
) -> None:
    """Part by part, each with its entry. A new model takes over the moments of there, also when it
    has no versions at all."""
    parts = list(planning.batches(plan, first=row.last_number + 1))
    if is_new and not parts:
        parts = [(row.last_number, ())]
    whole = len(plan.missing) + plan.present
    for reached, versions in parts:
        importing.import_versions(
            row,
            versions=[_imported(each) for each in versions],
            reached=reached,
            origin=origin,
            actor=wish.actor,
            created_at=plan.model.created_at if is_new else None,
            updated_at=plan.model.updated_at if is_new else None,
        )
        came.tombstones += reached - row.last_number - len(versions)
        came.versions += len(versions)
        row.refresh_from_db(fields=["last_number"])
        watch(plan.model.name, plan.present + came.versions, whole)


def _imported(version: VersionFacts) -> importing.Imported:
    return importing.Imported(
        number=version.number,
        source=version.source,
        tracking_run=version.tracking_run,
        run_link=version.run_link,
        logged_model=version.logged_model,
        description=version.description,
        stage=version.stage,
        tags=version.tags,
        created_at=version.created_at,
        updated_at=version.updated_at,
    )


def _aliases(row: RegisteredModel, plan: Plan, wish: Wish, came: Came, report: Report) -> None:
    """One by one through the service: a governed model's are protected, and it says so."""
    for alias, number in plan.aliases.items():
        version = ModelVersion.objects.select_related("model").get(model=row, number=number)
        try:
            aliases.move_alias(version, name=alias, actor=wish.actor)
            came.aliases += 1
        except ImprimaturError as error:
            report.skipped.append(Skipped(f"{row.name}@{alias}", error.detail.rstrip(".")))


def _files(
    peer: Peer,
    row: RegisteredModel,
    sources: dict[int, str],
    wish: Wish,
    came: Came,
    report: Report,
) -> None:
    """Those of the versions that are the same here and there, and have none here yet."""
    unsealed = ModelVersion.objects.filter(model=row, state=VersionState.UNSEALED, manifest=[])
    for version in unsealed.select_related("model").order_by("number"):
        if sources.get(version.number) != version.source:
            continue
        try:
            sealed = files.seal(peer, version, actor=wish.actor)
        except INFRASTRUCTURE:
            raise
        except (ImprimaturError, Unreached, CannotRead) as error:
            why = f"not sealed: {str(error).rstrip('.')}"
            report.skipped.append(Skipped(version.label, why))
            continue
        came.sealed += 1
        came.files += len(sealed.manifest)
        came.bytes += sum(file["size"] for file in sealed.manifest)
