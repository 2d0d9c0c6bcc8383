"""The outbox never carried a picture: letters and messages link to the public page, which shows it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("complaints", "0013_outside_parties")]

    operations = [migrations.RemoveField(model_name="outbox", name="attachment")]
