"""Background work of the city."""

from __future__ import annotations

from datetime import timedelta

from axes.models import AccessAttempt, AccessFailureLog
from celery import shared_task
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.sessions.models import Session
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from commandcenter.city.models import Invitation, Region, User
from commandcenter.city.services.accounts import link_of

# People type passwords into the name box; a lock lasts a quarter of an hour, so a day is plenty.
KEPT = timedelta(days=1)


@shared_task(name="city.send_invitation", soft_time_limit=30, time_limit=45)
def send_invitation(pk: int, site: str) -> None:
    """Mails the link of an invitation that is still open; ``site`` is the address people reach us by."""
    invitation = Invitation.objects.filter(
        pk=pk, accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
    ).first()
    if invitation is None or not invitation.email:
        return
    region = Region.current()
    with translation.override("id"):
        text = render_to_string(
            "city/mail/invitation.txt",
            {"invitation": invitation, "link": site.rstrip("/") + link_of(invitation), "region": region},
        )
        subject = _("Your login for the command centre of %(region)s") % {"region": region.name}
    send_mail(subject.strip(), text, None, [invitation.email])


@shared_task(name="city.tell_old_address", soft_time_limit=30, time_limit=45)
def tell_old_address(pk: int, address: str) -> None:
    """Warns the former e-mail address of a login that mails no longer go there."""
    user = User.objects.filter(pk=pk).first()
    if user is None:
        return
    with translation.override(user.language or "id"):
        subject = _("The e-mail address of your login was changed")
        text = _(
            "The e-mail address of the login %(name)s was changed."
            " If it was not you, tell an administrator at once."
        ) % {"name": user.get_username()}
    send_mail(subject, text, None, [address])


@shared_task(name="city.send_reset", soft_time_limit=30, time_limit=45)
def send_reset(address: str, host: str, https: bool, language: str) -> None:
    """Mails the reset link where ``address`` is known; in a job, so that the page's time tells nothing."""
    form = PasswordResetForm({"email": address})
    if not form.is_valid():
        return
    with translation.override(language):
        form.save(
            domain_override=host,
            use_https=https,
            email_template_name="city/mail/reset.txt",
            subject_template_name="city/mail/reset_subject.txt",
        )


@shared_task(name="city.forget_logins", soft_time_limit=50, time_limit=60)
def forget_logins() -> None:
    """Takes away what a day-old failed login typed into the name box, and sessions that are over."""
    before = timezone.now() - KEPT
    AccessAttempt.objects.filter(attempt_time__lt=before).delete()
    AccessFailureLog.objects.filter(attempt_time__lt=before).delete()
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
