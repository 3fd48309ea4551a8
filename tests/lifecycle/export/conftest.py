from tests.club_fixtures import club, code

__all__ = ["club", "code"]
