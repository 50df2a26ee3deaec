"""What a learner is shown of each kind of component, and what the report says was lost."""

from __future__ import annotations

import json
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest

from academe.services.course.olx import BlockKind, ImportedBlock, ImportItem, Outcome, Reason
from tests.support.olx import SMALL_COURSE, inline_course, read, row

UNIT = "course.xml#chapter[1]/sequential[1]/vertical[1]"


def only_block(folder: Path, component: str) -> tuple[ImportedBlock, ImportItem]:
    course = read(folder, inline_course(component))
    ((block,),) = [lesson.blocks for module in course.modules for lesson in module.lessons]
    (item,) = [item for item in course.items if item.is_component]
    return block, item


def test_html_is_not_changed_by_a_character(tmp_path: Path) -> None:
    """White space, entities, mistakes and scripts: what is stored is what was sent."""
    source = '\ufeff<p>a &amp; b&nbsp;<br>\r\n\t<script>x()</script></P> <b onclick="y()">é😀'
    course = read(tmp_path, {**SMALL_COURSE, "course/html/text.html": source.encode()})
    assert course.modules[0].lessons[0].blocks[0].html == source


@pytest.mark.parametrize(
    ("source", "reason", "count"),
    [
        ("<p>Plain <b>text</b>, one = 1, on time</p>", None, 0),
        ("<script>1</script><p onclick='x'>a</p><a href=' JavaScript:x'>b</a>", Reason.ACTIVE_CONTENT, 3),
        ("<iframe src='https://example.org'></iframe><form><input></form>", Reason.ACTIVE_CONTENT, 3),
        (
            "<img src='/static/a.png'><a href=\"/asset-v1:o+c+r+type@asset+block@b.pdf\">b</a>",
            Reason.MISSING_ASSETS,
            2,
        ),
        ("<a href='/jump_to_id/abc'>there</a>", Reason.COURSE_LINKS, 1),
        ("<!-- <script> --> &lt;script&gt; /static/ in words", None, 0),
    ],
)
def test_html_that_loses_something_when_served(
    tmp_path: Path, source: str, reason: Reason | None, count: int
) -> None:
    course = read(tmp_path, {**SMALL_COURSE, "course/html/text.html": source})
    item = row(course, "course/html/text.xml")
    assert item.reason is reason
    assert reason is None or f"({count})" in item.detail


def test_html_without_its_file(tmp_path: Path) -> None:
    files = {name: text for name, text in SMALL_COURSE.items() if not name.endswith(".html")}
    course = read(tmp_path, files)
    assert row(course, "course/html/text.xml").reason is Reason.DANGLING_REFERENCE
    assert course.modules[0].lessons[0].blocks == ()


def test_two_html_components_may_share_a_file(tmp_path: Path) -> None:
    unit = '<html filename="same"/><html filename="same"/>'
    course = read(tmp_path, {**inline_course(unit), "html/same.html": "text"})
    assert [block.html for block in course.modules[0].lessons[0].blocks] == ["text", "text"]
    assert row(course, "html/same.html").outcome is Outcome.IMPORTED


def test_html_that_is_longer_than_a_block(tmp_path: Path) -> None:
    for length, reason in ((250_000, None), (250_001, Reason.TOO_LONG), (5_000_000, Reason.TOO_LONG)):
        course = read(tmp_path, {**SMALL_COURSE, "course/html/text.html": "x" * length})
        assert row(course, "course/html/text.xml").reason is reason


def test_a_film_at_youtube_with_transcripts(tmp_path: Path) -> None:
    block, item = only_block(
        tmp_path,
        '<video display_name="Film" youtube="0.75:slow,1.00:AbC-_123" '
        'start_time="00:01:05" end_time="1:00:00">'
        '<transcript language="en" src="film.srt"/></video>',
    )
    assert (block.kind, block.html, block.title) == (BlockKind.VIDEO, "", "Film")
    assert block.video is not None
    assert (block.video.youtube_id, block.video.urls) == ("AbC-_123", ())
    assert (block.video.start_seconds, block.video.end_seconds) == (65, 3600)
    assert block.video.transcripts == (("en", "film.srt"),)
    assert item.reason is Reason.TRANSCRIPTS


def test_a_film_on_the_web(tmp_path: Path) -> None:
    """Addresses that could run something, or lead to a file that is not stored, are not taken."""
    block, item = only_block(
        tmp_path,
        '<video html5_sources="[&quot;https://example.org/b.mp4&quot;, &quot;https://example.org/a.mp4&quot;]">'
        '<source src="https://example.org/a.mp4"/><source src="javascript:alert(1)"/>'
        '<source src="/static/c.mp4"/></video>',
    )
    assert block.video is not None
    assert block.video.urls == ("https://example.org/a.mp4", "https://example.org/b.mp4")
    assert item.reason is Reason.NO_SOURCE
    assert "(2)" in item.detail


def test_a_film_that_is_nowhere(tmp_path: Path) -> None:
    video = '<video edx_video_id="123" youtube_id_1_0="not an id!" start_time="soon" html5_sources="[x"/>'
    block, item = only_block(tmp_path, video)
    assert (block.kind, block.video) == (BlockKind.PLACEHOLDER, None)
    assert item.reason is Reason.NO_SOURCE


# By name: the problem, what of it learners see, and what they must not.
PROBLEMS: dict[str, tuple[str, list[str], list[str]]] = {
    "choices": (
        """<multiplechoiceresponse><label>Which?</label><choicegroup>
             <choice correct="true">Lion<choicehint>Yes!</choicehint></choice>
             <choice correct="false">Tiger</choice></choicegroup></multiplechoiceresponse>""",
        ["<div>Which?</div>", "<li>Lion</li>", "<li>Tiger</li>"],
        ["Yes!", "true", "correct"],
    ),
    "older drop-down": (
        r"""<optionresponse><optioninput options="('It\'s A','B')" correct="B"/></optionresponse>""",
        ["<li>It&#x27;s A</li><li>B</li>"],
        ["correct"],
    ),
    "drop-down": (
        """<optionresponse><optioninput>
             <option correct="True">Canberra<optionhint>Capital!</optionhint></option>
           </optioninput></optionresponse>""",
        ["<li>Canberra</li>"],
        ["Capital!", "True"],
    ),
    "text": (
        """<stringresponse answer="Doc" type="ci"><label>Name a dwarf.</label>
             <additional_answer answer="Sleepy"/><stringequalhint answer="Bashful">Shy</stringequalhint>
             <textline size="20" correct_answer="Happy"/></stringresponse>""",
        ["Name a dwarf.", "[answer]"],
        ["Doc", "Sleepy", "Bashful", "Shy", "Happy"],
    ),
    "number": (
        """<numericalresponse answer="600"><p>What is 120 &lt; x?</p>
             <responseparam type="tolerance" default="5"/><formulaequationinput/></numericalresponse>
           <solution><p>It is six hundred.</p></solution><demandhint><hint>Multiply.</hint></demandhint>""",
        ["<p>What is 120 &lt; x?</p>", "[answer]"],
        ["600", "six hundred", "Multiply", "tolerance"],
    ),
    "script": (
        """<script type="loncapa/python">secret = 42</script><p>Find it.</p>
           <customresponse cfn="check" expect="42"><textline/></customresponse>
           <div class="detailed-solution">It is 42.</div>""",
        ["Find it."],
        ["42", "secret", "check"],
    ),
    "picture": (
        """<imageresponse><imageinput src="/static/map.png" rectangle="(1,2)-(3,4)" alt="A map"/>
           </imageresponse>""",
        ['<img src="/static/map.png" alt="A map">', "[interactive exercise]"],
        ["(1,2)"],
    ),
    "annotation": (
        """<annotationresponse><annotationinput><comment>Think</comment><tag_prompt>Where?</tag_prompt>
             <options><option choice="correct">Nowhere</option></options>
           </annotationinput></annotationresponse>""",
        ["Think", "Where?", "<li>Nowhere</li>"],
        ["correct"],
    ),
    "unknown": (
        """<p>Hi</p><something_new>The answer is 7</something_new> there
           <b onclick="x" class="y">bold</b>""",
        ["<p>Hi</p>", "there", "<b>bold</b>"],
        ["7", "onclick", "class"],
    ),
}


@pytest.mark.parametrize(("problem", "shown", "hidden"), PROBLEMS.values(), ids=PROBLEMS)
def test_a_problem_is_shown_without_what_answers_it(
    tmp_path: Path, problem: str, shown: list[str], hidden: list[str]
) -> None:
    block, item = only_block(tmp_path, f'<problem markdown="(x) key">{problem}</problem>')

    assert block.kind is BlockKind.PROBLEM
    assert all(text in block.html for text in shown), block.html
    assert not any(text in block.html for text in [*hidden, "(x) key"]), block.html
    assert item.reason is Reason.NO_GRADING
    assert block.source is not None
    assert "(x) key" in block.source


def test_a_problem_whose_values_come_from_a_script(tmp_path: Path) -> None:
    """Learners see the names of the values; that is a larger loss than the grading."""
    block, item = only_block(tmp_path, "<problem><script>x = 1</script><p>Let x be $x.</p></problem>")
    assert block.html == "<p>Let x be $x.</p>"
    assert item.reason is Reason.NEEDS_SCRIPT


def labels(*texts: str) -> str:
    """An attribute of polls and surveys: pairs of a key and what is shown for it."""
    return quoteattr(json.dumps([[text[0], {"label": text}] for text in texts]))


# By name: the component, and something that learners see of it. None may show "s3cret".
STAND_INS = {
    "lti": (
        '<lti launch_url="https://tool.example/?token=s3cret" custom_parameters="k=s3cret"/>',
        "external",
    ),
    "lti_consumer": ('<lti_consumer lti_1p3_client_id="s3cret" display_name="Lab"/>', "external"),
    "poll": (f'<poll question="Best?" answers={labels("Red")}/>', "<p>Best?</p><ul><li>Red</li></ul>"),
    "poll without sense": ("<poll answers='not json'/>", "a poll"),
    "poll of another shape": ("<poll answers='{}' question=' '/>", "a poll"),
    "survey": (
        f"<survey questions={labels('Fun?')} answers={labels('Yes', 'No')}/>",
        "<p>Fun?</p><ul><li>Yes</li><li>No</li></ul>",
    ),
    "essay": (
        """<openassessment prompts_type="html"><title>Essay</title><prompts><prompt>
             <description>&lt;p&gt;Write.&lt;/p&gt;</description></prompt></prompts>
           <rubric><feedback_default_text>s3cret</feedback_default_text></rubric></openassessment>""",
        "<p>Write.</p>",
    ),
    "essay in plain text": (
        """<openassessment prompts_type="text"><prompts><prompt><description>1 &lt; 2</description>
           </prompt></prompts></openassessment>""",
        "<p>1 &lt; 2</p>",
    ),
    "drag and drop": (
        """<drag-and-drop-v2 data='{"items": [{"displayName": "Lobe", "zones": ["s3cret"]}]}'/>""",
        "<li>Lobe</li>",
    ),
    "drag and drop of another shape": ("<drag-and-drop-v2 data='[1]'/>", "drag-and-drop"),
    "annotated text": (
        '<annotatable><p>A <annotation title="Note" body="More">word</annotation></p></annotatable>',
        "<span>word [Note: More]</span>",
    ),
    "graded by staff": ('<staffgradedxblock instructions="Come &amp; see"/>', "Come &amp; see"),
    "discussion": ("<discussion/>", "a discussion"),
    "file": ("<edx_sga/>", "handed in as a file"),
    "unknown": ("<never_seen>s3cret</never_seen>", "never_seen"),
}


@pytest.mark.parametrize(("component", "shown"), STAND_INS.values(), ids=STAND_INS)
def test_what_cannot_run_here_is_stood_in_for(tmp_path: Path, component: str, shown: str) -> None:
    block, item = only_block(tmp_path, component)
    assert block.kind is BlockKind.PLACEHOLDER
    assert shown in block.html
    assert (item.outcome, item.reason) == (Outcome.DEGRADED, Reason.NO_COUNTERPART)
    assert "s3cret" not in repr((block, item))
    assert block.source is None


def test_a_button_to_mark_a_unit_as_done_is_not_needed(tmp_path: Path) -> None:
    course = read(tmp_path, inline_course("<done/>"))
    assert row(course, f"{UNIT}/done[1]").reason is Reason.COMPLETION_BUTTON
    assert len(course.modules[0].lessons) == 1


def test_what_was_for_some_learners_is_said_to_be_for_all(tmp_path: Path) -> None:
    _, item = only_block(tmp_path, '<html group_access="{&quot;1&quot;: [2]}">x</html>')
    assert item.reason is Reason.GROUPS
