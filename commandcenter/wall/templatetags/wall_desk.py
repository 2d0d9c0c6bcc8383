"""Small words of the scene editor's templates."""

from __future__ import annotations

from django import template
from django.forms import BoundField

register = template.Library()


@register.filter
def param_of(field: BoundField) -> str:
    """The setting's key behind a slot's field (``p-cameras`` -> ``cameras``)."""
    return field.name.removeprefix("p-")
