"""What the channels' tests share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def lapor_sample() -> bytes:
    """A page of SP4N-LAPOR! as we imagine it, written by hand."""
    return (Path(__file__).parent / "lapor.json").read_bytes()
