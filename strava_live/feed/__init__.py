"""A club's feed: write entries, read them for pages and sockets, and count what the club's wall screens show.

The words of this package:

- entry: one item of a club's feed. Its kind is parkrun, milestone, history, post or joined.
- seq: the number of an entry's last change. A club's numbers rise by one with each addition, change and removal.
- epoch: the name of a club's sequence of numbers. Restoring a backup starts a new epoch.
- snapshot: the entries as read from the database for a client that connects, sent as the message `hello`.
- screen: a wall screen, such as a television in the club's café.
- figures: the numbers on a wall screen, such as parkruns today.
- cheer: a member's applause for an entry.
- reconcile: compare the entries that a club should have with those it has, then add, change and remove what differs.
- athlete's lock: a lock on one row of the database, held while a person's parkruns and the entries about them change.
- full history: an athlete has one once a sync has read all their activities from Strava. Until then, their number of
  parkruns is not known.
"""
