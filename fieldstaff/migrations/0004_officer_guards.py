"""What only SQL can say: days of positions, rows written once, chains without circles, two persons."""

from django.db import migrations

from commandcenter.city.append_only import FUNCTION, ROW_TRIGGER, TABLE_TRIGGER

# Fixed columns first, by size: 77 bytes of heap a row. No foreign keys: rows come by thousands.
POSITION = """
CREATE TABLE fieldstaff_position (
  device_id bigint NOT NULL,
  fix_at timestamptz NOT NULL,
  recv_at timestamptz NOT NULL,
  officer_id bigint,
  mono_ms bigint,
  lat_e7 integer CHECK (lat_e7 BETWEEN -900000000 AND 900000000),
  lon_e7 integer CHECK (lon_e7 BETWEEN -1800000000 AND 1800000000),
  kind smallint NOT NULL CHECK (kind BETWEEN 1 AND 6),
  flags smallint NOT NULL DEFAULT 0,
  acc_m smallint,
  speed_dms smallint,
  course smallint,
  alt_m smallint,
  batt smallint CHECK (batt BETWEEN 0 AND 100),
  PRIMARY KEY (device_id, fix_at, kind),
  CHECK ((lat_e7 IS NULL) = (lon_e7 IS NULL))
) PARTITION BY RANGE (fix_at);
CREATE INDEX fieldstaff_position_officer ON fieldstaff_position (officer_id, fix_at);
CREATE INDEX fieldstaff_position_time ON fieldstaff_position USING brin (fix_at) WITH (pages_per_range = 32);
"""

# A third of each page stays free for the next position: updates stay in it and no index is touched.
LATEST = "ALTER TABLE fieldstaff_latest SET (fillfactor = 70); ALTER TABLE fieldstaff_device SET (fillfactor = 70);"
LATEST_BACK = "ALTER TABLE fieldstaff_latest RESET (fillfactor); ALTER TABLE fieldstaff_device RESET (fillfactor);"

BREAKS = "ALTER TABLE fieldstaff_shift ADD CONSTRAINT shift_breaks_inside CHECK (breaks <@ span);"

# The lock keeps two circles' halves from being written at once.
CHAIN = """
CREATE FUNCTION fieldstaff_no_circle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.supervisor_id IS NULL THEN RETURN NEW; END IF;
  PERFORM pg_advisory_xact_lock(hashtext('fieldstaff_officer.supervisor'));
  IF EXISTS (
    WITH RECURSIVE above(id) AS (
      SELECT NEW.supervisor_id
      UNION
      SELECT o.supervisor_id FROM fieldstaff_officer o JOIN above ON o.id = above.id
      WHERE o.supervisor_id IS NOT NULL
    ) SELECT 1 FROM above WHERE id = NEW.id
  ) THEN
    RAISE EXCEPTION 'a circle of supervisors is refused' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'officer_no_circle';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER officer_no_circle BEFORE INSERT OR UPDATE OF supervisor_id ON fieldstaff_officer
  FOR EACH ROW EXECUTE FUNCTION fieldstaff_no_circle();
"""
CHAIN_BACK = "DROP TRIGGER officer_no_circle ON fieldstaff_officer; DROP FUNCTION fieldstaff_no_circle();"

SECOND_PERSON = """
CREATE FUNCTION fieldstaff_second_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM fieldstaff_correction c JOIN fieldstaff_officer o ON o.id = c.officer_id
    WHERE c.id = NEW.correction_id AND (
      NEW.decided_by_id = o.user_id
      -- A supervisor who saw somebody vouches for it himself.
      OR NEW.decided_by_id = c.requested_by_id AND c.kind <> 'roll_call'
    )
  ) THEN
    RAISE EXCEPTION 'who asked, and whom it is about, decides nothing' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'correctiondecision_second_person';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER correctiondecision_second_person BEFORE INSERT ON fieldstaff_correctiondecision
  FOR EACH ROW EXECUTE FUNCTION fieldstaff_second_person();
"""
SECOND_PERSON_BACK = (
    "DROP TRIGGER correctiondecision_second_person ON fieldstaff_correctiondecision;"
    "DROP FUNCTION fieldstaff_second_person();"
)

# Only rows of the demo leave, by a purge that sets the mark for its own transaction; nothing is ever changed.
TABLES = (
    "attendance", "ledgerline", "correction", "correctiondecision", "payrollperiod", "frozenday", "policy",
)
GUARD = """
CREATE FUNCTION fieldstaff_history_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('cc.erasing', true) = 'on' THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'rows of % are written once; % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'restrict_violation';
END $$;
"""


def _on(table):
    name = f"fieldstaff_{table}"
    return (
        f"CREATE TRIGGER {ROW_TRIGGER} BEFORE UPDATE OR DELETE ON {name}"
        " FOR EACH ROW EXECUTE FUNCTION fieldstaff_history_guard();"
        f"CREATE TRIGGER {TABLE_TRIGGER} BEFORE TRUNCATE ON {name}"
        " FOR EACH STATEMENT EXECUTE FUNCTION cc_append_only();"
    )


def _off(table):
    return "".join(f"DROP TRIGGER {name} ON fieldstaff_{table};" for name in (ROW_TRIGGER, TABLE_TRIGGER))


class Migration(migrations.Migration):
    dependencies = [("fieldstaff", "0003_officer_checks")]

    operations = [
        migrations.RunSQL(POSITION, "DROP TABLE fieldstaff_position;"),
        migrations.RunSQL(LATEST, LATEST_BACK),
        migrations.RunSQL(BREAKS, "ALTER TABLE fieldstaff_shift DROP CONSTRAINT shift_breaks_inside;"),
        migrations.RunSQL(CHAIN, CHAIN_BACK),
        migrations.RunSQL(SECOND_PERSON, SECOND_PERSON_BACK),
        migrations.RunSQL(
            FUNCTION + GUARD + "".join(map(_on, TABLES)),
            "".join(map(_off, TABLES)) + "DROP FUNCTION fieldstaff_history_guard();",
        ),
    ]
