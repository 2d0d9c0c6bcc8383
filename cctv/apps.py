from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CctvConfig(AppConfig):
    name = "cctv"
    verbose_name = _("Cameras")

    def ready(self) -> None:
        """Tells the house what this app offers: role defaults and topics."""
        from cctv import offers

        offers.register()
