"""Every public function of the services, sorted by what it leaves in the trail.

``tests/walk/test_every_service.py`` fails when a function is in none of these, so whoever adds one
says which it is.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

from tests.walk.value_services import OF_VALUE

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("accounts", "registry", "governance", "audit", "jobs")

# They change nothing.
READS: Final = {
    "registry.searching": {"versions", "models", "wanted_of"},
    "governance.awaited_promises": {"of_promises"},
    "governance.former_owners": {"of_release", "in_findings"},
    "governance.statements": {"kept", "of_emergency", "of_review", "of_waiver", "refuse_unread"},
    "accounts.people": {"person_subject", "holders_of", "holders_of_role", "names_of"},
    "accounts.actors": {"actor_of"},
    "accounts.webhooks": {"subject_of", "endpoints", "find"},
    "accounts.webhook_history": {"history", "find_delivery"},
    "accounts.webhook_secrets": {"taken", "sealed", "in_force"},
    "accounts.messages": {"of_entry", "of_clock", "in_mlflow", "example_in_mlflow"},
    "accounts.signing": {"is_fresh"},
    "accounts.tokens": {"token_subject"},
    "registry.artifacts": {"find", "require_uploaded", "uploaded", "usable"},
    "registry.downloads": {"proxy_uri"},
    "registry.sealing": {"why_not", "latest", "origin_of"},
    "registry.version_files": {"listed", "digest_at", "refuse_other_person"},
    "registry.lineage": {"lineage_of_version", "lineage_of_model"},
    "governance.authorizations": {"valid_days"},
    "governance.bound": {"may_change_use_case", "may_delete", "may_let_go"},
    "registry.aliases": {"is_kept"},
    "registry.contents": {"checked"},
    "registry.models": {"find"},
    "registry.names": {"is_free", "reached", "known_as"},
    "registry.versions": {"find"},
    "registry.governing": {"why_not_govern"},
    "governance.in_force": {"authorization_for", "versions_of", "may_move_alias"},
    "governance.downloads": {"may_download"},
    "governance.asked_rows": {"write"},
    "governance.telling": {"result_of"},
    "governance.bundles": {"parts_of_release"},
    "governance.champions": {"beside_champion", "champion_of", "result_of"},
    "governance.decisions": {"draft", "statement_of"},
    "governance.slots": {"case_of", "stake_of", "slots_of", "eyes_of", "seen"},
    "governance.findings": {"find", "why_not_answer", "why_not_judge", "may_judge", "mender_of"},
    "governance.handing_over": {
        "who_answer", "is_gone", "why_not_finding", "why_not_condition",
    },
    "governance.delegations": {"find", "given_by", "held_by", "roles_to_give"},
    "governance.questions": {
        "as_it_stands", "why_not_ask", "why_not_answer", "why_not_settle", "why_not_withdraw",
        "find",
    },
    "governance.waivers": {
        "allowed", "earlier", "place_of", "why_not_request", "why_not_decide", "why_not_withdraw",
        "why_not_revoke", "find", "find_of",
    },
    "governance.conditions": {"as_it_stands", "read", "why_not_meet", "why_not_verify", "find"},
    "governance.deadlines": {"due_at", "why_not_hold", "holidays"},
    "governance.emergencies": {
        "why_not_ask", "why_not_decide", "why_not_review", "refuse_review",
    },
    "governance.numbering": {"next_number", "one_at_a_time"},  # they lock
    "governance.dossiers": {
        "basis_of", "is_current", "latest", "problem_of", "policies_behind", "file_name",
        "require_engine",
    },
    "governance.as_of": {"as_of", "models_to_ask_about"},
    "governance.as_of_words": {"sentence", "signers", "until", "at"},
    "governance.evidence": {"documents_of"},
    "governance.explained": {"seed_of"},
    "governance.explaining": {"background_of", "inputs_of", "find", "kept_of"},
    "governance.gates": {"facts_of", "criteria_of", "evaluate", "by_the_clock"},
    "governance.policies": {
        "read", "find", "proof", "changes", "before", "why_not_publish", "why_not_withdraw",
    },
    "governance.satisfiable": {"refuse_unfillable", "in_force"},
    "governance.dry_runs": {"running", "shown", "why_not_ask"},
    "governance.check_history": {"check_page"},
    "governance.check_reading": {
        "brief",
        "measurements_of",
        "libraries_of",
        "data_of",
        "parameters_of",
        "in_policy_order",
        "whole_checks",
        "anchors_of",
        "validation_data",
        "drawing",
    },
    "governance.inbox": {"inbox", "awaiting", "wanted_of"},
    "governance.awaited_decisions": {"decisions", "signatures"},
    "governance.awaited_exceptions": {"of_waivers", "of_emergencies", "with_cases"},
    "governance.awaited_answers": {"short", "of_release", 
        "concerns", "in_sight", "end_of", "of_questions", "of_conditions", "of_findings",
        "of_policies",
    },
    "governance.finding_list": {"wanted_of", "narrowed", "listed", "as_csv", "open_against"},
    "governance.reminding": {"stage"},
    "governance.notices": {"notices_of", "unseen_of", "unseen", "wants_mail"},
    "governance.notifying": {
        "page_of", "page_of_finding", "those_who_asked", "owners", "may_decide", "awaited",
        "officers", "may_let_run",
    },
    "governance.reading": {"page_of"},
    "governance.releases": {"requester_of", "find"},
    "governance.prohibition": {"class_of", "why_prohibited"},
    "governance.inventory": {"inventory", "as_csv", "wanted_of", "by_tier"},
    "governance.methodologies": {"house", "proof", "effects"},
    "governance.regimes": {"find", "coverage_of"},
    "governance.risk": {"current_methodology", "find_methodology"},
    "governance.stakes": {"owners_of", "in_findings", "awaited_by"},
    "governance.stopping": {"stake_in", "lock", "refuse"},
    "governance.recertifying": {"due", "why_not", "refuse"},
    "governance.rolling_back": {"refuse"},
    "governance.verifying": {"answer_for", "open_findings"},
    "governance.authorization_page": {"find", "page_of"},
    "governance.verdict_rows": {"read", "read_missed"},
    "governance.derived": {"why_not_now"},
    "governance.signed_verdicts": {"published_keys"},
    "governance.case": {"of_run"},
    "governance.measured_before": {"find"},
    "governance.suite_files": {
        "workdir", "of_run", "table", "forget", "dataset_in", "validation_data", "model_files",
        "tables_of",
    },
    "governance.counting": {"applies", "spec_of"},
    "registry.counts_files": {"verified"},
    "governance.suite_given": {
        "for_scoring", "for_check", "model_of", "validation_of", "table_of",
    },
    "governance.suite_jobs": {"key_of_part", "run_of"},
    "governance.transitions": {"lock", "lock_open"},
    "governance.purpose_tiers": {"refuse_borrowed", "strictest_tier", "tier_for"},
    **OF_VALUE,
    "governance.use_cases": {"of_tier", 
        "find", "business_unit_of", "may_lighten", "refuse_owner",
    },
    "governance.verdicts": {"verdict"},
    "audit.cosignatures": {"witnesses", "cosigned_note"},
    "audit.exports": {
        "filename", "check_previous", "add_beginning", "large_in", "add_large", "proof_line",
    },
    "audit.export_jobs": {"exports_of", "find", "link_of", "folder"},
    "audit.integration": {"why_not_signing"},
    "audit.keys": {"signing_keys", "signing_key", "public_keys"},
    "audit.layout": {"file_at"},
    "audit.leaves": {
        "stretches", "lines_between", "entries_between", "entries_of", "openings_at",
        "openings_between", "span", "places_of", "wanted", "entries_at",
    },
    "audit.outside": {"refuse_to_fall_behind", "known_size"},
    "audit.reading": {"done_by", "the_log"},
    "audit.proofs": {
        "latest_checkpoint", "inclusion_proof", "place_of", "place_proof", "consistency_proof",
    },
    "audit.reconciling": {"reconcile"},
    "audit.rotation": {"announced", "of_log"},
    "audit.searching": {"newest"},
    "audit.streams": {"choose", "jsonl", "as_csv", "csv_head", "written"},
    "audit.stamps": {"stamps_for", "latest_stamp", "stamped_text", "verified"},
    "audit.tiles": {"read_nodes", "kept_reader", "load_tiles"},
    "jobs.services": {"due", "in_hand"},
    "governance.limiting": {"of_check", "of_job", "of_model"},
    "governance.queues": {"operations", "standing_of"},
    "governance.repairing": {"lost_runs", "lost_checks", "unfinished_runs"},
}  # fmt: skip

# They change something in the transaction of a service that is walked, and are told of there.
PARTS: Final = {
    "registry.models": {"locked"},
    "registry.names": {"take_over"},
    "registry.contents": {"seal"},
    "registry.versions": {"numbered", "locked"},
    "registry.fetching": {"fetch"},  # what comes of it, registry.sealing tells
    "governance.advancing": {"advance", "begin_review"},
    "governance.authorizations": {"issue", "end", "stand", "install", "tell_issue"},
    "governance.derived": {"write"},
    "governance.conditions": {"attach", "write_stops", "drop", "void", "carry"},
    "governance.verifying": {"verify"},  # verify_all walks it
    "governance.evidence": {"freeze"},
    "governance.gates": {"refresh"},
    "governance.policies": {"requirement_set"},
    "governance.stakes": {"note", "note_owners", "model_changes_hands"},
    "governance.transitions": {"move"},
    "governance.phases": {"advance", "looked_after"},
    "governance.following": {"bears_on_criteria", "go_on_with"},
    "governance.use_cases": {"first_assessment", "held"},  # it locks
    "governance.prohibition": {"refuse_prohibited"},  # likewise
    "governance.validation": {"start", "abandon"},
    "governance.ending": {"move_run", "end_check", "end_run_if_done", "end_run", "break_off"},
    "governance.repairing": {"requeue_lost"},  # tests/governance/test_lost_suites
    "governance.limiting": {"check_overran"},  # check_broke, under a lease
    "governance.suite_jobs": {"take_out"},  # whoever breaks a suite off tells
    "governance.suite": {"score", "measure"},  # they measure, and hand over to validation
    "governance.counting": {"count_part", "put_together"},  # likewise: what they keep is told
    "governance.explained": {"explain"},  # likewise, to explaining
}

# What they change is not governed: how far work is, files that are printed, the log's own tables.
NO_ENTRY: Final = {
    "audit.adopting": {"touch", "touch_seeds", "adopt_rows"},  # the entry that follows tells
    "audit.upgrading": {"told_in_the_log"},
    "accounts.signing": {"prove"},  # the session and its count of failures
    # an outbox
    "accounts.deliveries": {"hear", "tell_by_clock", "put", "keep", "again", "queue"},
    # what it stops or tries, accounts.webhooks tells
    "accounts.delivering": {"deliver", "died", "try_now"},
    "accounts.webhook_secrets": {"put_another"},  # into a row that accounts.webhooks saves
    "registry.sealing": {"begin", "keep_file"},  # how far the work is
    "accounts.tokens": {"authenticate"},  # when a token was last used
    "governance.dossiers": {"request", "note_problem"},
    "governance.board_packs": {"note_problem"},
    "governance.standings": {"refresh", "refresh_stale"},  # copies of what governed rows give
    # nothing follows from a notice
    "governance.notices": {"safely", "tell", "see", "set_mail"},
    "governance.telling_value": {"hear"},
    "governance.notifying": {"hear", "review_began", "tell_awaited"},
    "governance.reminding": {"remind"},
    "governance.mailing": {"queue", "send"},
    "governance.dry_runs": {"ask", "perform", "fail"},  # a forecast: nothing rests on it
    "governance.explaining": {"begin"},
    "governance.validation": {"begin_scoring", "scored", "begin_check"},
    "governance.ending": {"tell"},
    "governance.counting": {"ready"},  # which shards are counted already
    "governance.verdict_counts": {"note", "keep_telling", "last_words"},  # in memory
    "governance.operations": {"wake_workers"},  # it wakes, and changes nothing
    "audit.cosignatures": {"accept_cosignatures"},  # an entry would ask for the next cosignature
    "audit.export_jobs": {"ask", "expire"},  # what leaves the house is an entry: the download
    "audit.integration": {"integrate", "integrate_until"},  # log.start has a test of its own
    "audit.keys": {"write_keys"},
    "audit.outside": {"keep_outside", "learn", "set_aside"},
    "audit.recording": {"record"},
    "audit.stamps": {"stamp_latest"},
    "audit.tiles": {"save_tiles"},
    "audit.waking": {"wake_integrator"},
    "jobs.services": {
        "enqueue", "wake", "publish", "lease", "beat", "hold", "finish", "fail", "cancel",
        "let_go", "postpone", "revive", "dismiss",  # their acts tell: governance.operations
    },
}  # fmt: skip

# Walked by tests that need commits or files of their own.
ELSEWHERE: Final = {
    "audit.rotation": {"rotate_key", "retire_key", "restart_log"},  # test_key_rotation
    # test_bundle, test_bundle_range, test_streams: each download is an entry
    "audit.exports": {"export_bundle", "place_waiting", "record_export", "add_export", "finish"},
    "audit.exports_range": {"export_range"},
    "audit.export_jobs": {"open_file"},
    "audit.export_files": {"make"},
    "audit.streams": {"record_stream"},
    "governance.dossiers": {"download", "keep_printed"},  # tests/reports/test_printing
    "governance.board_packs": {"download", "keep_printed"},  # tests/reports/test_board_pack
}


def found() -> dict[str, set[str]]:
    """Module (``room.module``) -> its public functions."""
    modules: dict[str, set[str]] = {}
    for room in ROOMS:
        folder = ROOT / room / "services"
        for path in sorted(folder.glob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]:
            names = {
                node.name
                for node in ast.parse(path.read_text()).body
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            }
            if names:
                modules[f"{room}.{path.stem}"] = names
    return modules
