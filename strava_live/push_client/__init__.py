"""Web Push without Django: encrypt a notification for a browser, and send it to the browser's push service.

- A **push service** belongs to the maker of a browser. It takes messages for browsers, and passes them on.
- A **subscription** of a browser has an **endpoint**, which is the secret address at the push service to which messages
  for this browser are sent, and two keys, with which they are encrypted so that the push service cannot read them.
- **VAPID** is how this site shows a push service who it is: each request has a token that the site's key has signed. A
  browser subscribes for one key, so that only its owner can send to the subscription.
"""
