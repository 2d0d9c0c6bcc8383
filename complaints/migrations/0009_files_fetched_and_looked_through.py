from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("complaints", "0008_open311_partners")]

    operations = [
        migrations.AddField("attachment", "declared", models.CharField(blank=True, editable=False, max_length=60, default=""), preserve_default=False),
        migrations.AddField("attachment", "device", models.CharField(blank=True, editable=False, max_length=64, default=""), preserve_default=False),
        migrations.AddField("attachment", "next_try_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddField("attachment", "position", models.PositiveSmallIntegerField(editable=False, null=True)),
        migrations.AlterField(
            "attachment", "state",
            models.CharField(choices=[("fetching", "being fetched"), ("waiting", "being checked"), ("ready", "ready"), ("refused", "refused"), ("erased", "erased")], default="waiting", max_length=8, verbose_name="state"),
        ),
        migrations.RemoveIndex("attachment", "attachment_waiting"),
        migrations.AddIndex(
            "attachment",
            models.Index(fields=["id"], condition=Q(state__in=["waiting", "fetching"]), name="attachment_waiting"),
        ),
        migrations.RemoveConstraint("attachment", "attachment_state"),
        migrations.AddConstraint(
            "attachment",
            models.CheckConstraint(condition=Q(state__in=["fetching", "waiting", "ready", "refused", "erased"]), name="attachment_state"),
        ),
        migrations.AddConstraint(
            "attachment", models.UniqueConstraint(fields=["message", "position"], name="attachment_of_message")
        ),
    ]
