import pytest

from clone_pipeline.chats.rules.links import links_as, shortened_links


@pytest.mark.parametrize(
    ("text", "shortened", "removed"),
    [
        ("see https://a.example/x?y=(1).", "see a.example.", "see ."),
        ("watch this https://a.example/x", "watch this", "watch this"),
        ("https://a.example/x lol", "lol", "lol"),
        ("ask https://www.a.example/x#y for tips", "ask a.example for tips", "ask for tips"),
        ("it is on HTTPS://A.example:80/x", "it is on A.example", "it is on"),
        ("(<https://a.example>) ok", "ok", "ok"),
        ("one\nhttps://a.example/x\ntwo", "one\n\ntwo", "one\n\ntwo"),
        ("get ftp://u:p@a.example/x now", "get a.example now", "get now"),
        ("Ben: https://a.example", "", ""),
        ("[my page](https://a.example/x) is up", "my page is up", "my page is up"),
        ("geht auf https://a.example/ä", "geht auf a.example", "geht auf"),
        ("std::vector and a :// b", "std::vector and a :// b", "std::vector and a :// b"),
        ("10:30 :)", "10:30 :)", "10:30 :)"),
    ],
)
def test_an_address_is_left_out_or_becomes_its_host(
    text: str, shortened: str, removed: str
) -> None:
    assert shortened_links()(text) == shortened
    assert links_as("")(text) == removed


def test_a_placeholder_stands_where_the_address_stood() -> None:
    assert links_as("[link]")("a https://x.example b") == "a [link] b"
