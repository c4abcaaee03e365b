"""On PostgreSQL: no two appointments of one dentist, chair, assistant or patient at a time, whatever the code does.

Statuses as in scheduling.enums.OCCUPYING on the day of this migration, without the completed ones: nobody books into
the past, and so the index holds what is ahead instead of growing with every year. An overbooked appointment was let in
by a person who may, with a reason, and stands outside. A dentist is compared by the minutes in which the dentist's own
hands are needed, so that one can look after two chairs.
"""

from django.db import migrations

from incisor.kernel.db.constraints import PostgresSQL

WHERE = "status IN ('requested', 'confirmed', 'arrived', 'in_treatment') AND NOT is_overbooked"
TIMES = {
    "dentist": "dentist_spans",
    "chair": "tstzrange(blocked_from, blocked_until, '[)')",
    "assistant": "tstzrange(blocked_from, blocked_until, '[)')",
    "patient": "tstzrange(starts_at, ends_at, '[)')",
}


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0001_initial")]

    operations = [
        PostgresSQL(
            [
                f"ALTER TABLE scheduling_appointment ADD CONSTRAINT appointment_{who}_is_taken_once EXCLUDE USING gist "
                f"({who}_id WITH =, {times} WITH &&) WHERE ({WHERE})"
                for who, times in TIMES.items()
            ],
            [f"ALTER TABLE scheduling_appointment DROP CONSTRAINT appointment_{who}_is_taken_once" for who in TIMES],
        )
    ]
