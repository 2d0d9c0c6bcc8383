"""Django's static files, without what we never serve."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class HouseStaticFilesConfig(StaticFilesConfig):
    # django_htmx/ext imports "htmx" by a bare name, which hashed file names cannot follow.
    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "ext"]
