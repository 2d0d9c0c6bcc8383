"""The form of one place in a scene: which tile, and the settings that tile declares."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commandcenter.city.viewers import Viewer
from commandcenter.wall import registry, render
from commandcenter.wall.registry import Param, Tile

SHOWN_OPTIONS = 60


class SlotForm(forms.Form):
    """Fields ``key`` and one per setting of the tile it names now; prefix ``slot-<n>``."""

    def __init__(self, viewer: Viewer, place: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.viewer, self.place = viewer, place
        titles = [(tile.key, tile.title) for tile in registry.tiles(viewer) if tile.key != render.STRIP]
        self.fields["key"] = forms.ChoiceField(
            label=_("Tile"), choices=[("", _("empty")), *titles], required=False, initial=place.get("key", "")
        )
        chosen = self.data.get(self.add_prefix("key")) if self.is_bound else place.get("key", "")
        self.tile = registry.tile(chosen or "")
        for param in self.tile.params if self.tile else ():
            self.fields[f"p-{param.key}"] = self._field(param)

    def _field(self, param: Param) -> forms.Field:
        value = (self.place.get("params") or {}).get(param.key, param.default)
        common: dict[str, Any] = {"label": param.title, "required": param.required, "initial": value}
        if param.kind == "int":
            return forms.IntegerField(min_value=0, max_value=10**9, **common)
        if param.kind == "text":
            return forms.CharField(max_length=200, **common)
        multiple = param.kind in {"ids", "choices"}
        field = ChosenField if multiple else forms.ChoiceField
        found = field(choices=self._choices(param, value, multiple), **common)
        if not multiple:
            found.widget.attrs["aria-label"] = param.title
        if isinstance(found, ChosenField):
            found.limit = param.limit
        return found

    def _choices(self, param: Param, value: Any, multiple: bool) -> list[tuple[str, Any]]:
        if param.choices is not None:
            found = [(key, title) for key, title in param.choices(self.viewer)]
        else:
            found = self._searched(param, value)
        if multiple or (param.required and param.kind != "id"):
            return found
        # A list that begins with a camera looks as if that camera had been chosen.
        return [("", param.nothing or _("none")), *found]

    def _searched(self, param: Param, value: Any) -> list[tuple[str, Any]]:
        """What is chosen (posted or stored) first, then more to choose from."""
        if param.search is None:
            return []
        name = self.add_prefix(f"p-{param.key}")
        posted = self.data.getlist(name) if self.is_bound and hasattr(self.data, "getlist") else []
        stored = value if isinstance(value, list) else [value]
        ids = [int(item) for item in posted or stored if is_id(str(item))]
        chosen = list(param.search(self.viewer, "", ids)) if ids else []
        more = list(param.search(self.viewer, "", None))[:SHOWN_OPTIONS]
        rows = {id: label for id, label in [*chosen, *more]}
        return [(str(id), label) for id, label in rows.items()]

    @property
    def searchable(self) -> list[str]:
        """Settings whose options are searched, for the template."""
        return [param.key for param in (self.tile.params if self.tile else ()) if param.search]

    def as_place(self) -> dict[str, Any]:
        """The place with what was chosen; call when valid."""
        data = self.cleaned_data
        params: dict[str, Any] = {}
        if self.tile:
            given = {param.key: data.get(f"p-{param.key}") for param in self.tile.params}
            params = render.clean_params(self.tile, given)
        return {**self.place, "key": data.get("key", ""), "params": params}


class ChosenField(forms.MultipleChoiceField):
    """Check boxes with an upper limit."""

    widget = forms.CheckboxSelectMultiple
    limit = 16

    def validate(self, value: list[str]) -> None:
        """At most ``limit`` of them."""
        super().validate(value)
        if len(value) > self.limit:
            raise forms.ValidationError(_("Choose at most %(n)d."), params={"n": self.limit})


def is_id(text: str) -> bool:
    """Whether ``text`` can be a row's id: "²" is a digit but no number, and bigint ends somewhere."""
    return text.isdecimal() and len(text) <= 18


def slot_form(viewer: Viewer, key: str, number: int) -> SlotForm:
    """A fresh form for a place that has just been given another tile."""
    tile: Tile | None = registry.tile(key)
    known = tile is not None and tile.permission(viewer)
    return SlotForm(viewer, {"key": key if known else "", "params": {}}, prefix=f"slot-{number}")
