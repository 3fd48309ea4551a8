"""Joining, sharing, renaming and leaving: changes of a membership, with what each does to the club's feed.

A feed consists of numbered entries. A membership is one person in one club. What a member shares, their parkruns or
nothing, and the name that is shown, are chosen for each club. Each function here changes the membership and the entries
that follow from it in one transaction.
"""
