from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplaintsConfig(AppConfig):
    name = "complaints"
    verbose_name = _("Citizen reports")

    def ready(self) -> None:
        """Tells the house what this app offers."""
        from importlib import import_module

        from complaints import offers

        offers.register()
        import_module("complaints.receivers")
