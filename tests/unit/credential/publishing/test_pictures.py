"""Who draws at the same time, and what becomes of drawings that nobody waits for any more."""

from __future__ import annotations

import asyncio
import base64
import io
import random
import re
import threading
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree
from PIL import Image

from academe.services.credential.images import check_image
from academe.services.credential.pages import Signatory, certificate, render_svg
from academe.services.credential.pages.drawing import Drawing, drawing_of
from academe.services.credential.publishing import pictures
from academe.services.credential.publishing.formats import FileFormat
from academe.services.credential.publishing.pictures import Pictures
from academe.services.credential.standards import svg
from academe.services.credential.validation.forms import BYTES_MAX
from tests.support.certificates import CERTIFICATE, LOGO, LONG, SIGNATURE

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}"


class Pen:
    """Draws for as long as a test wants, and counts."""

    def __init__(self) -> None:
        self.begun, self.may_end = threading.Event(), threading.Event()
        self.drawn = self.now = self.most = 0
        self._lock = threading.Lock()

    def draw(self, *_: Any) -> bytes:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.begun.set()
        self.may_end.wait(10)
        with self._lock:
            self.now -= 1
            self.drawn += 1
        return b"drawing %d" % self.drawn

    async def leave(self, asked: asyncio.Task[bytes]) -> None:
        """Has who asked leave while it is being drawn."""
        await asyncio.to_thread(self.begun.wait, 10)
        asked.cancel()
        await asyncio.wait({asked})
        assert asked.cancelled()


async def test_a_drawing_that_nobody_waits_for_any_more() -> None:
    """A thread cannot be called back, so it keeps its place, and whoever asks next has what it made."""
    made, pen = Pictures("https://school.example"), Pen()
    await pen.leave(asyncio.create_task(made._once(("one",), pen.draw)))
    others = [asyncio.create_task(made._once(("one",), pen.draw)) for _ in range(3)]
    await asyncio.wait(others, timeout=0.1)
    pen.may_end.set()

    assert await asyncio.gather(*others) == [b"drawing 1"] * 3
    assert (pen.drawn, pen.most) == (1, 1)


async def test_a_preview_that_nobody_waits_for_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """It too is one drawing at a time, however many are asked for and given up."""
    made, pen = Pictures("https://school.example"), Pen()
    monkeypatch.setitem(pictures._RENDER, FileFormat.SVG, pen.draw)
    await pen.leave(asyncio.create_task(made.draw(CERTIFICATE, FileFormat.SVG)))
    others = [asyncio.create_task(made.draw(CERTIFICATE, FileFormat.SVG)) for _ in range(3)]
    await asyncio.wait(others, timeout=0.1)
    pen.may_end.set()

    assert await asyncio.gather(*others) == [b"drawing 2", b"drawing 3", b"drawing 4"]
    assert pen.most == 1


async def test_who_leaves_before_it_began() -> None:
    """Nothing is drawn for them, and others have the place."""
    made, pen = Pictures("https://school.example"), Pen()
    first = asyncio.create_task(made._once(("one",), pen.draw))
    await asyncio.to_thread(pen.begun.wait, 10)
    waiting = asyncio.create_task(made._once(("two",), pen.draw))
    await asyncio.wait({waiting}, timeout=0.05)
    waiting.cancel()
    await asyncio.wait({waiting})
    pen.may_end.set()

    assert await first == b"drawing 1"
    assert await made._once(("three",), pen.draw) == b"drawing 2"
    assert pen.drawn == 2


async def test_a_drawing_that_fails() -> None:
    """Who asked is told so; the place is free, and the next one is drawn."""
    made, pen = Pictures("https://school.example"), Pen()
    pen.may_end.set()

    def fail() -> bytes:
        raise RuntimeError("no such font")

    with pytest.raises(RuntimeError, match="no such font"):
        await made._once(("one",), fail)

    assert await made._once(("one",), pen.draw) == b"drawing 1"


def photo(width: int, height: int) -> bytes:
    """A PNG that no compression makes smaller."""
    noise = random.Random(width * height).randbytes(3 * width * height)
    file = io.BytesIO()
    Image.frombytes("RGB", (width, height), noise).save(file, "PNG")
    return file.getvalue()


def pixels(content: bytes) -> bytes:
    """An SVG as it is drawn, 590 pixels high, three bytes each."""
    alone = Drawing({"picture": "/it.svg"}, {"it.svg": content})
    drawn = certificate._compile(alone, certificate.PICTURE, format="png", ppi=1_000)
    return Image.open(io.BytesIO(drawn)).convert("RGB").tobytes()


def path_ends(content: bytes) -> list[tuple[float, float]]:
    """Where each piece of each path of a certificate ends; all but the first of a path are relative."""
    ends = []
    for path in etree.fromstring(content).iter(SVG + "path"):
        x = y = 0.0
        for command, arguments in re.findall(r"([A-Za-z])([^A-Za-z]*)", path.get("d", "")):
            numbers = [float(number) for number in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", arguments)]
            match command:
                case "M":
                    x, y = numbers
                case "h":
                    x += numbers[0]
                case "v":
                    y += numbers[0]
                case "m" | "l" | "q" | "c":
                    x, y = x + numbers[-2], y + numbers[-1]
                case "Z":
                    continue
                case _:
                    raise ValueError(command)
            ends.append((x, y))
    return ends


def illustration(size: int) -> bytes:
    """An SVG of so many bytes."""
    lines = random.Random(size)
    path = "M0 0" + "".join(f"L{lines.randrange(100)} {lines.randrange(100)}" for _ in range(size // 7))
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><path d="{path}"/></svg>'.encode()


@pytest.mark.parametrize(
    ("logo", "signature", "shown"),
    [
        pytest.param(LOGO, b"", 1, id="as they are"),
        pytest.param(photo(180, 180), SIGNATURE, 4, id="a photograph"),
        pytest.param(illustration(95_000), illustration(45_000), 4, id="illustrations"),
        pytest.param(photo(180, 180), photo(240, 69), 1, id="wide photographs"),
    ],
)
def test_an_svg_can_be_sent_to_be_verified(logo: bytes, signature: bytes, shown: int) -> None:
    """With large logo and signatures they get fewer pixels, or the whole of it is pixels at last."""
    for picture in (logo, signature):
        if picture:
            check_image("image", picture)
    document = b'{"name": "as signed"}'
    signatories = tuple(Signatory(f"Signatory {n}", "Dean", signature) for n in range(3))
    view = replace(CERTIFICATE, logo=logo, signatories=signatories)
    baked = pictures._baked(view, document, FileFormat.SVG)

    assert len(baked) <= BYTES_MAX
    assert svg.unbake(baked) == document
    assert baked.count(b"<image") == shown
    assert not signature or len(render_svg(view)) > BYTES_MAX


@pytest.mark.parametrize("form", [FileFormat.PNG, FileFormat.SVG])
def test_the_largest_documents_leave_room_for_a_small_picture(form: FileFormat) -> None:
    """As with ten long narratives as evidence, under the worst of pictures and letters."""
    letters = "".join(chr(0xAC00 + number * 7) for number in range(600))
    view = replace(
        CERTIFICATE,
        title=letters[:100],
        description=letters[100:260],
        issuer_name=letters[260:320],
        learner_name=letters[320:380],
        logo=photo(180, 180),
        signatories=tuple(
            Signatory(letters[n : n + 40], letters[n + 40 : n + 80], photo(240, 69)) for n in (380, 440, 500)
        ),
    )
    document = b'{"name": "' + b"x" * 180_000 + b'"}'

    assert len(pictures._baked(view, document, form)) <= BYTES_MAX


@pytest.mark.parametrize("host", ["www.12306.cn", "learn.2024school.example", "a.12345.example"])
def test_the_link_of_an_svg_leads_where_it_should(host: str) -> None:
    """Its digits are no numbers to be rounded."""
    url = f"https://{host}/v1.20261/credentials/{CERTIFICATE.verification_code}"
    drawn = etree.fromstring(render_svg(replace(CERTIFICATE, page_url=url)))

    assert [link.get(XLINK + "href") for link in drawn.iter(SVG + "a")] == [url]


def test_small_pictures_stay_as_they_were_given() -> None:
    """Drawn with more pixels than they have, they would take more room."""
    small = photo(8, 8)
    view = replace(CERTIFICATE, logo=small, signatories=())
    given = base64.b64encode(small)

    assert given in render_svg(view)
    assert given in render_svg(view, picture_ppi=300)


def test_an_svg_of_many_different_letters_can_be_sent_to_be_verified() -> None:
    """Its outlines would be a megabyte, so it is pixels; it says the same to those who do not see it."""
    letters = "".join(chr(0xAC00 + number * 7) for number in range(400))
    title, description, issuer_name = letters[:100], letters[100:260], letters[260:320]
    view = replace(CERTIFICATE, title=title, description=description, issuer_name=issuer_name)
    baked = pictures._baked(view, b"{}", FileFormat.SVG)
    root, outlined = etree.fromstring(baked), etree.fromstring(render_svg(view))

    assert len(baked) <= BYTES_MAX < len(render_svg(view))
    for name in ("title", "desc"):
        assert root.findtext(SVG + name) == outlined.findtext(SVG + name)
    width, height = (round(float(root.get(name, "").removesuffix("pt"))) for name in ("width", "height"))
    assert (width, height) == (842, 595)


def test_a_shorter_svg_draws_the_same() -> None:
    """Each line ends within a tenth of a point from where it did, though it begins where another ended."""
    typst_svg, shorter = certificate._typeset(drawing_of(LONG), format="svg"), render_svg(LONG)
    before, after = (pixels(content) for content in (typst_svg, shorter))
    differing = sum(1 for one, other in zip(before, after, strict=True) if abs(one - other) > 16)

    assert len(shorter) < 0.7 * len(typst_svg)
    assert differing < len(before) / 2_000
    for one, other in zip(path_ends(typst_svg), path_ends(shorter), strict=True):
        assert one == pytest.approx(other, abs=0.1)
