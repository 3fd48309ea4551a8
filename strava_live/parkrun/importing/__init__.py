"""Import results that an athlete has pasted, in three steps: store a draft, preview a plan of changes, apply it."""
