"""What a parkrun is: where and when events are held, whether an activity was one, and athletes' results.

An event is one of parkrun's places, such as Bushy parkrun. A listed event is on the list of events that parkrun
publishes, or was before it closed. An own event is on no list: one athlete named it, and only they see it. The series
of an event is 5k or junior (2 km, for children, on Sundays). An atlas holds all listed events in memory and finds them
by place or name. The catalogue of a process holds the current atlas, and makes a new one when the stored events have
changed.

The rules (rules.py) judge an activity: it was a parkrun (sure), may have been one (maybe: its athlete is asked), or was
none (no). A judgement is that certainty with its reasons. A title that says parkrun makes the rules more lenient; such
an activity is called titled.

A result is one athlete at one event on one date, on foot, as a volunteer, or both. Its official time is the one that
parkrun published, as typed in or imported by the athlete.
"""
