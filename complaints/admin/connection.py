"""What a channel's adapter needs, one field each: settings are shown, secrets are written and never read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from complaints.admin import leaving, wording
from complaints.channels.registry import KINDS, missing
from complaints.models import Channel

if TYPE_CHECKING:
    ChannelBase = forms.ModelForm[Channel]
else:
    ChannelBase = forms.ModelForm

SETTING, SECRET, ERASE = "setting_", "secret_", "erase_secrets"
NUMBERS = frozenset({"smtp_port", "imap_port"})
SWITCHES = frozenset({"human_agent"})
CHOICES = {"smtp_tls": ("starttls", "tls", "none"), "imap_tls": ("tls", "none")}


def stored(channel: Channel) -> dict[str, str]:
    """The secrets by name; empty where nothing, or nothing legible, is stored."""
    try:
        found = json.loads(channel.secrets) if channel.secrets else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def lacks(channel: Channel) -> list[str]:
    """Names of what it still needs before it works."""
    return missing(channel.kind, channel.settings, stored(channel))


def hook_address(channel: Channel) -> str:
    """What the provider's console asks for as callback address; empty for channels without one."""
    if not KINDS[channel.kind].public_address:
        return ""
    path = f"/hooks/{channel.slug}/"
    if not settings.PUBLIC_URL:
        told = _(
            "Not known yet: set CC_PUBLIC_URL to this city's public address (https://…); "
            "then it ends in %(path)s."
        )
        return told % {"path": path}
    return f"{settings.PUBLIC_URL}{path}"


def names_of(channel: Channel | None) -> list[str]:
    """The form's field names for this channel, in the adapter's order; none before its kind is known."""
    if channel is None:
        return []
    kind = KINDS[channel.kind]
    names = [SETTING + name for name in kind.settings] + [SECRET + name for name in kind.secrets]
    return [*names, ERASE] if set(stored(channel)) & set(kind.secrets) else names


class ChannelForm(ChannelBase):
    """The channel's own fields; :func:`form_for` adds those of its connection."""

    class Meta:
        model = Channel
        fields = ["kind", "slug", "name", "enabled", "order", "quiet_after_h"]

    moved: list[str]
    """Secrets that this save erases because they would go somewhere else."""

    def clean(self) -> dict[str, Any]:
        """Secrets that would go elsewhere are erased unless typed again; none travels in the open."""
        super().clean()
        typed, kept = self._typed(SECRET), stored(self.instance)
        after = {**(self.instance.settings or {}), **self._typed(SETTING)}
        gone = leaving.moved(self.instance.settings or {}, after, kept)
        self.moved = [name for name in gone if not typed.get(name)]
        erased = {*self.moved, *(self.cleaned_data.get(ERASE) or [])}
        if self.moved:
            self.cleaned_data[ERASE] = sorted(erased)
            self.changed_data.append(ERASE)
        left = {name: value for name, value in {**kept, **typed}.items() if value and name not in erased}
        wrong = {name: said for name in after if (said := wording.problem(name, after[name]))}
        for name, why in wrong.items() or leaving.refused(after, left):
            if SETTING + name in self.fields:
                self.add_error(SETTING + name, why)
        return self.cleaned_data

    def _typed(self, kind: str) -> dict[str, Any]:
        cleaned = self.cleaned_data.items()
        return {name.removeprefix(kind): value for name, value in cleaned if name.startswith(kind)}

    def save(self, commit: bool = True) -> Channel:
        """Writes what was typed; an empty secret stays as it is, a setting of another kind is not touched."""
        found, secret = dict(self.instance.settings or {}), stored(self.instance)
        for name in self.cleaned_data.get(ERASE) or []:
            secret.pop(name, None)
        for name, value in self._typed(SETTING).items():
            _put(found, name, value)
        secret |= {name: value for name, value in self._typed(SECRET).items() if value}
        self.instance.settings, self.instance.secrets = found, json.dumps(secret) if secret else ""
        return super().save(commit)


def _put(found: dict[str, Any], name: str, value: Any) -> None:
    if value in (None, "", False):
        found.pop(name, None)
    else:
        found[name] = value


def form_for(channel: Channel | None) -> type[ChannelForm]:
    """The form class with a field for each setting and each secret of the channel's kind."""
    if channel is None:
        return ChannelForm
    kind, kept = KINDS[channel.kind], stored(channel)
    fields: dict[str, forms.Field] = {}
    for name in kind.settings:
        fields[SETTING + name] = _setting(name, channel.settings.get(name), needed=name in kind.needs)
    for name in kind.secrets:
        fields[SECRET + name] = _secret(name, there=name in kept, needed=name in kind.needs)
    if erasable := [name for name in kind.secrets if name in kept]:
        fields[ERASE] = forms.MultipleChoiceField(
            label=lazy("Erase stored secrets"), required=False,
            choices=[(name, wording.label(name)) for name in erasable],
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip
    return type("ChannelForm", (ChannelForm,), fields)


def _setting(name: str, value: Any, *, needed: bool) -> forms.Field:
    common: dict[str, Any] = {"label": wording.label(name), "required": False, "initial": value}
    common["help_text"] = " ".join(filter(None, [_("Needed.") if needed else "", str(wording.HELP[name])]))
    if name in NUMBERS:
        return forms.IntegerField(min_value=1, max_value=65_535, **common)
    if name in SWITCHES:
        return forms.BooleanField(**common)
    if name in CHOICES:
        return forms.ChoiceField(choices=[("", "–"), *((word, word) for word in CHOICES[name])], **common)
    return forms.CharField(max_length=300, **common)


def _secret(name: str, *, there: bool, needed: bool) -> forms.Field:
    said = _("Stored; empty: unchanged.") if there else _("Needed.") if needed else _("Not stored.")
    if there and name in leaving.GOES_TO:
        said = f"{said} {_('Erased when it would go somewhere else.')}"
    attrs = {"size": 60, "autocomplete": "new-password"}
    return forms.CharField(
        label=wording.label(name), required=False, max_length=4000, strip=True,
        help_text=f"{wording.HELP[name]} {said}",
        widget=forms.PasswordInput(render_value=False, attrs=attrs),
    )  # fmt: skip
