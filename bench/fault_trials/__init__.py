"""Faults under a running site, and the people who use it meanwhile: what each sees, and when all is well again."""
