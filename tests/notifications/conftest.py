from tests.club_fixtures import captains_post, club, code, member, other_club

__all__ = ["captains_post", "club", "code", "member", "other_club"]
