"""Forms of the wall's desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commandcenter.city.networks import networks_of
from commandcenter.city.sharing import Sharing
from commandcenter.city.viewers import Viewer
from commandcenter.wall.layouts import PRESETS
from commandcenter.wall.models import Display, Playlist, PlaylistItem, Scene

if TYPE_CHECKING:
    _DisplayForm = forms.ModelForm[Display]
    _SceneForm = forms.ModelForm[Scene]
    _PlaylistForm = forms.ModelForm[Playlist]
    _ItemForm = forms.ModelForm[PlaylistItem]
    _ItemFormSet = forms.BaseInlineFormSet[PlaylistItem, Playlist, forms.ModelForm[PlaylistItem]]
else:  # only the type stubs know ModelForm as generic
    _DisplayForm = _SceneForm = _PlaylistForm = _ItemForm = forms.ModelForm
    _ItemFormSet = forms.BaseInlineFormSet


class PairForm(forms.Form):
    """The six digits on the screen, and which display it becomes."""

    code = forms.CharField(
        label=_("Code on the screen"),
        max_length=9,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "autofocus": True}),
        help_text=_("Six digits. Open /wall/ on the screen to see them."),
    )
    display: forms.ModelChoiceField[Display] = forms.ModelChoiceField(
        Display.objects.all(), label=_("Display"), required=False, empty_label=_("a new display")
    )
    name = forms.CharField(
        label=_("Name of the new display"),
        max_length=80,
        required=False,
        help_text=_("For instance the room: Ruang kendali."),
    )
    # In place of "optional": of these two one is needed.
    either = _("fill in one of the two")

    def clean(self) -> dict[str, Any]:
        """Either an existing display or a name that is free."""
        data = super().clean() or {}
        if not data.get("display") and not data.get("name"):
            self.add_error("name", _("Choose a display, or name a new one."))
        elif not data.get("display") and Display.objects.filter(name=data["name"]).exists():
            self.add_error("name", _("There is a display of this name: choose it above."))
        return data


class DisplayForm(_DisplayForm):
    """Where the screen hangs, how large it is, what it may show."""

    sharing = forms.MultipleChoiceField(
        label=_("May show cameras that are"),
        choices=Sharing.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A screen that visitors can see should show public cameras only."),
    )

    class Meta:
        model = Display
        fields = [
            "name", "room", "width_px", "height_px", "diagonal_in", "viewing_distance_m", "scale", "theme",
            "sharing", "silent", "volume", "night_from", "night_until", "allowed_cidrs",
        ]  # fmt: skip
        widgets = {
            "night_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "night_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, value in self.initial.items():
            # 55, not 55.0: the decimal point is no Indonesian's.
            if isinstance(value, float) and value.is_integer():
                self.initial[name] = int(value)
        field = self.fields["sharing"]
        assert isinstance(field, forms.MultipleChoiceField)
        # Nobody hands a screen what they may not see themselves; ``save_display`` keeps the rest.
        field.choices = [row for row in Sharing.choices if row[0] in viewer.sharing]

    def clean_allowed_cidrs(self) -> list[str]:
        """Networks that somebody can read."""
        return networks_of(self.cleaned_data["allowed_cidrs"] or [])

    def clean(self) -> dict[str, Any]:
        """Dimming needs both times."""
        data = super().clean() or {}
        if bool(data.get("night_from")) != bool(data.get("night_until")):
            self.add_error("night_until", _("Give both times, or neither."))
        return data


class ProgrammeForm(_DisplayForm):
    """What the display shows by itself."""

    class Meta:
        model = Display
        fields = ["scene", "playlist"]


class PutOnForm(forms.Form):
    """A scene laid over the programme, for some minutes or until it is taken off."""

    scene: forms.ModelChoiceField[Scene] = forms.ModelChoiceField(Scene.objects.all(), label=_("Scene"))
    minutes = forms.TypedChoiceField(
        label=_("For"),
        coerce=int,
        empty_value="",
        required=False,
        choices=[
            (5, _("5 minutes")),
            (15, _("15 minutes")),
            (60, _("1 hour")),
            (240, _("4 hours")),
            (0, _("until taken off")),
        ],
    )


class SceneForm(_SceneForm):
    """A scene's name and, when it is made, its preset."""

    preset = forms.ChoiceField(
        label=_("Layout"), choices=[(preset.key, preset.title) for preset in PRESETS.values()]
    )

    class Meta:
        model = Scene
        fields = ["name", "preset"]


class PlaylistForm(_PlaylistForm):
    """A playlist's name; its items are a formset."""

    class Meta:
        model = Playlist
        fields = ["name"]


class ItemForm(_ItemForm):
    """One turn of a playlist."""

    class Meta:
        model = PlaylistItem
        fields = ["scene", "dwell_s", "from_time", "until_time"]
        widgets = {
            "from_time": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "until_time": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # a table's cells have no label of their own
            field.widget.attrs["aria-label"] = field.label

    def clean(self) -> dict[str, Any]:
        """A window needs two different times."""
        data = super().clean() or {}
        first, last = data.get("from_time"), data.get("until_time")
        if bool(first) != bool(last) or (first and first == last):
            self.add_error("until_time", _("Give both times, and not the same one, or leave both empty."))
        return data


class _Items(_ItemFormSet):
    """Order and removal boxes that say what they are."""

    def add_fields(self, form: Any, index: int | None) -> None:
        """As Django's, with names for a screen reader."""
        super().add_fields(form, index)
        form.fields["ORDER"].widget.attrs["aria-label"] = _("Order")
        form.fields["DELETE"].widget.attrs["aria-label"] = _("Remove")


ItemFormSet = forms.inlineformset_factory(
    Playlist,
    PlaylistItem,
    form=ItemForm,
    formset=_Items,
    extra=3,
    can_delete=True,
    can_order=True,
    max_num=50,
)
