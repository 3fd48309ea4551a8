"""How the site is put together: settings, URLs, the ASGI application, logs, cache and channel layer."""
