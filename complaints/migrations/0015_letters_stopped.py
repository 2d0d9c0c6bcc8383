"""Who wants no more letters about a report, which mailbox a letter went to, whose key sent a file."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0014_outbox_without_picture'),
    ]

    operations = [
        migrations.CreateModel(
            name='LetterStop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mailbox', models.CharField(max_length=64)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'end of letters',
                'verbose_name_plural': 'ends of letters',
                'ordering': ['pk'],
            },
        ),
        migrations.AddField(
            model_name='attachment',
            name='partner',
            field=models.CharField(blank=True, editable=False, max_length=160),
        ),
        migrations.AddField(
            model_name='outbox',
            name='mailbox',
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name='remotefile',
            name='partner',
            field=models.CharField(blank=True, max_length=160),
        ),
        migrations.AddIndex(
            model_name='outbox',
            index=models.Index(condition=models.Q(('mailbox', ''), _negated=True), fields=['mailbox', 'created_at'], name='outbox_mailbox'),
        ),
        migrations.AddField(
            model_name='letterstop',
            name='report',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='letter_stops', to='complaints.report'),
        ),
        migrations.AddConstraint(
            model_name='letterstop',
            constraint=models.UniqueConstraint(fields=('report', 'mailbox'), name='letterstop_once'),
        ),
    ]
