"""The database itself keeps the history: transitions are written once, held pictures stay."""

from django.db import migrations

from commandcenter.city.append_only import FUNCTION, ROW_TRIGGER, TABLE_TRIGGER

# The demo leaves with `demo purge`: only rows of simulated cameras may go.
TRANSITIONS = f"""
CREATE FUNCTION cctv_transition_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND EXISTS (
    SELECT 1 FROM cctv_camera WHERE id = OLD.camera_id AND origin = 'simulated'
  ) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'rows of % are written once; % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER {ROW_TRIGGER} BEFORE UPDATE OR DELETE ON cctv_transition
  FOR EACH ROW EXECUTE FUNCTION cctv_transition_guard();
CREATE TRIGGER {TABLE_TRIGGER} BEFORE TRUNCATE ON cctv_transition
  FOR EACH STATEMENT EXECUTE FUNCTION cc_append_only();
"""
STILLS = """
CREATE FUNCTION cctv_still_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.legal_hold AND NOT EXISTS (
      SELECT 1 FROM cctv_camera WHERE id = OLD.camera_id AND origin = 'simulated'
    ) THEN
      RAISE EXCEPTION 'picture % is held as evidence', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
  END IF;
  IF (NEW.camera_id, NEW.captured_at, NEW.file, NEW.bytes, NEW.sha256)
     IS DISTINCT FROM (OLD.camera_id, OLD.captured_at, OLD.file, OLD.bytes, OLD.sha256) THEN
    RAISE EXCEPTION 'picture % is written once', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER still_guard BEFORE UPDATE OR DELETE ON cctv_still
  FOR EACH ROW EXECUTE FUNCTION cctv_still_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("cctv", "0002_relations")]

    operations = [
        migrations.RunSQL(
            FUNCTION + TRANSITIONS,
            f"DROP TRIGGER {ROW_TRIGGER} ON cctv_transition;"
            f"DROP TRIGGER {TABLE_TRIGGER} ON cctv_transition;"
            "DROP FUNCTION cctv_transition_guard();",
        ),
        migrations.RunSQL(
            STILLS,
            "DROP TRIGGER still_guard ON cctv_still; DROP FUNCTION cctv_still_guard();",
        ),
    ]
