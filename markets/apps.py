from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MarketsConfig(AppConfig):
    name = "markets"
    verbose_name = _("Markets")

    def ready(self) -> None:
        """Tells the house what this app offers."""
        from markets import offers, offers_prices

        offers.register()
        offers_prices.register()
