"""Texts of invisible characters only. The site must refuse a name or post that is one of them."""

INVISIBLE = ["\u3164", "\u115f", "\u2800", "\u034f", "\ufe0f", "\U000e0101", "\u17b4", "\u200d \u200c", "\u3164\n "]
