"""Texts that have broken signatures elsewhere: scripts, directions, normal forms, signs of JSON and HTML."""

from __future__ import annotations

import unicodedata

TITLES = (
    "Introduction to Statistics",
    "Grundlagen der Überprüfung — “Maß & Zahl”",
    unicodedata.normalize("NFC", "Crème brûlée à la française, niveau élémentaire"),
    unicodedata.normalize("NFD", "Crème brûlée à la française, niveau élémentaire"),
    "数据科学导论：从统计到机器学习",
    "データサイエンス入門 ㌔ ﾃﾞｰﾀ",
    "데이터 과학 입문",
    "مقدمة في علم البيانات",
    "مבוא ל־Python 3: שיעור (א)",
    "आँकड़ों का परिचय — क्षत्रिय",
    "Vệ sinh an toàn thực phẩm",
    "Emoji 101 👩🏽‍🔬🏳️‍🌈 and 🇪🇺 flags",
    "𝔉𝔯𝔞𝔨𝔱𝔲𝔯 𝟙𝟚𝟛 beyond the basic plane 𠮷",
    "Zalgo Z̷͎̈ạ̴̓l̵̙̔g̸̬̈́ŏ̷͈",
    "ı İ ß ẞ ſ ﬁ Ⅷ ½ №",
    "\u202eright-to-left override\u202c and \u2068isolate\u2069",
)

NARRATIVES = (
    "Attend, hand in all exercises and pass the exam.",
    "Line one\nline two\r\nline three\ttabbed",
    "Quotes \" and ' and ` and backslash \\ and slash / and \\u0041 as text",
    "<b>Markup</b> &amp; entities &lt;script&gt;alert('no')&lt;/script&gt;",
    "# Markdown\n\n* a *list*\n* [a link](https://example.org/?a=1&b=2#c)\n\n```\ncode\n```\n",
    "Trailing space \nand no-break\u00a0space, zero\u200bwidth, soft\u00adhyphen, \ufeffmark of order",
    "Separators of lines\u2028and paragraphs\u2029and next line\u0085here",
    "   surrounded by spaces   ",
    "المعايير: حضور جميع الدروس (١٢٣) ثم اجتياز الامتحان — 90٪",
    "合格条件：出席率80％以上、最終試験60点以上。",
    "Looks like an address: https://example.org/x y, mailto:a@b, _:b0, @id, @context",
    '{"looks": ["like", 1, null, true]} and ]]> and --> and %s {0} ${x}',
    "Ꭰ Ⴀ ა ꙮ ☃ ∑ √ ∞ ≠ € ¥ £ ₿ — all on one line " + "long " * 120,
)

PEOPLE = (
    "Ada Lovelace",
    unicodedata.normalize("NFD", "Zoë Ångström-Nuñez"),
    "李小龍",
    "محمد بن موسى الخوارزمي",
    "שָׁלוֹם עֲלֵיכֶם",
    "Nguyễn Thị Minh Khai",
    'O\'Brien "Bob" <bob>',
    "👩‍🚀 Valentina",
)

NUMBERS = (
    "0", "-0", "1.0", "1.7", "92 %", "100", "007", "1e3", "1E-7", "9007199254740993", "99999999999999999999",
    "3,14", "١٢٫٥", "½", "Ⅳ", "true", "null", "NaN", "2026-01-01", "passed with distinction", "优秀", " 5 ",
)  # fmt: skip
"""Values of results: text that looks like numbers must stay the text that it is."""

LANGUAGES = ("en", "de", "es", "zh", "ar", "he-IL", "pt-BR", "zh-Hant-TW")
