"""Colours of a brand, made readable: WCAG contrast, and as little change as it takes."""

from __future__ import annotations

import colorsys
import re

READABLE = 4.5
"""The contrast that WCAG 2.2 AA asks of text."""

_COLOUR = re.compile(r"#[0-9a-f]{6}")


def colour_or(text: str, usual: str) -> str:
    """The colour in lower case, or the usual one where it is none."""
    text = text.strip().lower()
    return text if _COLOUR.fullmatch(text) else usual


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white), as WCAG 2 defines it."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def readable(colour: str, background: str, ratio: float = READABLE) -> str:
    """The colour, darkened or lightened until it can be read on the background; its hue stays."""
    if contrast(colour, background) >= ratio:
        return colour
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    end = 0.0 if contrast("#000000", background) > contrast("#ffffff", background) else 1.0
    for step in range(1, 101):
        moved = lightness + (end - lightness) * step / 100
        adjusted = _text(colorsys.hls_to_rgb(hue, moved, saturation))
        if contrast(adjusted, background) >= ratio:
            return adjusted
    return "#000000" if end == 0.0 else "#ffffff"


def text_on(background: str) -> str:
    """White or black, whichever is read more easily; one of them has contrast enough on every colour."""
    white, dark = contrast("#ffffff", background), contrast("#000000", background)
    return "#ffffff" if white >= min(dark, READABLE) else "#000000"


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def _text(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)


def _luminance(colour: str) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
