from importlib import import_module

from django.apps import AppConfig


class RuntimeConfig(AppConfig):
    name = "commandcenter.runtime"
    label = "runtime"

    def ready(self) -> None:
        import_module("commandcenter.checks")
