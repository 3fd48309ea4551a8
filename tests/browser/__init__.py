"""Tests in Chromium, with the real site in processes of its own.

Words that the modules use:

- **wall**: the page of a wall screen, a television in the club's café that shows the feed.
- **moment**: the large announcement of a new parkrun on a wall.
- **board**: the list of the day's parkruns on a wall. **scenes**: the slides with totals beside it.
- **live**: said of a page whose socket is connected.
"""
