"""Links to pictures, in templates."""

from __future__ import annotations

from django import template
from django.template.context import Context

from commandcenter.city.viewers import viewer_of
from commandcenter.wall import jpeg_route

register = template.Library()


@register.simple_tag(takes_context=True)
def picture_url(context: Context, source: str, id: int) -> str:
    """``{% picture_url "cctv" camera.id %}``: signed for the viewer of this page, good for two minutes."""
    viewer = context.get("viewer") or viewer_of(context["request"])
    return jpeg_route.picture_url(viewer, source, id)
