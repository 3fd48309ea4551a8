"""What `manage.py strava_review` writes: pictures and texts of every page with data from Strava, for Strava's review.

The pictures show a throw-away site on this machine. It has this site's code and settings, but a database of its own,
and gets made-up athletes from the stand-in for Strava. So no person's data is published, no request reaches Strava,
and nothing changes on the real site.
"""
