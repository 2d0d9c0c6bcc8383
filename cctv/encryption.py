"""The field that holds a camera's user or password: encrypted at rest, never shown again."""

from __future__ import annotations

from typing import Any

from encrypted_fields.fields import EncryptedCharField, EncryptedFieldMixin


class SecretField(EncryptedCharField):
    """An encrypted text column (Fernet, key from CC_SECRET_KEY and CC_FIELD_KEY)."""

    def clean(self, value: Any, model_instance: Any) -> Any:
        """Validates like any text.

        The package's own ``clean`` puts a mark on the field that outlives a failed validation: from then on
        this process would read ciphertext instead of passwords.
        """
        return super(EncryptedFieldMixin, self).clean(value, model_instance)
