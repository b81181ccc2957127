"""Publishing takes a second person, drafts can be taken back, and no draft's text changes.

What one person published before today stays published: the constraint is not held against rows
that are there, and those never change again.
"""

from importlib import import_module

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

before = import_module("governance.migrations.0010_states_in_the_database")
TABLE = "governance_policyversion"

# What a reviewer read is what is published: of a draft only its state is ever written.
POLICY_VERSION = """
DECLARE
    free text[] := ARRAY['state', 'published_at', 'published_by', 'withdrawn_at', 'withdrawn_by'];
BEGIN
    IF OLD.state = 'published' THEN
        RAISE EXCEPTION 'a published policy never changes: % is refused', TG_OP
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a version of a policy that is % stays: drafts are withdrawn', OLD.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'the text of a policy never changes: draft a new version'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""
WAYS = '{"draft": ["published", "withdrawn"], "published": [], "withdrawn": []}'


class Migration(migrations.Migration):
    dependencies = [("governance", "0012_authorizations_between")]
    operations = [
        migrations.AddField(
            "policyversion", "withdrawn_at", models.DateTimeField(null=True)
        ),
        migrations.AddField(
            "policyversion", "withdrawn_by", models.CharField(blank=True, default="", max_length=64),
            preserve_default=False,
        ),
        migrations.RemoveConstraint("policyversion", "policy_version_state"),
        migrations.AddConstraint(
            "policyversion",
            models.CheckConstraint(
                name="policy_version_state",
                condition=models.Q(state="draft", published_at=None, withdrawn_at=None)
                | models.Q(state="published", published_at__isnull=False)
                | models.Q(state="withdrawn", withdrawn_at__isnull=False),
            ),
        ),
        AddConstraintNotValid(
            "policyversion",
            models.CheckConstraint(
                name="policy_version_by_two",
                condition=~models.Q(state="published")
                | (~models.Q(published_by="") & ~models.Q(published_by=models.F("created_by"))),
            ),
        ),
        before._function("governance_guard_policy_version", POLICY_VERSION, anew=True),
        before._trigger(
            TABLE, "governance_states", "BEFORE UPDATE", f"governance_follow_states('{WAYS}')"
        ),
    ]
