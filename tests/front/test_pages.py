"""The base templates render with nothing in the context, and say what they must."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

BASES = ["base.html", "alone.html", "403.html", "404.html", "500.html", "registration/login.html"]


@pytest.mark.parametrize("name", BASES)
@pytest.mark.parametrize("language", ["id", "en"])
def test_a_base_template_renders_with_and_without_a_request(name: str, language: str) -> None:
    with translation.override(language):
        plain = render_to_string(name, {})
        html = render_to_string(
            name, {"city": {"name": "Kabupaten <Serang>", "motif": "ombak"}}, RequestFactory().get("/")
        )
    assert '<html lang="' + language in html
    assert "Kabupaten &lt;Serang&gt;" in html
    for page in (plain, html):
        assert 'id="cc-conf"' in page
        assert "<style" not in page
        assert " style=" not in page
        assert "<script>" not in page
