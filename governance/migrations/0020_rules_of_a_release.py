"""R2 and R8 in the database too: no hand swaps the rules under a release.

Which rules a release is held to is written when it is asked for and anew with each revision, which
voids whatever was measured and signed before. Whoever once had a stake in it keeps it. And what is
authorized is held to published policies, to all that those demand. Which policies match a case is
for the services alone to say: a set that names fewer of them is not noticed here.
"""

from importlib import import_module

from django.db import migrations

before = import_module("governance.migrations.0010_states_in_the_database")

REVISED = """
BEGIN
    IF NEW.state = 'validating' AND OLD.state <> 'validating' THEN
        IF NEW.revision <> OLD.revision + 1 THEN
            RAISE EXCEPTION 'a release is measured again as its next revision alone'
                USING ERRCODE = 'restrict_violation';
        END IF;
    ELSIF ROW(NEW.requirement_set_id, NEW.tier, NEW.revision)
          IS DISTINCT FROM ROW(OLD.requirement_set_id, OLD.tier, OLD.revision) THEN
        RAISE EXCEPTION 'what a release is held to changes with a new revision alone'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT NEW.stakes @> OLD.stakes THEN
        RAISE EXCEPTION 'whoever had a stake in a release keeps it'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""

# Requirement sets name policies by label: "credit v3". Each check is taken over as it stands.
PUBLISHED = """
DECLARE
    rules jsonb;
    policies jsonb;
    missing text;
BEGIN
    SELECT s.document INTO rules
        FROM governance_release r JOIN governance_requirementset s ON s.digest = r.requirement_set_id
        WHERE r.id = NEW.release_id;
    SELECT jsonb_object_agg(p.slug || ' v' || v.number, v.document) INTO policies
        FROM governance_policyversion v JOIN governance_policy p ON p.id = v.policy_id
        WHERE v.state = 'published' AND rules -> 'policies' ? (p.slug || ' v' || v.number);
    IF policies IS NULL OR NOT policies ?& ARRAY(
        SELECT jsonb_array_elements_text(rules -> 'policies')
    ) THEN
        RAISE EXCEPTION 'what is authorized is held to published policies'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF COALESCE(jsonb_array_length(rules -> 'decisions'), 0) = 0 THEN
        RAISE EXCEPTION 'nothing is authorized that nobody had to decide'
            USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT wanted.part INTO missing FROM jsonb_each(policies) policy (label, document),
    LATERAL (
        SELECT 'check ' || (c ->> 'name') AS part
            FROM jsonb_array_elements(policy.document -> 'checks') c
            WHERE NOT EXISTS (
                SELECT 1 FROM jsonb_array_elements(rules -> 'checks') held
                WHERE held @> c AND held ->> 'source' = policy.label)
        UNION ALL SELECT 'document ' || (d ->> 'kind')
            FROM jsonb_array_elements(policy.document -> 'documents') d
            WHERE NOT EXISTS (
                SELECT 1 FROM jsonb_array_elements(rules -> 'documents') held
                WHERE held ->> 'kind' = d ->> 'kind')
        UNION ALL SELECT 'decision ' || COALESCE(d ->> 'key', d ->> 'role')
            FROM jsonb_array_elements(policy.document -> 'decisions') d
            WHERE NOT EXISTS (
                SELECT 1 FROM jsonb_array_elements(rules -> 'decisions') held
                WHERE held ->> 'role' = d ->> 'role'
                    AND starts_with(COALESCE(held ->> 'key', held ->> 'role'),
                                    COALESCE(d ->> 'key', d ->> 'role'))
                    AND COALESCE(held ->> 'line', '0') = COALESCE(d ->> 'line', '0')
                    AND (held ->> 'count')::integer >= (d ->> 'count')::integer)
    ) wanted LIMIT 1;
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'a policy asks for the %, which the release was not held to', missing
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""


class Migration(migrations.Migration):
    dependencies = [("governance", "0019_doors")]
    operations = [
        before._function("governance_keeps_its_rules", REVISED),
        before._trigger(
            "governance_release",
            "governance_keeps_its_rules",
            "BEFORE UPDATE",
            "governance_keeps_its_rules()",
        ),
        before._function("governance_takes_published_rules", PUBLISHED),
        before._trigger(
            "governance_authorization",
            "governance_takes_published_rules",
            "BEFORE INSERT",
            "governance_takes_published_rules()",
        ),
    ]
