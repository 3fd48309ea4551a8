"""How long tests wait for something that must happen: far longer than it takes, since the machine may be busy."""

PATIENCE_S = 150.0
PATIENCE_MS = PATIENCE_S * 1000
