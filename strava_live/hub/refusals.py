"""The error page for a request that our daphne refuses before it reaches Django (see daphne_http)."""

from html import escape

from django.conf import settings

BAD_REQUEST, REQUEST_TIMEOUT, CONTENT_TOO_LARGE = 400, 408, 413
REASONS = {BAD_REQUEST: "Bad Request", REQUEST_TIMEOUT: "Request Timeout", CONTENT_TOO_LARGE: "Content Too Large"}
SENTENCES = {
    BAD_REQUEST: "We couldn't read what your browser sent. Please go back and try again.",
    REQUEST_TIMEOUT: "That took too long to reach us. Please check your connection and try again.",
    CONTENT_TOO_LARGE: "That's too big for us: please send at most {megabytes} MB at a time.",
}
# The colours are those of static/css/tokens.css.
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{sentence}</title>
<style>
:root {{ color-scheme: light dark }}
body {{ margin: 0; padding: 3rem 1.5rem; font: 1.3rem/1.5 "Avenir Next", "Segoe UI", system-ui, sans-serif;
  color: #13261d; background: #f1f6f1 }}
main {{ max-width: 38rem; margin: auto }}
b {{ color: #14573f }}
@media (prefers-color-scheme: dark) {{ body {{ color: #ecf3ee; background: #0d1714 }} b {{ color: #8fdcb6 }} }}
</style>
<main><b>{site_name}</b><p>{sentence}</main>
"""


def refusal(status: int, *, with_body: bool) -> bytes:
    """Return a complete HTTP response for a status. The caller must close the connection after it."""
    sentence = SENTENCES[status].format(megabytes=settings.REQUEST_BODY_MOST // 2**20)
    page = PAGE.format(sentence=escape(sentence, quote=False), site_name=escape(settings.SITE_NAME)).encode()
    head = (
        f"HTTP/1.1 {status} {REASONS[status]}\r\n"
        "Content-Type: text/html; charset=utf-8\r\n"
        f"Content-Length: {len(page)}\r\n"
        "Cache-Control: no-store\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + (page if with_body else b"")
