"""How an officer's phone calls for help, for these tests."""

from __future__ import annotations

import json
from typing import Any

from tests.fieldstaff.phones import Phone

SOS = "/fieldstaff/api/v1/sos"


def say(phone: Phone, path: str = SOS, **body: Any) -> Any:
    """One request of the officers' app, by the phone's token."""
    header = {"authorization": f"Bearer {phone.token}"}
    return phone.client.post(path, json.dumps(body), content_type="application/json", headers=header)
