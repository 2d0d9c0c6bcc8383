"""Who may hear of a report while it is secret."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0015_letters_stopped'),
    ]

    operations = [
        migrations.AddField(
            model_name='subscription',
            name='in_secret',
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
