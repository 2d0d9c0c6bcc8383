"""Forms of the city's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from commandcenter.city.models import Agency, AuditEntry, Region, User, phone_validator
from commandcenter.city.region import hex_colour
from commandcenter.city.roles import ROLE_LABELS, Role
from commandcenter.city.tries import problem_with_password

if TYPE_CHECKING:
    UserForm = forms.ModelForm[User]
    RegionBase = forms.ModelForm[Region]
    PasswordForm = SetPasswordForm[User]
    ChangeForm = PasswordChangeForm
else:
    UserForm = RegionBase = forms.ModelForm
    PasswordForm = SetPasswordForm
    ChangeForm = PasswordChangeForm

ROLE_CHOICES = [(role.value, ROLE_LABELS[role]) for role in Role]


class LoginForm(AuthenticationForm):
    """User name and password."""

    error_messages = {
        "invalid_login": _("User name or password is wrong. Capital letters count in the password."),
        "inactive": _("This login has been switched off."),
    }

    def clean_username(self) -> str:
        """User names are kept in lower case."""
        return str(self.cleaned_data["username"]).strip().lower()


class CodeForm(forms.Form):
    """A six-digit code, or one of the recovery codes."""

    code = forms.CharField(
        label=_("Code"),
        max_length=16,
        help_text=_("Six digits from your app, or one of your recovery codes."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "inputmode": "text"}
        ),
    )

    def clean_code(self) -> str:
        """Blanks do not count."""
        return str(self.cleaned_data["code"]).replace(" ", "").lower()


class NewPasswordForm(PasswordForm):
    """A new password, twice."""


class OwnPasswordForm(ChangeForm):
    """The old password (its wrong tries are counted) and a new one, twice."""

    def clean_old_password(self) -> str:
        """The old password."""
        password = str(self.cleaned_data["old_password"])
        if problem := problem_with_password(self.user, password):
            raise ValidationError(problem)
        return password


class ProfileForm(UserForm):
    """What a person may change about themselves; another e-mail address asks for the password."""

    current_password = forms.CharField(
        label=_("Your current password"),
        help_text=_("Needed only when the e-mail address changes."),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    class Meta:
        model = User
        fields = ["phone", "email"]

    def clean(self) -> dict[str, Any]:
        """Who holds the address can reset the password: a borrowed session must not move it."""
        super().clean()
        if "email" in self.changed_data:
            password = self.cleaned_data.get("current_password", "")
            if problem := problem_with_password(self.instance, password):
                self.add_error("current_password", problem)
        return self.cleaned_data


class InvitationForm(forms.Form):
    """One new person."""

    username = forms.CharField(label=_("User name"), max_length=150)
    full_name = forms.CharField(label=_("Full name"), max_length=150)
    role = forms.ChoiceField(label=_("Role"), choices=ROLE_CHOICES, initial=Role.OPERATOR.value)
    agency = forms.ModelChoiceField(Agency.objects.all(), label=_("Agency"), required=False)
    email = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("Without one you hand over the link yourself.")
    )
    phone = forms.CharField(label=_("Phone"), max_length=26, required=False, validators=[phone_validator])


class SheetForm(forms.Form):
    """A filled-in template."""

    file = forms.FileField(label=_("XLSX file"), widget=forms.FileInput(attrs={"accept": ".xlsx"}))


class BoundariesForm(forms.Form):
    """A GeoJSON file, and what to do with finer areas in it."""

    MOST_BYTES = 30_000_000

    file = forms.FileField(
        label=_("GeoJSON file"),
        help_text=_("Up to 30 MB. Every area carries its Kemendagri code in “kode”."),
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,application/geo+json"}),
    )
    dissolve = forms.BooleanField(label=_("The file has desa: join them to kecamatan"), required=False)
    source = forms.CharField(
        label=_("Source"),
        max_length=120,
        required=False,
        help_text=_("Shown with the boundaries, for instance BIG 2025."),
    )

    def clean_file(self) -> Any:
        """A file that fits into memory."""
        file = self.cleaned_data["file"]
        if file.size > self.MOST_BYTES:
            raise ValidationError(
                _("The file is larger than 30 MB: simplify it, or import it by the command.")
            )
        return file


class ViewAsForm(forms.Form):
    """Which eyes to look through."""

    role = forms.ChoiceField(label=_("Role"), choices=ROLE_CHOICES)
    agency = forms.ModelChoiceField(Agency.objects.all(), label=_("Agency"), required=False)


class RegionForm(RegionBase):
    """Identity and look of the region."""

    code = forms.CharField(
        label=_("Area code"),
        max_length=13,
        required=False,
        help_text=_("Kemendagri code of the kabupaten or kota, for instance 36.04 or 3604."),
    )
    logo_file = forms.FileField(
        label=_("Coat of arms"),
        required=False,
        help_text=_("PNG, JPEG or WebP, up to 2 MB."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )

    field_order = ["code", "name", "kind", "logo_file", "motif", "palette", "accent", "zone"]

    class Meta:
        model = Region
        fields = ["name", "kind", "motif", "palette", "accent", "zone"]
        widgets = {"accent": forms.TextInput(attrs={"placeholder": "#2360a3"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        area = self.instance.area
        self.fields["code"].initial = area.code if area else ""
        self.fields["code"].required = area is None
        self.fields["palette"].required = False

    def clean_palette(self) -> list[str]:
        """None or seven colours."""
        colours = [str(c).strip() for c in self.cleaned_data.get("palette") or [] if str(c).strip()]
        for colour in colours:
            hex_colour(colour)
        if len(colours) not in {0, 7}:
            raise ValidationError(_("An own palette has exactly seven colours."))
        return colours

    def _post_clean(self) -> None:
        """The service validates and saves; the form only reads."""


class AuditFilter(forms.Form):
    """Filters of the audit page; every one may stay empty."""

    who = forms.CharField(label=_("Who"), required=False, max_length=100)
    action = forms.CharField(label=_("Action"), required=False, max_length=80)
    thing = forms.CharField(label=_("Thing"), required=False, max_length=100)
    kind = forms.ChoiceField(
        label=_("Kind of actor"), required=False, choices=[("", _("all")), *AuditEntry.Actor.choices]
    )
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
