"""The WebSockets of the site, one module for each.

They show a club's feed to members and on wall screens, and to a person their own sync runs and activities, what is sent
to their Bucket, their direct messages and their notifications.

The words of this package:

- hub: the object in each web process that knows all its sockets and writes a club's changes to them (strava_live.hub).
- connection: an open socket as the hub knows it, with what its client may read.
- command: a message from a client. Every message is described in docs/protocol.md.
- screen: a wall screen, such as a television in the club's café. It shows the feed, and opens it with a secret key.
- run: a sync run, which reads an athlete's activities from Strava. It goes on whether a socket shows it or not.
- mark: the number of the last change to an athlete's activities, or to a person's direct messages. Each message about
  them carries it.
- hello: the first message on every socket, with a snapshot of what the socket shows.
"""
