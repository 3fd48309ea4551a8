"""The pages of the site: for most pages a module of views (`*_page.py`) and a module of its texts (`*_words.py`).

Words that the modules use:

- **maybe**: an activity that may be a parkrun; the athlete decides.
- **run**: one import of an athlete's activities from Strava (`SyncRun`).
- **entry**: one thing in a club's feed, such as a parkrun, a milestone or a post (`Entry`).
- **screen**, **wall**: a television in the club's café that shows the feed. Its address contains a secret key.
- **key**: the secret in the address of a screen or an invitation.
- **words**: the texts that a template shows, built in Python.
- **cursor**: where a page of a list begins (`before` in the query string).
"""
