from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "commandcenter.incidents"
    label = "incidents"
