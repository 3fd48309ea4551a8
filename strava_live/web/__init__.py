"""The pages of the site, the webhook, /metrics and the health checks.

Most views are in `*_page.py`, most texts in `*_words.py`.

Words that the modules use:

- **maybe**: an activity that may be a parkrun; the athlete decides.
- **run**: a sync run (`SyncRun`), such as one import of an athlete's activities from Strava. In the texts of pages and
  in `activities.summary`, a run is what an athlete does on foot.
- **entry**: one thing in a club's feed, such as a parkrun, a milestone or a post (`Entry`).
- **screen**, **wall**: a television in the club's café that shows the feed. Its address contains a secret key.
- **key**: an invitation or a screen, or the secret in its address.
- **words**: the texts that a template shows, built in Python.
- **cursor**: where a page of a list begins (`before` in the query string).
"""
