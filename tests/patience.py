"""How long a test waits for what has to come: far longer than it takes, so that only what never comes fails a test."""

PATIENCE_S = 60.0
PATIENCE_MS = PATIENCE_S * 1000
