"""What of an author's HTML is served: the text and its structure, nothing that runs, embeds or submits.

Content is stored as it was given and passes through `sanitise` on its way out, so a stricter policy protects
what was stored before it.
"""

from __future__ import annotations

import re

import nh3

from academe.services.course.markup import rebuild

# Raised with every change of what is served for the same source, so that caches of the result can tell.
POLICY_VERSION = 1

# Written out: a new version of the library, with other defaults, must not change the policy.
TAGS = frozenset(
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "br", "cite", "code", "del", "dfn", "em", "i"}
    | {"ins", "kbd", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike"}
    | {"strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
    | {"article", "aside", "blockquote", "center", "details", "div", "footer"}
    | {"figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr"}
    | {"img", "nav", "p", "pre", "section", "summary", "dd", "dl", "dt", "li", "ol", "ul"}
    | {"caption", "col", "colgroup", "table", "tbody", "td", "tfoot", "th", "thead", "tr"}
)
# No class, id or style: they would let content dress up as the application that shows it.
ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href", "hreflang"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "img": {"alt", "height", "src", "width"},
    "ins": {"cite", "datetime"},
    "ol": {"reversed", "start", "type"},
    "q": {"cite"},
    "td": {"colspan", "headers", "rowspan"},
    "th": {"colspan", "headers", "rowspan", "scope"},
    "time": {"datetime"},
}
# Addresses without a scheme stay: they lead to files and lessons of the course.
URL_SCHEMES = frozenset({"http", "https", "mailto", "tel", "data"})
# Pictures written into the text are content. No SVG: it can hold scripts.
INLINE_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*", re.IGNORECASE)

# Up to here the sanitiser takes at most 0.1 s whatever the document holds. Beyond, a hostile one (nested
# tags, a tag of 10,000 attributes) would take the square of its length, minutes in all, so longer documents
# are first rebuilt in bounded shape.
PLAIN_CHARS = 64 * 1024
PLAIN_TAGS = 3_000
# Escaping makes a character six at most; what grows beyond that does so by its shape.
GROWTH_MAX = 6
PLAIN_GROWTH = 4_096


def sanitise(source: str) -> str:
    """The HTML to serve for an author's HTML. Safe to put into a page; every visible text is kept.

    Takes at most a few milliseconds for ordinary pages; call it in a thread for documents of more than
    PLAIN_CHARS characters. The result of the same source differs between POLICY_VERSIONs only.
    """
    if len(source) > PLAIN_CHARS or source.count("<") > PLAIN_TAGS:
        return _CLEANER.clean(rebuild(source, TAGS, ATTRIBUTES))
    served = _CLEANER.clean(source)
    if len(served) > GROWTH_MAX * len(source) + PLAIN_GROWTH:
        # Formatting that is never closed is opened again in every paragraph, attributes and all.
        served = _CLEANER.clean(rebuild(source, TAGS, ATTRIBUTES))
    return served


def _filter_attribute(tag: str, attribute: str, value: str) -> str | None:
    if attribute not in ("href", "src", "cite"):
        return value
    # Browsers ignore white space and control characters in addresses, so a scheme may hide behind them.
    address = re.sub(r"[\x00-\x20]+", "", value)
    if not address.lower().startswith("data:"):
        return value
    return address if tag == "img" and attribute == "src" and INLINE_PICTURE.fullmatch(address) else None


_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags={"script", "style"},
    attributes=ATTRIBUTES,
    attribute_filter=_filter_attribute,
    url_schemes=set(URL_SCHEMES),
)
