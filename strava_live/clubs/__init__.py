"""Clubs: their members and captains, and the two kinds of keys with which other people reach them.

The words of this package:

- A membership is one person in one club, or their request to join it.
- A captain is a member who manages the club.
- An invitation is an address with a secret code. Anyone who opens it may join the club, or ask to join.
- A screen is a display in a café, which shows the club's parkruns. It opens an address with a secret key, without
  sign-in.
- An eviction closes the sockets of a member or screen that may no longer read the club's feed.
- Figures are the numbers on a screen, such as the parkruns of this year and the longest streaks.
"""
