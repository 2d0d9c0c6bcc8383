"""The camera's form: addresses from a brand's template, a login that can be written but never read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cctv import brands
from cctv.models import Camera
from cctv.services.login_guard import URLS, check_login_stays

# Everything a person may write but the two secrets.
COLUMNS = [
    field.name
    for field in (*Camera._meta.concrete_fields, *Camera._meta.many_to_many)
    if field.editable and not field.auto_created and field.name not in {"username", "password"}
]

if TYPE_CHECKING:
    Form = forms.ModelForm[Camera]
else:
    Form = forms.ModelForm


class CameraForm(Form):
    """Columns of `Camera` without secrets, plus template and login fields of its own."""

    brand = forms.ChoiceField(
        label=_("Address template"),
        required=False,
        choices=[("", "---------"), *((b.key, b.label) for b in brands.BRANDS)],
        help_text=_("Fills the empty addresses below from host and channel when you save."),
    )
    host = forms.CharField(label=_("Host or IP address"), required=False, max_length=253)
    channel = forms.IntegerField(label=_("Channel"), required=False, min_value=1, max_value=256, initial=1)
    rtsp_port = forms.IntegerField(label=_("RTSP port"), required=False, min_value=1, max_value=65535)
    http_port = forms.IntegerField(label=_("HTTP port"), required=False, min_value=1, max_value=65535)
    login_user = forms.CharField(
        label=_("Camera user"),
        required=False,
        max_length=200,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Never shown again. Empty keeps what is stored."),
    )
    login_password = forms.CharField(
        label=_("Camera password"),
        required=False,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        help_text=_("Never shown again. Empty keeps what is stored. Characters such as @ : / # are fine."),
    )
    login_remove = forms.BooleanField(label=_("Remove the stored login"), required=False)

    class Meta:
        model = Camera
        fields = COLUMNS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The place may be left to the site.
        for name in ("area", "lat", "lng", "code"):
            if name in self.fields:
                self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """Fills what follows from the site and from the template, before the model's own checks."""
        super().clean()
        data = self.cleaned_data
        site = data.get("site")
        if site is not None:
            data["area"] = data.get("area") or site.area
            data["lat"] = site.lat if data.get("lat") is None else data["lat"]
            data["lng"] = site.lng if data.get("lng") is None else data["lng"]
        if not data.get("code") and data.get("name"):
            from cctv.services.register import free_code

            data["code"] = free_code(data["name"])
        if data.get("brand"):
            self._fill(data)
        self._keep_login_home(data)
        return data

    def _keep_login_home(self, data: dict[str, Any]) -> None:
        """The service refuses it too; here the answer stands at its field."""
        if not self.instance.pk:
            return
        try:
            check_login_stays(self.instance, {name: data.get(name) or "" for name in URLS}, self.login()[1])
        except forms.ValidationError as error:
            self.add_error(None, error)

    def _fill(self, data: dict[str, Any]) -> None:
        if not data.get("host"):
            self.add_error("host", _("The address template needs a host."))
            return
        try:
            found = brands.fill(
                data["brand"],
                data["host"],
                channel=data.get("channel") or 1,
                rtsp_port=data.get("rtsp_port") or 554,
                http_port=data.get("http_port") or 80,
            )
        except ValueError:
            self.add_error("host", _("Write only the host name or IP address, without port and path."))
            return
        for name in URLS:
            data[name] = data.get(name) or found[name]

    def login(self) -> tuple[str | None, str | None]:
        """User and password for the service; None keeps, "" removes."""
        if self.cleaned_data.get("login_remove"):
            return "", ""
        return self.cleaned_data.get("login_user") or None, self.cleaned_data.get("login_password") or None
