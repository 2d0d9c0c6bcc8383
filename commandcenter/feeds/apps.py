from django.apps import AppConfig


class FeedsConfig(AppConfig):
    name = "commandcenter.feeds"
    label = "feeds"
