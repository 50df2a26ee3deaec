"""Earnings by month as a picture: bars of what was kept, in whole units of the drawing.

Numbers are on the bars where they fit and always in the description, so that nothing is told by height or
colour alone.
"""

from __future__ import annotations

from html import escape

from academe.services.tip.reports.documents import every_month
from academe.services.tip.reports.model import Earnings
from academe.services.tip.statements.words import Words

WIDTH, HEIGHT = 760, 380
LEFT, RIGHT, TOP, BOTTOM = 96, 16, 56, 330
BAR, GAP = 34, 54
"""Widths of a bar, and from one bar to the next."""
LINES_MAX = 5
"""Lines across the picture above or below zero."""
INK, QUIET, GAIN, LOSS = "#1f2933", "#9aa5b1", "#1f6f8b", "#b4441c"


def chart_svg(earnings: Earnings, words: Words) -> str:
    """The picture, WIDTH by HEIGHT, with a title and a description for those who cannot see it."""
    months, code = every_month(earnings), earnings.currency_code
    amounts = [line.net for line in months]
    step = step_of(max(*amounts, 0), -min(*amounts, 0))
    high = -(-max(*amounts, 0) // step) * step
    low = min(*amounts, 0) // step * step
    reach = max(high - low, 1)
    # Numbers that would run into each other are left to the axis, the tooltips and the description.
    longest = max(len(words.amount(amount, code)) for amount in amounts)

    def top(amount: int) -> int:
        return TOP + (high - amount) * (BOTTOM - TOP) // reach

    title = f"{words('earnings', year=earnings.year)} ({code})"
    parts = [_head(f"earnings-{earnings.year}-{code}", title, _description(earnings, words))]
    for amount in range(low, high + 1, step):
        parts.append(_line(top(amount), INK if amount == 0 else QUIET))
        parts.append(_text(LEFT - 8, top(amount) + 4, words.amount(amount, code), "end"))
    for place, (line, amount) in enumerate(zip(months, amounts, strict=True)):
        left = LEFT + 12 + place * GAP
        upper, lower = top(max(amount, 0)), top(min(amount, 0))
        name = words.month(int(line.key[-2:]))
        label = f"{name}: {words.amount(amount, code)} {code}"
        parts.append(
            f'<rect x="{left}" y="{upper}" width="{BAR}" height="{lower - upper}" '
            f'fill="{GAIN if amount >= 0 else LOSS}"><title>{escape(label)}</title></rect>'
        )
        if amount and longest <= 12:
            above = upper - 4 if amount > 0 else lower + 12
            size = 9 if longest <= 9 else 7
            parts.append(_text(left + BAR // 2, above, words.amount(amount, code), "middle", size))
        parts.append(_text(left + BAR // 2, BOTTOM + 30, name[:3], "middle"))
    return "\n".join([*parts, "</svg>\n"])


def step_of(high: int, low: int) -> int:
    """The least of 1, 2 and 5 times a power of ten by which both sides of zero have few enough lines."""
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if -(-high // step) <= LINES_MAX and -(-low // step) <= LINES_MAX:
                return step
        power *= 10


def _head(name: str, title: str, description: str) -> str:
    """`name` makes the ids unique on a page with several pictures."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" aria-labelledby="{name}-title {name}-description" '
        'font-family="DejaVu Sans, Noto Sans, Arial, sans-serif">'
    )
    return "\n".join(
        [
            svg,
            f'<title id="{name}-title">{escape(title)}</title>',
            f'<desc id="{name}-description">{escape(description)}</desc>',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
            _text(LEFT, 30, title, "start", 16),
        ]
    )


def _line(height: int, colour: str) -> str:
    return f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{height}" y2="{height}" stroke="{colour}"/>'


def _description(earnings: Earnings, words: Words) -> str:
    code = earnings.currency_code
    months = "; ".join(
        f"{words.month(int(line.key[-2:]))} {words.amount(line.net, code)}" for line in every_month(earnings)
    )
    return words(
        "chart_description",
        year=earnings.year,
        currency=code,
        total=words.amount(earnings.total.net, code),
        months=months,
    )


def _text(left: int, baseline: int, text: str, anchor: str, size: int = 11) -> str:
    return (
        f'<text x="{left}" y="{baseline}" text-anchor="{anchor}" font-size="{size}" fill="{INK}">'
        f"{escape(text)}</text>"
    )
