from tests.feed.fixtures import club

__all__ = ["club"]
