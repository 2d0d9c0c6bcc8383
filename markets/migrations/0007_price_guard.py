"""The database itself keeps every price that was ever written; only the demo's may leave, with their mark."""

from django.db import migrations

from commandcenter.city.append_only import FUNCTION, ROW_TRIGGER, TABLE_TRIGGER

TABLE = "markets_pricereading"

# `markets.demo_prices` sets the mark for its own transaction; nothing else does.
GUARD = """
CREATE FUNCTION markets_price_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.origin = 'simulated' AND current_setting('cc.erasing', true) = 'on' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'rows of % are written once; % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("markets", "0006_prices")]

    operations = [
        migrations.RunSQL(
            FUNCTION
            + GUARD
            + f"CREATE TRIGGER {ROW_TRIGGER} BEFORE UPDATE OR DELETE ON {TABLE}"
            + " FOR EACH ROW EXECUTE FUNCTION markets_price_guard();"
            + f"CREATE TRIGGER {TABLE_TRIGGER} BEFORE TRUNCATE ON {TABLE}"
            + " FOR EACH STATEMENT EXECUTE FUNCTION cc_append_only();",
            f"DROP TRIGGER {ROW_TRIGGER} ON {TABLE}; DROP TRIGGER {TABLE_TRIGGER} ON {TABLE};"
            "DROP FUNCTION markets_price_guard();",
        )
    ]
