"""Words in names and descriptions are found by an index over what a function makes of them: a
column would change with every description, and the trail would answer for it."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

# Cut, because what the database can hold in one vector is limited. The cost, and the setting that
# keeps the function from being put in place of its call, have the planner go to the index rather
# than read row after row until a page is full.
WORDS = """
CREATE FUNCTION registry_words(given text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 5000
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT to_tsvector('simple'::regconfig,
        regexp_replace(left(given, 50000), '[^[:alnum:]]+', ' ', 'g'))
$$;
CREATE FUNCTION registry_words(name text, given text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 5000
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT to_tsvector('simple'::regconfig,
        regexp_replace(left(name || ' ' || given, 50000), '[^[:alnum:]]+', ' ', 'g'))
$$;
"""
NO_WORDS = "DROP FUNCTION registry_words(text); DROP FUNCTION registry_words(text, text);"


def words_of(*fields):
    return models.Func(
        *(models.F(field) for field in fields),
        function='registry_words',
        output_field=django.contrib.postgres.search.SearchVectorField(),
    )


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0006_sources'),
    ]

    operations = [
        migrations.RunSQL(WORDS, NO_WORDS),
        migrations.AddIndex(
            model_name='modelversion',
            index=django.contrib.postgres.indexes.GinIndex(words_of('description'), name='model_version_words'),
        ),
        migrations.AddIndex(
            model_name='registeredmodel',
            index=django.contrib.postgres.indexes.GinIndex(words_of('name', 'description'), name='model_words'),
        ),
    ]
