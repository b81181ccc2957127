"""``imprimatur register``: a version with its files, data, run and documents."""

from __future__ import annotations

import argparse
import os
from functools import partial
from pathlib import Path
from typing import Any

from imprimatur_client.cli import plan as plans
from imprimatur_client.cli import values
from imprimatur_client.cli.plan import Plan
from imprimatur_client.cli.running import client_of, connection, guarded
from imprimatur_client.cli.terminal import Terminal
from imprimatur_client.client import Client
from imprimatur_client.errors import BadInput, NotFound
from imprimatur_client.registering import NewDocument
from imprimatur_client.results import DatasetVersion, Version

EPILOG = """examples:
  imprimatur register --model mortgage --file model.onnx --format onnx \\
      --signature signature.json --dataset validation=loans@3 \\
      --document model_card=card.md --job train --metric roc_auc=0.83
  imprimatur register -f imprimatur.toml
  imprimatur register -f imprimatur.toml --idempotency-key "$CI_JOB_ID"

Only what the server does not have is uploaded. Options add to the file, or
replace what it says.

exit code: 0 registered, 3 error
"""
COMMITS = ("CI_COMMIT_SHA", "GITHUB_SHA", "GIT_COMMIT", "BUILD_SOURCEVERSION")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "Register a model version: files, signature, data, run, documents."
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    several = partial(add, action="append", default=[])
    add("-f", "--from", type=Path, dest="plan", metavar="TOML", help="a file that says all this")
    add("-m", "--model", help="the registered model")
    add("--use-case", help="register the model first when it is new, under this use case")
    add("--task", help="of a new model: binary (default), multiclass, regression, ranking")
    about = "a file or folder of the version; repeat for each"
    several("--file", type=values.file, metavar="[NAME=]PATH", help=about)
    add("--format", help="onnx, skops, xgboost-json, lightgbm-text or predictions")
    add("--signature", type=Path, metavar="JSON", help="inputs, outputs, decision_threshold")
    about = "training, validation or reference data, as registered"
    several("--dataset", type=values.dataset_use, metavar="ROLE=NAME@N", help=about)
    about = "such as model_card=card.md; repeat for each"
    several("--document", type=values.document, metavar="KIND=PATH", help=about)
    _about_the_run(parser)
    add("--developer", help="user name of who made it")
    add("--description", help="of the version")
    several("--tag", type=values.pair, metavar="NAME=VALUE")
    add("--idempotency-key", default="", metavar="KEY", help="a build's id: repeated, it is one")
    connection(parser)


def _about_the_run(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("the run that made it").add_argument
    add("--job", help="its name, such as train")
    add("--namespace", help="of the job (default: ci)")
    add("--commit", help=f"of the code (default: ${COMMITS[0]}, ${COMMITS[1]} and the like)")
    several = partial(add, action="append", default=[])
    several("--metric", type=values.number_pair, metavar="NAME=NUMBER")
    several("--parameter", type=values.pair, metavar="NAME=VALUE")


@guarded
def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """register a model version with its files, data and documents"""
    plan = plans.read(arguments.plan) if arguments.plan else Plan()
    _add_options(plan, arguments)
    _check(plan)
    client = client_of(arguments, terminal)
    key = arguments.idempotency_key
    if plan.new_model:
        _model(client, plan, terminal)
    datasets = [_dataset(client, plan, each, key, terminal) for each in plan.datasets]
    version = _version(client, plan, key, terminal) if plan.files is not None else None
    terminal.answer(
        {
            "version": dict(version.raw) if version else None,
            "documents": [dict(each.raw) for each in version.documents] if version else [],
            "datasets": [dict(each.raw) for each in datasets],
        }
    )
    return 0


def _add_options(plan: Plan, arguments: argparse.Namespace) -> None:
    plan.model = arguments.model or plan.model
    if arguments.use_case:
        plan.new_model["use_case"] = arguments.use_case
    if arguments.task:
        plan.new_model["task"] = arguments.task
    if arguments.file:
        plan.files = values.named(arguments.file)
    for name in ("format", "developer", "description"):
        if getattr(arguments, name) is not None:
            plan.version[name] = getattr(arguments, name)
    if arguments.signature:
        plan.version["signature"] = values.json_file(arguments.signature, "the signature")
    if arguments.tag:
        plan.version["tags"] = {**plan.version.get("tags", {}), **dict(arguments.tag)}
    plan.uses += arguments.dataset
    plan.documents += [NewDocument(kind, place) for kind, place in arguments.document]
    if told := _run_of(arguments, dict(plan.version.get("run") or {})):
        plan.version["run"] = told


def _run_of(arguments: argparse.Namespace, told: dict[str, Any]) -> dict[str, Any]:
    """What the file says of the run, with what the options and CI's environment add."""
    options = {"job": arguments.job, "namespace": arguments.namespace}
    told |= {name: value for name, value in options.items() if value}
    for name, pairs in (("metrics", arguments.metric), ("parameters", arguments.parameter)):
        if pairs:
            told[name] = {**told.get(name, {}), **dict(pairs)}
    if arguments.commit:
        told["code_commit"] = arguments.commit
    if not told:
        return {}
    if not told.get("job"):
        raise BadInput("A run has a name: give --job, such as --job train.")
    told.setdefault("namespace", "ci")
    if "code_commit" not in told:
        found = next(filter(None, map(os.environ.get, COMMITS)), None)
        told |= {"code_commit": found} if found else {}
    return told


def _check(plan: Plan) -> None:
    """Raises BadInput for what is missing, before anything is sent."""
    if plan.files is None:
        idle = [*plan.version, *(["documents"] if plan.documents else [])]
        if idle:
            raise BadInput(f"There is a {idle[0]} but no file of a version: give --file.")
        if not (plan.datasets or plan.new_model):
            raise BadInput("Say what to register: --model and --file, or -f imprimatur.toml.")
    elif not plan.version.get("format"):
        raise BadInput("Say the model's format: --format onnx.")
    if (plan.files is not None or plan.new_model) and not plan.model:
        raise BadInput("Say which model: --model NAME.")
    if plan.new_model and not plan.new_model.get("use_case"):
        raise BadInput("A new model serves a use case: give --use-case.")


def _model(client: Client, plan: Plan, terminal: Terminal) -> None:
    try:
        client.model(plan.model)
    except NotFound:
        made = client.register_model(plan.model, **plan.new_model)
        terminal.say(f"registered the model {made.name} for {made.use_case}")


def _dataset(
    client: Client, plan: Plan, new: plans.NewDataset, key: str, terminal: Terminal
) -> DatasetVersion:
    made = client.register_dataset(
        new.name,
        files=new.files,
        schema=new.schema,
        roles=new.roles,
        idempotency_key=key and f"{key}:{new.name}",
        **new.about,
    )
    terminal.say(f"registered the dataset {made.label}")
    terminal.row("digest", made.digest)
    if new.role:
        plan.uses.append(made.used_for(new.role))
    return made


def _version(client: Client, plan: Plan, key: str, terminal: Terminal) -> Version:
    version = client.register_version(
        plan.model,
        files=plan.files,
        datasets=plan.uses,
        documents=plan.documents,
        idempotency_key=key,
        **{"format": "", **plan.version},
    )
    terminal.say(f"registered {version.label}", style="good")
    terminal.row("digest", version.digest)
    for document in version.documents:
        terminal.row("filed", f"{document.kind}: {document.title}")
    terminal.say(
        f"Ask for its release: imprimatur release --model {version.model} --version "
        f"{version.number} --environment ... --purpose ... --reason ... --wait",
        indent=2,
    )
    return version
