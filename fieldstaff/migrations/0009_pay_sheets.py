"""Sheets of pay, looks at days, and the second person who opens a period again."""

import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from commandcenter.city.append_only import ROW_TRIGGER, TABLE_TRIGGER

SECOND_PERSON = """
CREATE FUNCTION fieldstaff_other_reopens() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.step = 'reopened' AND EXISTS (
    SELECT 1 FROM fieldstaff_payrollperiod p
    WHERE p.agency_id = NEW.agency_id AND p.days = NEW.days AND p.version = NEW.version - 1
      AND p.by_id = NEW.by_id
  ) THEN
    RAISE EXCEPTION 'who closed a period does not open it again' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'payrollperiod_second_person';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payrollperiod_second_person BEFORE INSERT ON fieldstaff_payrollperiod
  FOR EACH ROW EXECUTE FUNCTION fieldstaff_other_reopens();
"""
SECOND_PERSON_BACK = (
    "DROP TRIGGER payrollperiod_second_person ON fieldstaff_payrollperiod;"
    "DROP FUNCTION fieldstaff_other_reopens();"
)

TABLES = ("paysheet", "payexport", "dayreview")


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

    dependencies = [
        ('city', '0007_agency_whatsapp'),
        ('fieldstaff', '0008_days_due'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DayReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=500, verbose_name='what was found')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='at')),
                ('by_name', models.CharField(blank=True, max_length=160, verbose_name='by')),
            ],
            options={
                'verbose_name': 'look at a day',
                'verbose_name_plural': 'looks at days',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='PaySheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('days', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='days')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('code', models.CharField(max_length=24, verbose_name='number')),
                ('name', models.CharField(max_length=160, verbose_name='name')),
                ('unit', models.CharField(blank=True, max_length=120, verbose_name='unit')),
                ('kind', models.CharField(blank=True, max_length=16, verbose_name='kind')),
                ('total_idr', models.BigIntegerField(default=0, verbose_name='total (Rp)')),
                ('sha256', models.CharField(max_length=64, verbose_name='fingerprint of the lines')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='reckoned')),
            ],
            options={
                'verbose_name': 'pay sheet',
                'verbose_name_plural': 'pay sheets',
                'ordering': ['officer', '-version'],
            },
        ),
        migrations.AlterModelOptions(
            name='ledgerline',
            options={'ordering': ['sheet', 'seq'], 'verbose_name': 'line of the ledger', 'verbose_name_plural': 'ledger'},
        ),
        migrations.RemoveConstraint(
            model_name='ledgerline',
            name='ledgerline_seq',
        ),
        migrations.AlterField(
            model_name='ledgerline',
            name='attendance',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='fieldstaff.attendance', verbose_name='attendance'),
        ),
        migrations.AddField(
            model_name='dayreview',
            name='attendance',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='review', to='fieldstaff.attendance', verbose_name='attendance'),
        ),
        migrations.AddField(
            model_name='dayreview',
            name='by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='paysheet',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='city.agency', verbose_name='agency'),
        ),
        migrations.AddField(
            model_name='paysheet',
            name='officer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sheets', to='fieldstaff.officer', verbose_name='officer'),
        ),
        migrations.AddField(
            model_name='paysheet',
            name='period',
            field=models.ForeignKey(blank=True, help_text='The closing that this sheet belongs to; empty: reckoned in advance.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sheets', to='fieldstaff.payrollperiod'),
        ),
        migrations.AddField(
            model_name='ledgerline',
            name='sheet',
            # No line was ever written before there were sheets: the table is empty.
            field=models.ForeignKey(default=0, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='fieldstaff.paysheet', verbose_name='pay sheet'),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name='ledgerline',
            constraint=models.UniqueConstraint(fields=('sheet', 'seq'), name='ledgerline_seq'),
        ),
        migrations.AddConstraint(
            model_name='dayreview',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='dayreview_text', violation_error_message='Say what you found.'),
        ),
        migrations.AddConstraint(
            model_name='paysheet',
            constraint=models.UniqueConstraint(fields=('officer', 'days', 'version'), name='paysheet_version'),
        ),
        migrations.AddConstraint(
            model_name='paysheet',
            constraint=models.CheckConstraint(condition=models.Q(('total_idr__gte', 0)), name='paysheet_nobody_owes'),
        ),
        migrations.AddConstraint(
            model_name='paysheet',
            constraint=models.CheckConstraint(condition=models.Q(('days__isempty', False), ('days__lower_inf', False), ('days__upper_inf', False)), name='paysheet_days'),
        ),
        migrations.CreateModel(
            name="PayExport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("csv_gz", models.BinaryField()),
                ("period", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="export", to="fieldstaff.payrollperiod")),
            ],
            options={
                "verbose_name": "export of a pay period",
                "verbose_name_plural": "exports of pay periods",
                "ordering": ["-pk"],
            },
        ),
        migrations.RunSQL(SECOND_PERSON, SECOND_PERSON_BACK),
        migrations.RunSQL("".join(map(_on, TABLES)), "".join(map(_off, TABLES))),
    ]
