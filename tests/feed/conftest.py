from tests.feed.fixtures import club, hidden, ran, sharing

__all__ = ["club", "hidden", "ran", "sharing"]
