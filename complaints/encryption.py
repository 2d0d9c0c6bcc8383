"""Personal data at rest: encrypted like a camera's login, an empty text where there is none."""

from __future__ import annotations

from typing import Any

from cctv.encryption import SecretField


class PersonalField(SecretField):
    """An encrypted text; nothing is stored as NULL and read as an empty text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Always nullable: the package writes NULL for an empty value."""
        kwargs.update(null=True, blank=True, default="")
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """The text, empty for NULL."""
        return super().from_db_value(value, expression, connection) or ""
