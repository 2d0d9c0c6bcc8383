from django.apps import AppConfig


class CctvConfig(AppConfig):
    name = "cctv"

    def ready(self) -> None:
        """Tells the house what this app offers: role defaults and topics."""
        from cctv import offers

        offers.register()
