"""What is known of athletes' activities: one row of `Activity` for each.

An activity is found (read from Strava, deleted after a week), saved (kept) or dismissed (its athlete removed it, and no
sync saves it again). Its verdict says whether it was a parkrun: sure, maybe, or "" for no. A maybe waits until its
athlete answers "Was this a parkrun?". An activity is settled while a decision of its athlete holds: the parkrun rules
(`parkrun.rules`) do not change it. A mark is the number of a change. Each change to one of an athlete's activities
takes the next number. A client sends the last mark that it has seen, and gets the activities that have changed since.
"""
