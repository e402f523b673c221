"""Web pages read as a person reads them."""

from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.documents.webpage import read_page

PAGE = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html><html><head><title>Tide  tables</title><style>p {color: red}</style></head><body>
<header><nav><a href="/">Home</a><a href="/b">Boats</a></nav></header>
<main><h1>Tides</h1>
<p>The water rises <b>twice</b>
 a day,<br>even on Sundays.<sup class="reference">[3]</sup></p>
<ul><li>spring tide<ol><li>new moon</li><li>full moon</li></ol></li>
<li><p>neap&nbsp;tide</p></li></ul>
<table><tr><th>Day</th><th>High</th></tr><tr><td>Mon</td><td>3.1&nbsp;m<br>at noon</td></tr></table>
<table><tr><td><pre>  if tide:
    sail()</pre></td></tr></table>
<div hidden>secret</div><div style="display: none">gone</div><script>alert("x")</script>
</main><footer>Imprint</footer></body></html>"""


def test_a_page_is_its_main_text_in_blocks() -> None:
    assert read_page(PAGE) == (
        "Tide tables",
        "# Tides\n\n"
        "The water rises twice a day,\neven on Sundays.\n\n"
        "- spring tide\n  1. new moon\n  2. full moon\n- neap tide\n\n"
        "Day | High\nMon | 3.1 m at noon\n\n"
        "  if tide:\n    sail()",
    )


def test_text_behind_and_between_elements_is_not_lost() -> None:
    page = "<body>one <i>two</i> three<p>four</p>five<div>six<script>x</script> seven</div></body>"
    assert read_page(page)[1] == "one two three\n\nfour\n\nfive\n\nsix seven"


def test_a_wikis_apparatus_is_left_out() -> None:
    page = """<html><body><main><h1>Reef</h1><div>145 languages</div>
    <div class="x mw-parser-output">
    <table class="sidebar"><tr><td>Series on reefs</td></tr></table>
    <h2>History<span class="mw-editsection">[edit]</span></h2><p>Old.</p>
    <div class="reflist">1. A book.</div></div></main></body></html>"""
    assert read_page(page)[1] == "## History\n\nOld."


def test_a_main_element_that_holds_little_of_the_page_does_not_hide_the_rest() -> None:
    page = f"<body><main>Menu</main><div>{'The text. ' * 20}</div></body>"
    assert "The text." in read_page(page)[1]


def test_several_articles_are_all_read() -> None:
    page = "<body><article>One.</article><article>Two is longer.</article></body>"
    assert read_page(page)[1] == "One.\n\nTwo is longer."


def test_a_page_without_text_is_empty() -> None:
    assert read_page("") == ("", "")
    assert read_page("<html><body><nav>Home</nav></body></html>") == ("", "")
    assert read_page("<!-- nothing -->") == ("", "")


@given(st.text(alphabet="<>/apbrultdi \n&;'\"=-!", max_size=120))
def test_no_markup_makes_the_reader_fail(page: str) -> None:
    title, text = read_page(page)
    assert isinstance(title, str)
    assert text == text.strip("\n")


def test_a_page_nested_a_thousand_deep_is_read() -> None:
    assert read_page("<div>" * 1000 + "deep" + "</div>" * 1000)[1] == "deep"


def test_a_page_nested_without_end_is_no_failure() -> None:
    assert isinstance(read_page("<div>" * 50_000 + "deep")[1], str)


def test_a_page_that_declares_its_encoding_twice_is_read() -> None:
    declared = '<?xml version="1.0" encoding="utf-8"?>'
    assert read_page(f"{declared}\n{declared}<html><p>Words.")[1] == "Words."
