"""Send the changes of clubs' feeds to the WebSockets and event streams of this process.

The daphne server that we run is here, too.

The words of this package:

- hub: the one object in each web process that receives events from the channel layer and writes them to sockets.
- connection: an open socket or event stream as the hub knows it, with what its client may read.
- event stream, or stream: the messages of a socket as server-sent events, in an HTTP answer that stays open.
- sink: the object that sends the bytes of one stream.
- screen: a wall screen, such as a television in the club's café. It shows the feed, and opens it with a secret key.
- room: the list of this process's connections that read the feed of one club.
- change: the addition, edit or removal of one entry of a club's feed. It takes the club's next number, its `seq`.
- snapshot: a feed as read from the database for a new connection, which gets it as its first message, `hello`.
- epoch: the name of a club's sequence of numbers. Restoring a backup starts a new epoch.
- eviction: closing the connections of a session, API token, person, member or screen that may no longer read.
- presence: how many members and screens have a club's feed open; these are the feed's watchers.
- database: the site's database. It has every change. The channel layer is faster, but may lose events.
"""
