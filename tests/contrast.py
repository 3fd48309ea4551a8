"""The contrast of colours, and the pairs of text colour and background that pages have."""


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast ratio."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = (linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def pairs(grounds: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(front, ground) for front, under in grounds.items() for ground in under]
