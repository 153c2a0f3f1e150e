"""The QR code of an address is one picture without a size, which scanners read."""

from __future__ import annotations

from lxml import etree

from castkit.site.codes import qr_svg


def test_it_is_one_svg_without_a_size() -> None:
    root = etree.fromstring(qr_svg("https://media.example.org/feeds/zh-Hans.xml"))
    assert root.tag == "svg"
    assert "viewBox" in root.attrib
    assert "width" not in root.attrib
    assert "height" not in root.attrib


def test_another_address_is_another_code() -> None:
    assert qr_svg("https://a.example/") != qr_svg("https://b.example/")
    assert qr_svg("https://a.example/") == qr_svg("https://a.example/")
