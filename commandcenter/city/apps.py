from django.apps import AppConfig


class CityConfig(AppConfig):
    name = "commandcenter.city"
    label = "city"
