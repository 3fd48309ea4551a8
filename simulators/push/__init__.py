"""A stand-in for push services such as those of Google, Mozilla, Apple and Microsoft. `python -m simulators.push -h`.

It takes messages at any path, checks them as push services do, and stores their headers and bodies. Words that the
modules use:

- **browser**: a made-up browser that is subscribed here. The stand-in has the browser's private key, so it can decrypt
  the browser's messages and show them on the page. A message for any other path is stored encrypted.
- **endpoint**: the address of a browser's subscription, to which the site sends.
- **VAPID**: the token in a request that says which site has sent it, and the site's key, which has signed it.
- **control call**, **fault**: as in the stand-in for Strava (simulators/strava/__init__.py).

One port serves all: control calls under `/_control/`, where a page shows the messages, and messages at every other
path. `simulators/push_process.py` starts it for tests.
"""
