"""Every action that can stand in the trail: one table. ``record`` refuses what is not in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Action:
    """``when`` says when the entry is written; ``words`` is how a page says it (who … what)."""

    key: str
    words: str
    when: str


_TABLE: Final = (
    # Use cases and value
    ("use_case.create", "described the use case", "A use case is described, with its purposes."),
    ("use_case.advance", "moved the use case on", "It enters its next phase."),
    ("use_case.describe", "changed the text of", "Its objective, users or archetype change."),
    (
        "use_case.approve_purpose",
        "approved a purpose of",
        "One more purpose is approved, by somebody who is no owner.",
    ),
    ("use_case.hand_over", "handed over", "Another person answers for it, and why."),
    ("use_case.assess", "assessed the risk of", "Its risk is assessed; its tier follows."),
    (
        "use_case.determine",
        "determined whether a model answers in",
        "A person says whether it is a model, and why.",
    ),
    (
        "use_case.classify",
        "classified under the EU AI Act",
        "A person gives its class with the path of articles.",
    ),
    ("methodology.publish", "published a risk methodology", "A version is published, frozen."),
    ("plan.set", "changed the plan", "Texts, people or dials of a use case's plan change."),
    ("kpi.create", "defined a KPI", "A KPI of a use case is defined."),
    ("kpi.change", "changed a KPI", "Terms of a KPI change; approval makes them count."),
    ("observation.record", "recorded a KPI value", "Values are recorded, or restated."),
    ("observation.upload", "handed in a table of KPI values", "A file of values is kept."),
    ("observation.verify", "verified a KPI value", "A value was held against its source."),
    ("value_case.set", "changed the value case", "Its promised benefit or costs change."),
    ("value_case.approve", "approved the value case", "It is frozen, KPIs and all."),
    ("use_case.share", "shared the value of", "Business units share it in other parts, and why."),
    ("exchange_rate.state", "stated an exchange rate", "A rate of a day, or its correction."),
    ("payoff.state", "stated what decisions bring", "Amounts for each outcome, and why."),
    # Policies
    ("policy.create", "drafted a policy version", "A version of a policy is drafted."),
    ("policy.publish", "published a policy version", "A version is published, frozen by digest."),
    ("policy.withdraw", "took a policy draft back", "A draft is taken back and stays unpublished."),
    # Models, data, runs, deployments
    ("model.register", "registered the model", "A model is registered."),
    ("model.change", "changed the model", "Its description, owner or tags change."),
    ("model.tag", "tagged the model", "A tag of a model is set or removed."),
    ("model.rename", "renamed the model", "A model that no decision names gets another name."),
    ("model.delete", "deleted the model", "It goes, its versions leave tombstones."),
    (
        "model.delete_versions",
        "deleted versions of",
        "Of a model that goes in the same moment and has many, a part.",
    ),
    (
        "model.govern",
        "changed whether rules hold for",
        "A model is put under the rules of releases, or let go.",
    ),
    (
        "model.import",
        "imported versions of",
        "Versions come from another registry, under their numbers there.",
    ),
    ("model_version.register", "registered the version", "A version is registered."),
    ("model_version.change", "changed the version's text", "Its description or tags change."),
    ("model_version.tag", "tagged the version", "A tag of a version is set or removed."),
    ("model_version.move_stage", "moved the stage of", "A version moves to an MLflow stage."),
    (
        "model_version.seal",
        "sealed the version",
        "The files of a version that had a source only are here, and never change again.",
    ),
    ("model_version.file_document", "attached a document", "A document is attached to a version."),
    ("model_version.delete", "deleted the version", "A version leaves a tombstone."),
    ("dataset_version.register", "registered the data", "A version of a dataset is registered."),
    ("run.record", "recorded a run", "A training or scoring run is recorded."),
    (
        "artifact.store",
        "stored an artefact",
        "A blob is stored under its digest, or sent again by somebody who could not read it.",
    ),
    ("model_version.add_file", "sent a file of", "A file joins a version that is not sealed."),
    (
        "model_version.remove_file",
        "took files out of",
        "Files leave a version that is not sealed; their bytes stay in the store.",
    ),
    ("model_version.ask_seal", "asked to seal the version", "Its files are to be fetched."),
    ("model_version.fail_seal", "could not seal the version", "The entry says why not."),
    (
        "model_version.pull",
        "fetched the files of",
        "Told where RECORD_PULLS says so: once in ten minutes for each who does.",
    ),
    ("alias.move", "moved an alias", "A name such as “champion” moves to a version."),
    ("alias.remove", "removed an alias", "A name of a version is removed."),
    ("deployment.start", "started a deployment", "A version starts to run in an environment."),
    ("deployment.end", "ended a deployment", "A version stops running in an environment."),
    # Releases, checks, decisions, authorizations
    ("release.request", "asked for a release", "A release is requested; its rules are pinned."),
    ("release.evidence_frozen", "froze the evidence", "The evidence is complete and frozen."),
    ("release.review", "sent it to review", "What blocked a release is gone; people decide now."),
    ("release.gate_open", "opened a gate", "A gate opens."),
    ("release.gate_close", "closed a gate", "A gate closes, or stays closed with new reasons."),
    ("release.approve", "approved", "A person signs an approval for one slot."),
    (
        "release.approve_with_conditions",
        "approved with conditions",
        "A person signs an approval that conditions hang on.",
    ),
    ("release.abstain", "abstained", "A person signs that they do not decide."),
    ("release.reject", "rejected", "A person signs a rejection."),
    ("release.request_changes", "asked for changes", "A person sends the release back."),
    ("readiness.state", "stated what is ready", "An area is said to be ready to go live, or not."),
    ("question.ask", "asked a question", "A reviewer asks, perhaps blocking the release."),
    ("question.answer", "answered a question", "Whoever asks for the release answers."),
    ("question.settle", "settled a question", "Who asked says what came of it."),
    ("question.ask_again", "asked again", "The answer did not do."),
    ("question.withdraw", "took a question back", "Who asked takes it back."),
    ("waiver.request", "asked for a waiver", "Somebody asks that a requirement be waived."),
    ("waiver.grant", "granted a waiver", "Somebody else grants it, for a while."),
    ("waiver.refuse", "refused a waiver", "Somebody else refuses it."),
    ("waiver.withdraw", "took a waiver back", "Who asked for it takes it back."),
    ("waiver.revoke", "revoked a waiver", "A waiver ends at once."),
    ("finding.raise", "raised a finding", "Something is wrong with a model."),
    ("finding.plan", "planned a finding's mending", "Its owner says how it will be mended."),
    ("finding.rebut", "rebutted a finding", "Its owner says that it is none."),
    ("finding.resolve", "resolved a finding", "Its owner says that it is mended."),
    ("finding.send_back", "sent a finding back", "Somebody else does not accept that."),
    ("finding.close", "closed a finding", "Somebody else accepts that."),
    (
        "finding.hand_over",
        "handed a finding over",
        "Its owner can answer no longer: another person mends it, and why.",
    ),
    ("finding.reopen", "reopened a finding", "A closed finding was not mended."),
    ("condition.meet", "met a condition", "Its owner says that it is done."),
    ("condition.verify", "verified a condition", "Somebody else says that it is met."),
    ("condition.reopen", "sent a condition back", "Somebody else says that it is not met."),
    (
        "condition.hand_over",
        "handed a condition over",
        "Its owner can answer no longer: another person meets it, and why.",
    ),
    (
        "condition.drop",
        "dropped a condition",
        "The authorization, the revision or the release that it hung on has ended.",
    ),
    ("release.hold", "held the review", "The deadline of a review stands still."),
    ("release.go_on", "went on with the review", "The deadline of a review runs again."),
    ("calendar.add", "added a holiday", "A day no longer counts as a business day."),
    ("calendar.remove", "removed a holiday", "A day counts as a business day again."),
    ("delegation.give", "delegated", "A person lets another sign for them for a while."),
    ("delegation.end", "ended a delegation", "A delegation ends before its day."),
    ("release.revise", "revised the release", "A new revision begins; earlier decisions are void."),
    ("release.withdraw", "withdrew the release", "The requester withdraws it."),
    ("validation.start", "started the validation", "The checks of a revision are queued."),
    ("validation.cancel", "cancelled the checks", "Somebody stops a suite while it runs."),
    ("check.finish", "finished a check", "A check ends with a verdict."),
    ("validation.finish", "finished the validation", "All checks of a run have ended."),
    ("authorization.issue", "issued the authorization", "The last gate opened."),
    ("authorization.supersede", "superseded the authorization", "A newer one takes its place."),
    ("authorization.revoke", "revoked the authorization", "It is ended at once."),
    ("authorization.suspend", "suspended the authorization", "It allows nothing for a while."),
    ("authorization.resume", "resumed the authorization", "A suspension is lifted."),
    ("authorization.retire", "retired the authorization", "It is ended, being needed no more."),
    (
        "authorization.recertify",
        "certified the authorization again",
        "A review continues, modifies, retrains, restricts or retires it.",
    ),
    (
        "release.derive",
        "released in a single act",
        "A rollback or an emergency: a release that follows from another one.",
    ),
    ("emergency.ask", "asked for an emergency", "Somebody asks to run it before it is cleared."),
    ("emergency.approve", "approved an emergency", "A second person lets it, for some hours."),
    ("emergency.decline", "declined an emergency", "A second person does not let it."),
    ("emergency.ratify", "ratified an emergency", "A third person says that it was right."),
    ("emergency.refuse", "refused an emergency", "A third person says that it was not."),
    ("verdict.issue", "signed a verdict", "A signed answer is given for a pipeline to keep."),
    (
        "verdict.count",
        "counted verdicts",
        "A web process tells how often it was asked for verdicts, about once a second.",
    ),
    # Explanations of single decisions: what they are about stands in no entry
    (
        "explanation.request",
        "asked for an explanation of one decision",
        "Somebody asks; the entry commits to what they gave with a salt that goes with the rest.",
    ),
    ("explanation.finish", "explained one decision", "The model was run, or could not be."),
    ("explanation.expire", "let an explanation go", "It was kept as long as it may be."),
    # People and tokens
    ("person.create", "created an account", "An account is created."),
    ("person.set_password", "set a password", "An operator or the person sets a password."),
    ("person.deactivate", "deactivated an account", "An account stops working."),
    ("person.sign_in", "signed in", "A person signs in."),
    ("person.erase", "erased personal text", "Names and texts are erased; proofs still hold."),
    ("role.change", "changed what a role carries", "An upgrade gives a role new permissions."),
    ("role.assign", "assigned a role", "A role is assigned in a scope."),
    ("role.remove", "removed a role", "A role is removed."),
    ("token.issue", "issued a service token", "A service token is issued."),
    ("token.revoke", "revoked a service token", "A service token stops working."),
    ("webhook.create", "added a webhook", "An address outside is to be told of events."),
    (
        "webhook.change",
        "changed a webhook",
        "It is another by what is named; the host is told. Another address has another secret.",
    ),
    ("webhook.rotate", "changed a webhook's secret", "The former one may sign for a day more."),
    ("webhook.disable", "stopped a webhook", "By hand, or after failing for days."),
    ("webhook.enable", "started a webhook again", "It is told of what happens from then on."),
    ("webhook.delete", "deleted a webhook", "Its secret is forgotten, its history stays."),
    ("webhook.test", "tried a webhook", "A test event is sent."),
    ("webhook.redeliver", "had an event delivered anew", "By hand, to one webhook."),
    # The trail itself, and work behind the scenes
    (
        "audit.export",
        "made an export",
        "A bundle (each member by digest), dossier or file is made.",
    ),
    ("audit.download", "downloaded an export", "A file that a worker made is downloaded."),
    ("audit.look", "looked at", "An auditor opens it for the first time in a session."),
    ("log.start", "started the log", "The log is started with its origin and key."),
    ("log.rotate_key", "announced a new key", "A new key signs checkpoints too from now on."),
    ("log.retire_key", "retired a key", "An older key signs checkpoints no more."),
    ("log.restart", "began the log anew", "What was lost is lost: a new name, the reason, sizes."),
    ("rows.adopt", "took rows as they are", "Rows that disagree are accepted, with the reason."),
    ("job.dead", "gave up a job", "Background work failed for good."),
    ("job.revive", "had a job tried again", "An operator queues failed work anew."),
    ("job.dismiss", "put a job aside", "An operator takes failed work off the list."),
)

ACTIONS: Final[dict[str, Action]] = {row[0]: Action(*row) for row in _TABLE}


def as_markdown() -> str:
    """The table as docs/audit-log.md shows it."""
    rows = [f"| `{action.key}` | {action.when} |" for action in ACTIONS.values()]
    return "\n".join(["| action | when |", "| --- | --- |", *rows])
