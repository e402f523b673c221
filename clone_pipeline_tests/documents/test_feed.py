"""Feeds are read as their entries."""

import pytest

from clone_pipeline.documents.feed import read_feed
from clone_pipeline.documents.reading import document_of
from clone_pipeline.records import Document

RSS = """<?xml version="1.0" encoding="windows-1252"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Harbour &amp; news</title><link>https://example.org</link>
<item><title>Ferry</title><pubDate>Mon, 09 Dec 2024</pubDate><description>Short.</description>
<content:encoded><![CDATA[<p>It sails <b>at nine</b>.</p><img src="data:image/png;base64,AA"/>
<p>Twice.</p>]]></content:encoded></item>
<item><title>Tide</title><description>High &lt;i&gt;water&lt;/i&gt;.</description></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Book</title>
<entry><title>One</title><content type="xhtml">so <div xmlns="http://www.w3.org/1999/xhtml">
<p>it goes</p></div></content></entry>
<entry><title>Two</title><summary>a &lt;b and c</summary></entry></feed>"""


def test_an_rss_feed_is_its_entries_without_markup() -> None:
    made = document_of(RSS.encode("cp1252"), "feed.xml")
    assert isinstance(made, Document)
    assert made.title == "Harbour & news"
    assert made.text == "## Ferry\n\nIt sails at nine.\n\nTwice.\n\n## Tide\n\nHigh water."


def test_an_atom_feed_is_its_entries() -> None:
    text = "## One\n\nso\n\nit goes\n\n## Two\n\na <b and c"
    assert read_feed(ATOM) == ("Book", text)


@pytest.mark.parametrize("cut", [0, 30, 200, 500, len(RSS) - 20])
def test_a_torn_feed_is_no_failure(cut: int) -> None:
    title, text = read_feed(RSS[:cut])
    assert isinstance(title, str)
    assert isinstance(text, str)


def test_a_feed_reads_no_file_and_grows_by_no_entity() -> None:
    declared = '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/hostname"><!ENTITY b "bbb">]>'
    feed = f"{declared}<rss><channel><item><title>T &a;&b;</title></item></channel></rss>"
    assert read_feed(feed)[1] in {"## T", "## T &a;&b;"}
