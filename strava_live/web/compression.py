"""Pages and JSON go out compressed when the browser takes gzip.

Django's GZipMiddleware pads every answer by a random length, which hides a page's secrets from an attack that measures
compressed sizes (BREACH); the token in each form is masked anew in every answer too. Streams stay as they are: they
would wait for the compressor to fill.
"""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

WORTH_IT = 1000
"""Bytes; what is smaller fits into one packet anyway."""
TEXT = ("text/", "application/json", "image/svg+xml")


class CompressionMiddleware(GZipMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not isinstance(response, HttpResponse) or len(response.content) < WORTH_IT:
            return response
        if not response.headers.get("Content-Type", "").startswith(TEXT):
            return response
        compressed: HttpResponseBase = super().process_response(request, response)
        if request.method == "HEAD" and compressed.has_header("Content-Encoding"):
            del compressed.headers["Content-Length"]  # the padding of each answer is another
        return compressed
