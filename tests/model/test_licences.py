"""Licences and where they can be read."""

from __future__ import annotations

import pytest

from castkit.model.licences import LICENCES, licence_url


@pytest.mark.parametrize(
    ("identifier", "path"),
    [
        ("cc0-1.0", "publicdomain/zero/1.0/"),
        ("cc-pdm-1.0", "publicdomain/mark/1.0/"),
        ("cc-by-4.0", "licenses/by/4.0/"),
        ("cc-by-nc-sa-3.0-igo", "licenses/by-nc-sa/3.0/igo/"),
    ],
)
def test_creative_commons_licences_have_an_address(identifier: str, path: str) -> None:
    assert identifier in LICENCES
    assert licence_url(identifier) == f"https://creativecommons.org/{path}"


@pytest.mark.parametrize("identifier", ["", "arr", "gfdl-1.3-or-later", "cc-pddc", "cc-by", "CC-BY-4.0"])
def test_the_others_have_none(identifier: str) -> None:
    assert licence_url(identifier) == ""
