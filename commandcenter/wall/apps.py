from django.apps import AppConfig


class WallConfig(AppConfig):
    name = "commandcenter.wall"
    label = "wall"
