from django.apps import AppConfig


class FieldstaffConfig(AppConfig):
    name = "fieldstaff"
