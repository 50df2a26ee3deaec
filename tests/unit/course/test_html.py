"""The policy of served HTML: what goes, what stays, and that no document takes long."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from academe.services.course.html import PLAIN_CHARS, POLICY_VERSION, TAGS, sanitise
from academe.services.course.markup import inspect, rebuild
from tests.support.olx import patience

# Each shows as "text" and has something in it that runs, embeds, submits or dresses up.
ATTACKS = [
    "<script>alert(1)</script>text",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>text",
    "<p onclick='alert(1)' ONLOAD=x>text</p>",
    "<img src=x onerror=alert(1)>text",
    "<svg/onload=alert(1)>text",
    "<svg><script>alert(1)</script></svg>text",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></math>text",
    "<a href='javascript:alert(1)'>text</a>",
    "<a href=' &#106;avascript&colon;alert(1)'>text</a>",
    "<a href='java\tscript:alert(1)'>text</a>",
    "<a href='vbscript:x'>text</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>text</a>",
    "<a href='da\nta:text/html;base64,AAAA'>text</a>",
    "<img src='data:image/svg+xml;base64,AAAA'>text",
    "<img src='data:text/html;base64,AAAA'>text",
    "<iframe src='https://evil.example'></iframe>text",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>text",
    "<object data=x></object><embed src=x><applet code=x></applet>text",
    "<form action='https://evil.example'><input name=a><button>text</button></form>",
    "<style>body{display:none}</style>text",
    "<link rel=stylesheet href=x><meta http-equiv=refresh content='0;url=x'><base href=//evil.example/>text",
    "<p style='position:fixed;inset:0' class=login id=x>text</p>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>text</noscript>",
    "<template><script>alert(1)</script></template>text",
    "<!--[if IE]><script>alert(1)</script><![endif]-->text",
    "<a href='https://example.org' target=_top>text</a>",
]


def elements(served: str) -> list[etree._Element]:
    root = etree.fromstring(f"<div>{served}</div>", etree.HTMLParser())
    return [element for element in root.iter() if element.tag not in ("html", "body")]


def assert_harmless(served: str) -> None:
    for element in elements(served):
        assert element.tag in TAGS
        for name, value in element.attrib.items():
            assert not str(name).startswith("on")
            assert name not in ("style", "class", "id", "target", "srcdoc", "action")
            address = re.sub(r"[\x00-\x20]", "", str(value)).lower()
            assert name not in ("href", "src") or not re.match(r"(?!https?|mailto|tel|data)[a-z]+:", address)
            assert not address.startswith("data:") or element.tag == "img"


@pytest.mark.parametrize("padding", ["", "<p>filling</p>" * 6_000], ids=["short", "long"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_leave_the_text_and_nothing_else(attack: str, padding: str) -> None:
    """The same in a long document, which takes another way through the sanitiser."""
    assert padding == "" or len(padding) > PLAIN_CHARS
    served = sanitise(attack + padding).removesuffix(padding)

    assert_harmless(served)
    assert "".join(str(text) for text in elements(served)[0].itertext()).endswith("text")


@pytest.mark.parametrize(
    "source",
    [
        '<h2>T</h2><p><b>B</b> <a href="https://example.org/" rel="noopener noreferrer">link</a></p>',
        '<img src="/static/a.png" alt="A picture" width="10" height="20">',
        '<a href="/jump_to_id/abc" rel="noopener noreferrer">next</a>',
        "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>",
        '<table><tbody><tr><th scope="row">a</th><td colspan="2">b</td></tr></tbody></table>',
        "<ul><li>one</li><li>two</li></ul><pre><code>x &lt; y</code></pre>",
        '<img src="data:image/png;base64,iVBORw0KGgo=" alt="dot">',
        '<details><summary>More</summary>\\(x^2\\) &amp; <span lang="el" dir="ltr">λόγος</span></details>',
        '<ol start="3"><li>third</li></ol><blockquote cite="https://example.org/">q</blockquote>',
    ],
)
def test_ordinary_content_is_served_as_it_is(source: str) -> None:
    assert sanitise(source) == source
    assert sanitise(sanitise(source)) == source


@pytest.mark.parametrize("source", ["", " ", "plain", "5 < 6 & 7 > 3", "a\n\nb", "é😀", "&nbsp;&eacute;"])
def test_text_stays(source: str) -> None:
    served = sanitise(source)
    root = etree.fromstring(f"<p>{served}</p>", etree.HTMLParser())
    wanted = etree.fromstring(f"<p>{source.replace('<', '&lt;')}</p>", etree.HTMLParser())
    assert list(root.itertext()) == list(wanted.itertext())


HOSTILE = {
    "nested": "<div>",
    "nested lists": "<ul><li>",
    "nested tables": "<table><tr><td>",
    "text beside cells": "<table>a",
    "formatting": "<b><p>",
    "crossed": "<b><p></b>",
    "links": "<a href=x>",
    "unclosed comments": "<!--",
    "scripts": "<script>",
    "ends": "</p>",
    "angles": "<",
    "ampersands": "&a",
    "quotes": '<a "',
    "paragraphs": "<p>",
    "foreign": "<svg><foreignObject>",
}


@pytest.mark.parametrize("pattern", HOSTILE.values(), ids=HOSTILE)
def test_no_document_takes_long(pattern: str) -> None:
    """Of the length that a block may have; some of these take a plain sanitiser minutes."""
    _assert_quick(pattern * (250_000 // len(pattern)))


def test_a_tag_of_ten_thousand_attributes_does_not_take_long() -> None:
    _assert_quick("<p " + " ".join(f"a{number}=1" for number in range(28_000)) + ">text")
    _assert_quick("<p " + " ".join(chr(0x4E00 + number) for number in range(20_000)) + ">text")


def test_documents_just_short_enough_to_go_the_plain_way_are_quick_too() -> None:
    for pattern in HOSTILE.values():
        _assert_quick(pattern * min(2_990 // max(pattern.count("<"), 1), 60_000 // len(pattern)))
    _assert_quick("<p " + " ".join(chr(0x4E00 + number) for number in range(15_000)) + ">text")


def _assert_quick(source: str) -> None:
    started = time.thread_time()
    served = sanitise(source)
    inspect(source)
    assert time.thread_time() - started < patience(2)
    assert_harmless(served[:100_000].rpartition(">")[0] + ">")


PIECES = (
    st.sampled_from(["<p>", "</p>", "<b>", "</b>", "<script>", "</script>", "<!--", "-->"])
    | st.sampled_from(["<a href='", "'>", '">', "<img src=x ", ">", "onerror=a", "javascript:"])
    | st.sampled_from(["<svg>", "<style>", "</style>", "<table>", "<td>", "</table>", "text", "&lt;"])
    | st.sampled_from(["&#60;", "<title>", "<textarea>", "</textarea>", "<![CDATA[", "]]>", "<math>"])
    | st.sampled_from(["=", " ", "/", "\x00", "<iframe srcdoc='"])
)


@given(st.lists(PIECES, max_size=25).map("".join))
@settings(max_examples=300, deadline=None)
def test_whatever_is_written_nothing_runs(source: str) -> None:
    assert_harmless(sanitise(source))
    rebuilt = rebuild(source, TAGS, {"*": {"title"}, "a": {"href"}, "img": {"src"}})
    assert_harmless(sanitise(rebuilt))
    assert rebuilt.count("<") == rebuilt.count(">") - _loose_ends(rebuilt)


@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "<b>", "</b>", "<ul>", "<li>", "</ul>", "a", "b c", "<br>", "é"])
    )
)
@settings(max_examples=200, deadline=None)
def test_rebuilding_keeps_every_word(pieces: list[str]) -> None:
    """A long document that is rebuilt first shows the same text as one that is not."""
    source = "".join(pieces)
    rebuilt = rebuild(source, TAGS, {})
    assert re.sub(r"<[^>]*>", "", rebuilt) == re.sub(r"<[^>]*>", "", source)
    opened: list[str] = []
    for close, tag in re.findall(r"<(/?)([a-z]+)>", rebuilt):
        if close:
            assert opened.pop() == tag
        elif tag != "br":
            opened.append(tag)
    assert opened == []


def test_many_threads_may_sanitise_at_once() -> None:
    with ThreadPoolExecutor(4) as pool:
        served = list(pool.map(sanitise, ["<p onclick=x>a</p><script>b</script>"] * 500))
    assert set(served) == {"<p>a</p>"}


def test_the_policy_has_a_version() -> None:
    """Served HTML is cached under it. A change of the policy raises it, or caches keep the old."""
    assert POLICY_VERSION == 1
    assert len(TAGS) == 73
    assert sanitise('<section><tt dir="rtl">x</tt></section>') == '<section><tt dir="rtl">x</tt></section>'


def _loose_ends(rebuilt: str) -> int:
    """Closing angles that stand in the text."""
    return len(re.findall(r">", re.sub(r"<[^>]*>", "", rebuilt)))


def test_formatting_left_open_does_not_multiply() -> None:
    """A long attribute on a tag that is never closed is not served once for every paragraph after it."""
    source = f'<p><b title="{"x" * 20_000}">bold</p>' + "<p>more</p>" * 1_000

    served = sanitise(source)

    assert len(served) < 8 * len(source)
    assert served.count("more") == 1_000
