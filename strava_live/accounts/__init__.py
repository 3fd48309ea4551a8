"""People, how they sign in, their connections to Strava, and the tokens of these connections.

The words of this package:

- A connection (`StravaConnection`) is what a user has granted this site at Strava: permissions (scopes), an access
  token, and a refresh token. Strava ends an access token after six hours.
- A refresh exchanges the refresh token for new tokens at Strava. The old refresh token may be invalid from then on.
- A revocation (`Revocation`) is a token that this site asks Strava to end, because the athlete has disconnected, or
  because the site has not accepted what the athlete granted.
- A lease (`strava_live.leases`) is the time for which one process owns a row. Here the row is a connection, and its
  owner is the process that refreshes its tokens.
- A link is allauth's record (`SocialAccount`) that a user may sign in with a Strava account. It holds no tokens.
"""
