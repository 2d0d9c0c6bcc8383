"""Verbs of the city: keyword-only, atomic; they validate, save and audit."""

from commandcenter.city.services.accounts import (
    accept_invitation,
    change_password,
    invite,
    link_of,
    make_reset_link,
    open_invitation,
    resend_invitation,
    revoke_invitation,
    set_language,
    update_profile,
)
from commandcenter.city.services.agencies import save_agency
from commandcenter.city.services.personal import delete_view, save_view
from commandcenter.city.services.region import confirm_region, set_up_region
from commandcenter.city.services.tokens import (
    find_token,
    issue_token,
    revoke_token,
    token_viewer,
)
from commandcenter.city.services.two_factor import (
    begin_enrolment,
    confirm_enrolment,
    disable_two_factor,
    has_two_factor,
    new_recovery_codes,
    reset_two_factor,
)
from commandcenter.city.services.viewing_as import start_viewing_as, stop_viewing_as

__all__ = [
    "accept_invitation",
    "begin_enrolment",
    "change_password",
    "confirm_enrolment",
    "confirm_region",
    "delete_view",
    "disable_two_factor",
    "find_token",
    "has_two_factor",
    "invite",
    "issue_token",
    "link_of",
    "make_reset_link",
    "new_recovery_codes",
    "open_invitation",
    "resend_invitation",
    "reset_two_factor",
    "revoke_invitation",
    "revoke_token",
    "save_agency",
    "save_view",
    "set_language",
    "set_up_region",
    "start_viewing_as",
    "stop_viewing_as",
    "token_viewer",
    "update_profile",
]
