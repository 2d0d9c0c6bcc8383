from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("city", "0003_area_shape_box")]
    operations = [migrations.RenameField("invitation", "digest", "nonce")]
