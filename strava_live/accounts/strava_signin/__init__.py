"""Sign in with Strava, or connect it to an account, through allauth with this site's Strava client.

A grant is what Strava returns when an athlete has consented: tokens, scopes, and who the athlete is.
"""
