"""Direct messages between two people: conversations, and for each person the numbers that pages and sockets need.

Only the two people of a conversation read it. Captains, other members and the admin site do not.
"""
