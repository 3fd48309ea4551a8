"""People, how they sign in, their connections to Strava, and the tokens of these connections.

The words of this package:

- A connection (`StravaConnection`) is what a user has granted this site at Strava: permissions (scopes), an access
  token, and a refresh token. Strava ends an access token after six hours.
- A refresh gets new tokens from Strava for the refresh token. The old refresh token may be invalid from then on.
- A revocation (`Revocation`) is a token that Strava must still be asked to end, because the athlete has disconnected.
- A lease (leases.py) is the time for which one process owns a row. Here it is a connection whose tokens the process
  refreshes.
- A link is allauth's record (`SocialAccount`) that a user may sign in with a Strava account. It holds no tokens.
"""
