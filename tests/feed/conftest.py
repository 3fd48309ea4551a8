from tests.feed.fixtures import club, ran, sharing

__all__ = ["club", "ran", "sharing"]
