from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    name = "commandcenter.incidents"
    label = "incidents"
    verbose_name = _("Incidents")

    def ready(self) -> None:
        import_module("commandcenter.incidents.receivers")
