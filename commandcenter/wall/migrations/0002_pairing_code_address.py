from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wall", "0001_displays_and_scenes"),
    ]

    operations = [
        migrations.AddField(
            model_name="pairingcode",
            name="address",
            field=models.CharField(blank=True, max_length=45),
        ),
    ]
