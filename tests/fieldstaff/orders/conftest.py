from __future__ import annotations

import pytest

from tests.factories.orders import Crew, make_crew


@pytest.fixture
def crew(db, tmp_path, settings) -> Crew:
    """A supervisor with two workers, a stranger and the desk; photos go to a folder of their own."""
    settings.MEDIA_ROOT = str(tmp_path)
    return make_crew()
