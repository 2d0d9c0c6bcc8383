from django.db import migrations

from commandcenter.city.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("city", "0001_initial")]
    operations = [AppendOnly("city_auditentry")]
