"""Texts that show nothing: names and posts must not consist of one of these."""

INVISIBLE = ["\u3164", "\u115f", "\u2800", "\u034f", "\ufe0f", "\U000e0101", "\u17b4", "\u200d \u200c", "\u3164\n "]
