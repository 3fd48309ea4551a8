"""Options of Chromium for machines without internet access, where its background requests fail and slow tests down."""

QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
]
