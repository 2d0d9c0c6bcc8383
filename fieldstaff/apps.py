from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FieldstaffConfig(AppConfig):
    name = "fieldstaff"
    verbose_name = _("Field officers")

    def ready(self) -> None:
        """Tells the house what this app offers."""
        from fieldstaff import offers

        offers.register()
