from __future__ import annotations

import html5lib
from lxml import html

from castkit.storage.front_page import front_page


def test_a_store_without_pages_says_how_to_get_them_and_names_the_feeds() -> None:
    made = front_page("Talks & <Walks>", "zh-Hans", ["feeds/en.xml", "feeds/zh-Hans.video.xml"]).decode()
    html5lib.HTMLParser(strict=True).parse(made)
    found = html.document_fromstring(made)
    assert found.findtext(".//h1") == "Talks & <Walks>"
    assert found.get("lang") == "zh-Hans"
    assert "castkit feed" in found.text_content()
    assert found.xpath("//a/@href") == ["feeds/en.xml", "feeds/zh-Hans.video.xml"]
