"""Imports pasted results in three steps: store a draft, show a plan of what it would change, apply the plan."""
