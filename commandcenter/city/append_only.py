"""Tables whose rows are written once: the database itself refuses UPDATE, DELETE and TRUNCATE.

Use in a migration: ``operations = [AppendOnly("city_auditentry"), ...]``.
The owner of the database can still drop the trigger; that leaves a trace in the server's log.
"""

from __future__ import annotations

from django.db.migrations.operations import RunSQL

ROW_TRIGGER = "append_only_rows"
TABLE_TRIGGER = "append_only_table"

FUNCTION = """
CREATE OR REPLACE FUNCTION cc_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are written once; % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'restrict_violation';
END $$;
"""


class AppendOnly(RunSQL):
    """Refuses every change of ``table`` but INSERT; reversible."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(
            sql=FUNCTION
            + f'CREATE TRIGGER {ROW_TRIGGER} BEFORE UPDATE OR DELETE ON "{table}"'
            + " FOR EACH ROW EXECUTE FUNCTION cc_append_only();"
            + f'CREATE TRIGGER {TABLE_TRIGGER} BEFORE TRUNCATE ON "{table}"'
            + " FOR EACH STATEMENT EXECUTE FUNCTION cc_append_only();",
            reverse_sql="".join(
                f'DROP TRIGGER {name} ON "{table}";' for name in (ROW_TRIGGER, TABLE_TRIGGER)
            ),
        )

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        """Rebuilds from the table's name alone."""
        return (self.__class__.__qualname__, [self.table], {})
