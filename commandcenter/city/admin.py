"""The city's admin pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from axes.utils import reset as lift_lockout
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from commandcenter.city import admin_office as admin_office
from commandcenter.city import audit, audit_words, rights, services
from commandcenter.city.admin_base import AuditedAdmin, OriginAdmin, PointAdmin, ReadOnlyAdmin
from commandcenter.city.admin_people import PersonForm
from commandcenter.city.models import Agency, ApiToken, Area, AuditEntry, Invitation, Region, User
from commandcenter.city.networks import networks_of
from commandcenter.city.roles import Role
from commandcenter.city.services.guards import leaves_an_admin
from commandcenter.city.sharing import Sharing
from commandcenter.city.viewers import viewer_of

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
    People = UserAdmin[User]
else:
    Admin = admin.ModelAdmin
    People = UserAdmin


@admin.register(Area)
class AreaAdmin(AuditedAdmin, OriginAdmin, PointAdmin, Admin):
    list_display = ["code", "long_name", "kind", "has_point", "boundary", "simulated"]
    list_filter = ["level", "boundary_approximate", "origin"]
    search_fields = ["code", "name"]
    autocomplete_fields = ["parent"]
    readonly_fields = ["boundary_source", "boundary_approximate", "origin"]
    list_select_related = ["shape"]

    @admin.display(description=lazy("name"), ordering="name")
    def long_name(self, obj: Area) -> str:
        """Kecamatan share names with cities: the kind belongs to the name."""
        return obj.full_name

    @admin.display(boolean=True, description=lazy("point"))
    def has_point(self, obj: Area) -> bool:
        """Whether a centre point is known."""
        return obj.lat is not None

    @admin.display(description=lazy("boundary"))
    def boundary(self, obj: Area) -> str:
        """None, rough or imported."""
        if not hasattr(obj, "shape"):
            return "–"
        return _("approximate") if obj.boundary_approximate else obj.boundary_source or "✓"


@admin.register(Agency)
class AgencyAdmin(AuditedAdmin, OriginAdmin, Admin):
    list_display = ["short_name", "name", "kind", "parent", "phone_duty", "people_count", "simulated"]
    list_filter = ["kind", ("phone_duty", admin.EmptyFieldListFilter), "origin"]
    search_fields = ["code", "name", "short_name", "head_title", "phone_duty"]
    autocomplete_fields = ["parent", "area"]
    readonly_fields = ["origin"]
    list_select_related = ["parent"]
    prepopulated_fields = {"code": ["short_name"]}

    def save_model(self, request: HttpRequest, obj: Agency, form: Any, change: bool) -> None:
        """A moved agency changes what heads above it may see."""
        super().save_model(request, obj, form, change)
        if "parent" in form.changed_data:
            rights.announce_to_all()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agency]:
        """With the number of logins."""
        rows: QuerySet[Agency] = super().get_queryset(request)
        return rows.annotate(n_people=Count("people"))

    @admin.display(description=lazy("people"), ordering="n_people")
    def people_count(self, obj: Any) -> int:
        """How many logins belong to it."""
        return int(obj.n_people)


@admin.register(User)
class PersonAdmin(AuditedAdmin, OriginAdmin, People):
    list_display = [
        "username",
        "long_name",
        "agency",
        "role_names",
        "is_active",
        "last_login",
        "simulated",
    ]
    list_filter = ["groups", "is_active", "must_change_password", "agency", "origin"]
    search_fields = ["username", "first_name", "last_name", "email", "phone"]
    autocomplete_fields = ["agency"]
    readonly_fields = ["last_login", "date_joined", "origin"]
    list_select_related = ["agency"]
    form = PersonForm
    actions = ["make_reset_links", "reset_two_factor", "unlock", "switch_off"]
    fieldsets = [
        (None, {"fields": ["username", "password", "must_change_password"]}),
        (lazy("Person"), {"fields": ["first_name", "last_name", "email", "phone", "agency", "language"]}),
        (lazy("Rights"), {"fields": ["is_active", "is_staff", "groups"]}),
        (lazy("Machine"), {"fields": ["last_login", "date_joined", "origin"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "password1", "password2", "agency"]}),
        (lazy("Rights"), {"fields": ["is_staff", "groups"]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only a superuser sees who else is one."""
        sets = super().get_fieldsets(request, obj)
        if obj and request.user.is_superuser:
            return [*sets, (lazy("Superuser"), {"fields": ["is_superuser", "user_permissions"]})]
        return sets

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A superuser's login is changed by superusers only, its password page included."""
        return self._may_touch(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The same goes for deleting it."""
        return self._may_touch(request, obj) and super().has_delete_permission(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The last administrator is protected, and the page of each way to delete says so."""
        gone, counts, needed, protected = super().get_deleted_objects(objs, request)
        if not leaves_an_admin([user.pk for user in objs]):
            protected = [*protected, _("No administrator would be left: name another one first.")]
        return gone, counts, needed, protected

    def _may_touch(self, request: HttpRequest, obj: Any) -> bool:
        return obj is None or not obj.is_superuser or bool(request.user.is_superuser)

    def _touchable(self, request: HttpRequest, people: QuerySet[User]) -> QuerySet[User]:
        """The chosen people an action may act on; says when superusers were left out."""
        if request.user.is_superuser:
            return people
        if people.filter(is_superuser=True).exists():
            self.message_user(request, _("Superusers were left out."), messages.WARNING)
        return people.filter(is_superuser=False)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """A password set by somebody else must be changed at the first login."""
        if not request.user.is_superuser and "is_superuser" in form.changed_data:
            raise PermissionDenied
        if not change:
            obj.must_change_password = True
        super().save_model(request, obj, form, change)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """A password set by somebody else is written down, ends open pages and lasts for one login."""
        known = id.isascii() and id.isdecimal() and len(id) < 19
        if known and request.POST.get("usable_password") == "false" and not leaves_an_admin([int(id)]):
            text = _("This is the last administrator, who must be able to log in.")
            self.message_user(request, text, messages.ERROR)
            return redirect(request.path)
        before = User.objects.filter(pk=id).values_list("password", flat=True).first() if known else None
        answer: HttpResponse = super().user_change_password(request, id, form_url)
        user = User.objects.filter(pk=id).first() if before is not None else None
        if user is not None and user.password != before:
            user.must_change_password = user.pk != request.user.pk
            user.save(update_fields=["must_change_password"])
            audit.record(viewer=viewer_of(request), action="password.set", subject=user)
            rights.announce("user", user.pk)
        return answer

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """The person's open pages end with the login."""
        pk = obj.pk
        super().delete_model(request, obj)
        rights.announce("user", pk)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """The same for many."""
        gone = list(queryset.values_list("pk", flat=True))
        super().delete_queryset(request, queryset)
        for pk in gone:
            rights.announce("user", pk)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """With the groups of every row at once."""
        rows: QuerySet[User] = super().get_queryset(request)
        return rows.prefetch_related("groups")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Open pages of the person ask again what they may show."""
        super().save_related(request, form, formsets, change)
        rights.announce("user", form.instance.pk)

    @admin.display(description=lazy("full name"), ordering="first_name")
    def long_name(self, obj: User) -> str:
        """Full name, or the user name."""
        return obj.display_name

    @admin.display(description=lazy("roles"))
    def role_names(self, obj: User) -> str:
        """Group names."""
        return ", ".join(group.name for group in obj.groups.all())

    @admin.action(description=lazy("Make a link for a new password"), permissions=["change"])
    def make_reset_links(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Shows one link a person, to be handed over."""
        for user in self._touchable(request, queryset):
            link = request.build_absolute_uri(services.make_reset_link(viewer=viewer_of(request), user=user))
            self.message_user(request, format_html("{}: <code>{}</code>", user.username, link))

    @admin.action(description=lazy("Reset the second factor (phone lost)"), permissions=["change"])
    def reset_two_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Removes device and recovery codes."""
        people = self._touchable(request, queryset)
        done = sum(services.reset_two_factor(viewer=viewer_of(request), user=user) for user in people)
        self.message_user(request, _("%(n)d second factors reset.") % {"n": done})

    @admin.action(description=lazy("Unlock after too many wrong passwords"), permissions=["change"])
    def unlock(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Forgets the wrong tries."""
        for user in self._touchable(request, queryset):
            lift_lockout(username=user.username)
            audit.record(viewer=viewer_of(request), action="login.unlocked", subject=user)
        self.message_user(request, _("Unlocked."))

    @admin.action(description=lazy("Switch the login off"), permissions=["change"])
    def switch_off(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """The people can no longer log in; running sessions end with the next page."""
        people = self._touchable(request, queryset).exclude(username=request.user.get_username())
        if not leaves_an_admin(people.values_list("pk", flat=True)):
            self.message_user(
                request, _("No administrator would be left: nothing was changed."), messages.ERROR
            )
            return
        for user in people.filter(is_active=True):
            user.is_active = False
            user.save(update_fields=["is_active"])
            audit.record(viewer=viewer_of(request), action="user.switched_off", subject=user)
            rights.announce("user", user.pk)
        self.message_user(request, _("Switched off."))


admin.site.unregister(Group)
# django-otp's own pages show everybody's secret key, and fail on a number that is not there. A lost
# second factor is reset from the page of its person.
admin.site.unregister([StaticDevice, TOTPDevice])


@admin.register(Group)
class RoleAdmin(AuditedAdmin, GroupAdmin):
    list_display = ["name", "n_people"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A renamed role of the house would be a deleted one."""
        return ["name"] if self._is_ours(obj) else []

    def _is_ours(self, obj: Any) -> bool:
        return obj is not None and obj.name in {role.value for role in Role}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The house's own roles stay: code asks for them by name."""
        return not self._is_ours(obj) and super().has_delete_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: Group) -> None:
        """Everybody who held it has other rights now."""
        super().delete_model(request, obj)
        rights.announce_to_all()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Group]) -> None:
        """The same for many, the house's own left out."""
        super().delete_queryset(request, queryset.exclude(name__in=[role.value for role in Role]))
        rights.announce_to_all()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A role's rights changed for everyone who holds it."""
        super().save_related(request, form, formsets, change)
        rights.announce_to_all()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        """With the number of people."""
        rows: QuerySet[Group] = super().get_queryset(request)
        return rows.annotate(people_count=Count("user"))

    @admin.display(description=lazy("people"))
    def n_people(self, obj: Any) -> int:
        """How many people hold the role."""
        return int(obj.people_count)


@admin.register(Region)
class RegionAdmin(ReadOnlyAdmin, Admin):
    list_display = ["name", "kind", "area", "motif", "zone"]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """One row has a page of its own."""
        return redirect("city:region")


@admin.register(AuditEntry)
class AuditAdmin(ReadOnlyAdmin, Admin):
    list_display = ["at", "actor_name", "actor_kind", "deed", "subject_label", "ip"]
    list_filter = ["actor_kind", "at"]
    search_fields = ["actor_name", "action", "subject_label"]
    show_full_result_count = False
    list_per_page = 50

    @admin.display(description=lazy("Action"), ordering="action")
    def deed(self, obj: AuditEntry) -> str:
        """The action in words."""
        return audit_words.in_words(obj.action)


class TokenForm(forms.ModelForm):  # type: ignore[type-arg]
    """Comma-separated lists; the classes as boxes."""

    sharing = forms.MultipleChoiceField(
        choices=Sharing.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=lazy("sharing classes"),
    )

    class Meta:
        model = ApiToken
        fields = ["name", "agency", "scopes", "sharing", "allowed_cidrs", "expires_at"]

    def clean_allowed_cidrs(self) -> list[str]:
        """A network that nobody can read would make every call with the token fail."""
        return networks_of(self.cleaned_data["allowed_cidrs"] or [])


@admin.register(ApiToken)
class ApiTokenAdmin(AuditedAdmin, OriginAdmin, Admin):
    form = TokenForm
    list_display = ["name", "prefix", "agency", "scopes", "expires_at", "last_used_at", "revoked_at"]
    list_filter = ["agency", ("revoked_at", admin.EmptyFieldListFilter)]
    search_fields = ["name", "prefix"]
    readonly_fields = ["prefix", "last_used_at", "created_by", "created_at", "revoked_at"]
    autocomplete_fields = ["agency"]
    actions = ["revoke"]

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        """A new token is issued by the service and shown once."""
        if change:
            super().save_model(request, obj, form, change)
            return
        token, text = services.issue_token(viewer=viewer_of(request), **form.cleaned_data)
        obj.pk, obj.prefix, obj.digest = token.pk, token.prefix, token.digest
        obj._state.adding = False
        note = format_html("{} <code>{}</code>", _("Copy the token now; it is not shown again:"), text)
        messages.warning(request, note)

    @admin.action(description=lazy("Revoke at once"), permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        """Ends tokens."""
        done = sum(services.revoke_token(viewer=viewer_of(request), token=token) for token in queryset)
        self.message_user(request, _("%(n)d tokens revoked.") % {"n": done})


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin, Admin):
    list_display = [
        "username",
        "full_name",
        "role",
        "agency",
        "created_at",
        "expires_at",
        "accepted_at",
        "revoked_at",
    ]
    list_filter = ["role", ("accepted_at", admin.EmptyFieldListFilter)]
    search_fields = ["username", "full_name", "email"]
    exclude = ["nonce"]
