"""What a hand might still write is held against what happened.

R1: a gate that is open when its release is authorized was opened by something: by the result of its
check in that very revision, by a document, an answer or a waiver, and not by a statement. A review's
deadline stands still in one stretch at a time, a finding is rebutted once, and no owner makes a tier
lighter. Limits that 0017 brought hold for what is written from then on: what was legal before, or was
written by hand, can still be ended.
"""

import datetime
from importlib import import_module

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models.expressions import CombinedExpression
from django.db.migrations.operations.base import Operation
from django.db.models.lookups import LessThanOrEqual

before = import_module("governance.migrations.0010_states_in_the_database")
held = import_module("governance.migrations.0017_authorized_in_the_database")

# The services looked at the age of the evidence a moment before it was issued, so a minute is let.
RESTS = """
DECLARE
    asked record;
    suite record;
    bare text;
BEGIN
    SELECT r.*, s.document AS rules INTO asked
        FROM governance_release r JOIN governance_requirementset s ON s.digest = r.requirement_set_id
        WHERE r.id = NEW.release_id;
    SELECT v.id, v.facts, COALESCE(NEW.issued_at - v.finished_at <= make_interval(
            days => (asked.rules ->> 'evidence_max_age_days')::integer, mins => 1), true) AS fresh
        INTO suite
        FROM governance_validationrun v
        WHERE v.release_id = asked.id AND v.revision = asked.revision;
    IF suite.facts #>> '{artifact_verified,ok}' IS DISTINCT FROM 'true' THEN
        bare := 'artifact';
    END IF;
    IF bare IS NULL THEN
        SELECT 'check:' || (c ->> 'key') INTO bare
            FROM jsonb_array_elements(asked.rules -> 'checks') c
            JOIN governance_gate g ON g.release_id = asked.id AND g.revision = asked.revision
                AND g.key = 'check:' || (c ->> 'key')
            WHERE NOT EXISTS (
                SELECT 1 FROM governance_checkrun m
                WHERE m.run_id = suite.id AND m.key = c ->> 'key' AND m.state = 'finished'
                    AND m.check_id = c ->> 'check' AND m.parameters = c -> 'parameters'
                    AND m.threshold = c -> 'threshold'
                    AND CASE g.verdict
                        WHEN 'pass' THEN suite.fresh AND m.verdict = 'pass'
                        WHEN 'inconclusive' THEN suite.fresh AND m.verdict = 'inconclusive'
                            AND c ->> 'on_inconclusive' = 'second_signature'
                        WHEN 'waived' THEN m.verdict IN ('pass', 'fail', 'inconclusive')
                            AND governance_is_waived(asked.id, g.key, c -> 'waiver')
                        ELSE false END
            ) LIMIT 1;
    END IF;
    IF bare IS NULL THEN
        SELECT 'document:' || (d ->> 'kind') INTO bare
            FROM jsonb_array_elements(asked.rules -> 'documents') d
            JOIN governance_gate g ON g.release_id = asked.id AND g.revision = asked.revision
                AND g.key = 'document:' || (d ->> 'kind')
            WHERE NOT CASE g.verdict
                WHEN 'pass' THEN EXISTS (
                    SELECT 1 FROM registry_versiondocument filed
                    WHERE filed.version_id = asked.version_id AND filed.kind = d ->> 'kind'
                        AND asked.evidence -> 'documents' @> jsonb_build_array(
                            jsonb_build_object('kind', filed.kind, 'artifact', filed.artifact_id)))
                WHEN 'waived' THEN governance_is_waived(asked.id, g.key, d -> 'waiver')
                ELSE false END
            LIMIT 1;
    END IF;
    IF bare IS NULL THEN
        SELECT 'question:' || q.number INTO bare FROM governance_question q
            WHERE q.release_id = asked.id AND q.blocking
                AND q.state NOT IN ('settled', 'withdrawn') LIMIT 1;
    END IF;
    IF bare IS NULL THEN
        SELECT 'findings' INTO bare FROM governance_finding f
            WHERE f.model_id = NEW.model_id AND f.state <> 'closed'
                AND (f.version_id IS NULL OR f.version_id = asked.version_id)
                AND jsonb_typeof(asked.rules -> 'findings') = 'object'
                AND array_position(ARRAY['low', 'medium', 'high', 'critical'], f.severity::text)
                    >= array_position(ARRAY['low', 'medium', 'high', 'critical'],
                                      asked.rules #>> '{findings,block}') LIMIT 1;
    END IF;
    IF bare IS NOT NULL THEN
        RAISE EXCEPTION 'nothing that happened opens the gate %', bare
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""

# As the policies of the present revision allow it; until when, 0017 holds.
WAIVED = """
CREATE FUNCTION governance_is_waived(release uuid, gate text, terms jsonb) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM governance_waiver w WHERE w.release_id = release AND w.gate = $2
            AND w.state = 'granted' AND w.days <= (terms ->> 'max_days')::integer)
$$;
"""

HOLD = """
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL OR NEW.ended_at < OLD.started_at
           OR to_jsonb(NEW) - 'ended_at' IS DISTINCT FROM to_jsonb(OLD) - 'ended_at' THEN
            RAISE EXCEPTION 'a hold is ended once, after it began, and changes in no other way'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    -- One at a time for each release, so that two do not both find nothing.
    PERFORM 1 FROM governance_release WHERE id = NEW.release_id FOR UPDATE;
    IF NEW.ended_at IS NOT NULL OR EXISTS (
        SELECT 1 FROM governance_hold h WHERE h.release_id = NEW.release_id
            AND COALESCE(h.ended_at, 'infinity') > NEW.started_at
    ) THEN
        RAISE EXCEPTION 'a review is held in one stretch at a time, which begins after the last'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""

REBUTTED = """
BEGIN
    IF OLD.rebutted_at IS NOT NULL OR NEW.rebutted_at IS NULL THEN
        RAISE EXCEPTION 'a finding is rebutted once' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""

# Lighter than it was, or than the answers come to.
LIGHTER = """
DECLARE
    one record;
BEGIN
    SELECT u.slug, u.tier, u.owner_id INTO one FROM governance_usecase u
        WHERE u.id = NEW.use_case_id;
    IF NEW.methodology_id IS NULL THEN
        IF NEW.tier > one.tier THEN
            RAISE EXCEPTION 'a tier becomes lighter under a published methodology alone'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.tier > LEAST(one.tier, NEW.computed_tier) AND NOT EXISTS (
        SELECT 1 FROM accounts_user p
        WHERE p.pseudonym = NEW.assessed_by AND p.id <> one.owner_id AND NOT EXISTS (
            SELECT 1 FROM registry_registeredmodel m
            WHERE m.use_case = one.slug AND m.owner_id = p.id)
    ) THEN
        RAISE EXCEPTION 'a tier becomes lighter by a person who owns neither use case nor model'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""

_HOLD, _FINDING = "governance_hold", "governance_finding"
_NINETY = datetime.timedelta(days=90)
DELEGATION = models.CheckConstraint(
    name="delegation_for_90_days_at_most",
    condition=models.Q(ended_at__isnull=False)
    | models.Q(
        LessThanOrEqual(CombinedExpression(models.F("ends_at"), "-", models.F("starts_at")), _NINETY)
    ),
)
WAIVER = models.CheckConstraint(
    name="waiver_no_longer_than_decided",
    condition=models.Q(expires_at__isnull=True)
    | models.Q(ended_at__isnull=False)
    | models.Q(
        LessThanOrEqual(
            CombinedExpression(models.F("expires_at"), "-", models.F("decided_at")),
            models.ExpressionWrapper(
                CombinedExpression(models.F("days"), "*", models.Value(datetime.timedelta(days=1))),
                models.DurationField(),
            ),
        ),
        decided_at__isnull=False,
        decided_by__isnull=False,
    ),
)


def _anew(model: str, constraint: models.CheckConstraint) -> list[Operation]:
    return [
        migrations.RemoveConstraint(model, constraint.name),
        AddConstraintNotValid(model, constraint),
    ]


class Migration(migrations.Migration):
    dependencies = [("governance", "0020_rules_of_a_release")]
    operations = [
        migrations.RunSQL(WAIVED, "DROP FUNCTION governance_is_waived(uuid, text, jsonb);"),
        before._function("governance_takes_what_happened", RESTS),
        held._insert(
            "governance_takes_what_happened",
            f"NEW.kind <> 'emergency' AND NOT {held._ROLLED_BACK}",
        ),
        before._function("governance_guard_hold", HOLD),
        before._trigger(
            _HOLD, "governance_guard_hold", "BEFORE INSERT OR UPDATE", "governance_guard_hold()"
        ),
        before._stays(_HOLD, "DELETE"),
        before._never_emptied(_HOLD),
        before._function("governance_rebuts_once", REBUTTED),
        migrations.RunSQL(
            f"CREATE TRIGGER governance_rebuts_once BEFORE UPDATE ON {_FINDING} FOR EACH ROW "
            "WHEN (NEW.state = 'rebutted' AND OLD.state <> 'rebutted') "
            "EXECUTE FUNCTION governance_rebuts_once();"
            f"ALTER TABLE {_FINDING} ENABLE ALWAYS TRIGGER governance_rebuts_once;",
            f"DROP TRIGGER governance_rebuts_once ON {_FINDING};",
        ),
        before._function("governance_tier_by_methodology", LIGHTER, anew=True),
        *_anew("delegation", DELEGATION),
        *_anew("waiver", WAIVER),
    ]
