"""Views that agencies shared before sharing became the desk's own leave the other desks; their owners keep them."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import Q

# As `rights.sees_desk` names them: a migration says what was true when it was written.
DESK = ["admin", "operator", "mayor"]


def keep_to_their_owners(apps: Any, schema_editor: Any) -> None:
    """No view is deleted: whoever made it still has it."""
    views = apps.get_model("complaints", "DeskView").objects.filter(shared=True)
    desk = apps.get_model("city", "User").objects.filter(Q(groups__name__in=DESK) | Q(is_superuser=True))
    views.exclude(owner__in=desk).update(shared=False)


class Migration(migrations.Migration):
    dependencies = [("complaints", "0016_letters_in_secret"), ("city", "0001_initial")]
    operations = [migrations.RunPython(keep_to_their_owners, migrations.RunPython.noop)]
