"""The trained models that suggest categories: numbers and words as JSON, never anything that could run."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class SuggestionModel(models.Model):
    """One trained model. All machines ask the row in use; ``version`` is a digest of ``content``.

    ``quality``: held-out figures of the model, of the rules and of both together, as they were measured.
    """

    version = models.CharField(_("version"), max_length=12, unique=True, editable=False)
    content = models.BinaryField(editable=False)
    quality = models.JSONField(_("quality"), default=dict, editable=False)
    trained_at = models.DateTimeField(_("trained"), auto_now_add=True)
    in_use = models.BooleanField(_("in use"), default=False, editable=False)

    objects: models.Manager[Any] = models.Manager()

    class Meta:
        verbose_name = _("suggestion model")
        verbose_name_plural = _("suggestion models")
        ordering = ["-trained_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["in_use"], condition=models.Q(in_use=True), name="suggestionmodel_one_in_use"
            )
        ]

    def __str__(self) -> str:
        return self.version
