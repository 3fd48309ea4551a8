"""What happened to a person: mentions, replies, cheers, messages and the answers of captains.

Other packages write notifications with the functions of `noting.py`, in the transaction of what has happened. Pages,
sockets and the API read them with `newest.py`, which makes their words for the reader.
"""
