"""Send an athlete's saved activities to their own Bucket, a data store, and keep them up to date there.

A *sending* is one pass over what has changed since the last one. A user may choose that the Bucket *follows*: a job
then sends later changes automatically (following.py).

What Bucket stores for a person are Things; a Thing has Properties; a Property has rows, each with a timestamp in
milliseconds. This site keeps one Thing for an athlete, with one Property for each kind of value.
"""
