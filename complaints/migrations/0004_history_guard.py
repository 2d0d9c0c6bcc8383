"""The database itself keeps the history: rows are appended; only the erasing verb may touch them."""

from django.db import migrations

from commandcenter.city.append_only import FUNCTION, ROW_TRIGGER, TABLE_TRIGGER, AppendOnly

TABLES = (
    "statuschange",
    "locationchange",
    "categorychange",
    "assignment",
    "prioritychange",
    "note",
    "message",
    "clockevent",
    "rating",
    "link",
    "routing",
)

# `complaints.services.erasing` sets the mark for its own transaction and leaves a tombstone; nothing else does.
GUARD = """
CREATE FUNCTION complaints_history_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('cc.erasing', true) = 'on' THEN
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF NEW.id = OLD.id AND NEW.report_id = OLD.report_id AND NEW.at = OLD.at THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION 'rows of % are written once; % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'restrict_violation';
END $$;
"""


def _on(table: str) -> str:
    name = f"complaints_{table}"
    return (
        f"CREATE TRIGGER {ROW_TRIGGER} BEFORE UPDATE OR DELETE ON {name}"
        " FOR EACH ROW EXECUTE FUNCTION complaints_history_guard();"
        f"CREATE TRIGGER {TABLE_TRIGGER} BEFORE TRUNCATE ON {name}"
        " FOR EACH STATEMENT EXECUTE FUNCTION cc_append_only();"
    )


def _off(table: str) -> str:
    return "".join(f"DROP TRIGGER {name} ON complaints_{table};" for name in (ROW_TRIGGER, TABLE_TRIGGER))


class Migration(migrations.Migration):
    dependencies = [("complaints", "0003_report_checks")]

    operations = [
        migrations.RunSQL(
            FUNCTION + GUARD + "".join(_on(table) for table in TABLES),
            "".join(_off(table) for table in TABLES) + "DROP FUNCTION complaints_history_guard();",
        ),
        AppendOnly("complaints_tombstone"),
    ]
