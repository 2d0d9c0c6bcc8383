"""A closed period takes no further sheet, line or frozen day: its export is written last, and seals it."""

from django.db import migrations

# By statement, not by row: a month of three thousand officers is a hundred thousand lines.
SEALED = """
CREATE FUNCTION fieldstaff_sealed_sheet() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM fresh JOIN fieldstaff_payexport e ON e.period_id = fresh.period_id) THEN
    RAISE EXCEPTION 'the period is closed: % takes no further row', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION fieldstaff_sealed_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM fresh JOIN fieldstaff_paysheet s ON s.id = fresh.sheet_id
    JOIN fieldstaff_payexport e ON e.period_id = s.period_id
  ) THEN
    RAISE EXCEPTION 'the period is closed: % takes no further row', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER paysheet_sealed AFTER INSERT ON fieldstaff_paysheet REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION fieldstaff_sealed_sheet();
CREATE TRIGGER frozenday_sealed AFTER INSERT ON fieldstaff_frozenday REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION fieldstaff_sealed_sheet();
CREATE TRIGGER ledgerline_sealed AFTER INSERT ON fieldstaff_ledgerline REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION fieldstaff_sealed_line();
"""
SEALED_BACK = """
DROP TRIGGER ledgerline_sealed ON fieldstaff_ledgerline;
DROP TRIGGER frozenday_sealed ON fieldstaff_frozenday;
DROP TRIGGER paysheet_sealed ON fieldstaff_paysheet;
DROP FUNCTION fieldstaff_sealed_line();
DROP FUNCTION fieldstaff_sealed_sheet();
"""


class Migration(migrations.Migration):
    dependencies = [("fieldstaff", "0013_one_pin")]

    operations = [migrations.RunSQL(SEALED, SEALED_BACK)]
