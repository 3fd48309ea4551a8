"""Joining, sharing, renaming and leaving: changes of a membership, with what each does to the club's feed.

A feed consists of numbered entries. A membership is one person in one club. For each club, a member chooses whether to
share their parkruns, and under which name to appear. Each change is made in one transaction with the changes of
entries that follow from it.
"""
