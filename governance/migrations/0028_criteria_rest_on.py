"""R1 and R8 in the database for criteria too: what policies demand of the use case is not left out
of a release's rules, has an open gate when the release is authorized, and that gate rests on what
somebody stated.

Held against their rows are those criteria that people sign or state for this very decision: that an
area is ready (the newest statement of that release and area says so), and that a value case is
approved (there is a frozen version of one). The database does not judge the others. Texts of a plan,
dials, prices and whether the draft of a value case says what was approved are what the services read
and compare as documents; figures, hurdles and reviews are judged by the clock and by the terms that
were approved. Of those it holds that a gate says that they are met, or that a waiver lets them pass.
"""

from importlib import import_module

from django.db import migrations

before = import_module("governance.migrations.0010_states_in_the_database")
held = import_module("governance.migrations.0017_authorized_in_the_database")

CRITERIA = """
DECLARE
    asked record;
    bare text;
BEGIN
    SELECT r.id, r.revision, r.use_case_id, s.document AS rules INTO asked
        FROM governance_release r JOIN governance_requirementset s ON s.digest = r.requirement_set_id
        WHERE r.id = NEW.release_id;
    SELECT wanted.key INTO bare
        FROM governance_policyversion v JOIN governance_policy p ON p.id = v.policy_id,
        LATERAL jsonb_array_elements_text(COALESCE(v.document -> 'criteria', '[]')) wanted (key)
        WHERE v.state = 'published' AND asked.rules -> 'policies' ? (p.slug || ' v' || v.number)
            AND NOT COALESCE(asked.rules -> 'criteria', '[]')
                @> jsonb_build_array(jsonb_build_object('key', wanted.key))
        LIMIT 1;
    IF bare IS NOT NULL THEN
        RAISE EXCEPTION 'a policy asks for the criterion %, which the release was not held to', bare
            USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT 'criterion:' || (c ->> 'key') INTO bare
        FROM jsonb_array_elements(COALESCE(asked.rules -> 'criteria', '[]')) c
        LEFT JOIN governance_gate g ON g.release_id = asked.id AND g.revision = asked.revision
            AND g.key = 'criterion:' || (c ->> 'key') AND g.state = 'open'
        WHERE NOT COALESCE(CASE g.verdict
            WHEN 'waived' THEN governance_is_waived(asked.id, g.key, c -> 'waiver')
            WHEN 'pass' THEN CASE
                WHEN c ->> 'key' LIKE 'ready!_%' ESCAPE '!' THEN (
                    SELECT y.is_ready FROM governance_readiness y
                    WHERE y.release_id = asked.id AND y.area = substr(c ->> 'key', 7)
                    ORDER BY y.id DESC LIMIT 1)
                WHEN c ->> 'key' = 'value_case' THEN EXISTS (
                    SELECT 1 FROM governance_valuecaseversion w
                    WHERE w.use_case_id = asked.use_case_id)
                ELSE true END
            ELSE false END, false)
        LIMIT 1;
    IF bare IS NOT NULL THEN
        RAISE EXCEPTION 'nothing that happened opens the gate %', bare
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""


class Migration(migrations.Migration):
    dependencies = [("governance", "0027_portfolio")]
    operations = [
        before._function("governance_takes_met_criteria", CRITERIA),
        held._insert(
            "governance_takes_met_criteria",
            f"NEW.kind <> 'emergency' AND NOT {held._ROLLED_BACK}",
        ),
    ]
