from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class WallConfig(AppConfig):
    name = "commandcenter.wall"
    label = "wall"
    verbose_name = _("Wall")

    def ready(self) -> None:
        """Makes displays known as viewers and finds every app's tiles; a duplicate key stops start-up."""
        from commandcenter.city.roles import Role, grant
        from commandcenter.city.viewers import register_viewer_source
        from commandcenter.wall import receivers  # noqa: F401
        from commandcenter.wall.identify import display_viewer
        from commandcenter.wall.offers import register_offers
        from commandcenter.wall.topics import register_topics

        register_topics()
        register_offers()
        register_viewer_source(display_viewer)
        verbs = ("view", "add", "change", "delete")
        models = ("display", "scene", "playlist")
        grant(Role.OPERATOR, *(f"wall.{verb}_{model}" for verb in verbs for model in models))
        grant(Role.MAYOR, *(f"wall.view_{model}" for model in models))
        autodiscover_modules("tiles")
