/** The site's service worker, served as /sw.js. Its first line, which the server adds, is `const SHELL = {…};`: the
 *  version, files and pages of this deploy (strava_live/web/app_shell.py).
 *
 *  It stores the shell only: files that are the same for everybody, and the offline page. Pages, answers of the API and
 *  anything about a person are never stored, so pages always come from the network and are never out of date.
 *
 *  A new worker takes over as soon as its shell is stored. An open page notices nothing: its scripts have been loaded,
 *  and what it asks for is not in the shell. */

const CACHE = `shell-${SHELL.version}`;
const [OFFLINE, OFFLINE_SENT] = SHELL.pages;
const WALL = /^\/clubs\/[^/]+\/screen\//;

addEventListener("install", (event) => event.waitUntil(Promise.all([storeShell(), skipWaiting()])));
addEventListener("activate", (event) =>
  event.waitUntil(Promise.all([deleteOldCaches(), registration.navigationPreload?.enable()])),
);
addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") event.respondWith(pageOrOffline(event));
  else if (isShellFile(request)) event.respondWith(shellFile(request));
});
addEventListener("push", (event) => event.waitUntil(receive(event.data)));
addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show(addressOf(event.notification)));
});
addEventListener("pushsubscriptionchange", (event) => event.waitUntil(subscribeAgain()));

/** Store the shell, or fail: the browser then keeps the old worker and tries again when a page is opened. */
async function storeShell() {
  try {
    const cache = await caches.open(CACHE);
    const files = SHELL.files.map((url) => new Request(url, { credentials: "omit" }));
    await Promise.all([cache.addAll(files), ...SHELL.pages.map((url) => storePage(cache, url))]);
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

/** While a deploy is under way, an old process may answer: its page names files that are not in this shell. */
async function storePage(cache, url) {
  const answer = await fetch(url, { cache: "no-store", credentials: "omit" });
  if (!answer.ok || answer.headers.get("Shell-Version") !== SHELL.version) throw new Error(`another version of ${url}`);
  await cache.put(url, answer);
}

async function deleteOldCaches() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
}

async function pageOrOffline(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    const page = event.request.method === "GET" ? OFFLINE : OFFLINE_SENT;
    return (await stored(page)) ?? Response.error();
  }
}

function isShellFile({ method, url }) {
  const { origin, pathname } = new URL(url);
  return method === "GET" && origin === location.origin && SHELL.files.includes(pathname);
}

/** The browser's own cache has these files for a year. Ours is for the time without a connection. */
async function shellFile(request) {
  try {
    const answer = await fetch(request);
    return answer.ok ? answer : ((await stored(request)) ?? answer);
  } catch {
    return (await stored(request)) ?? Response.error();
  }
}

async function stored(request) {
  const cache = await caches.open(CACHE);
  return cache.match(request);
}

/** Show a push message, or take back the notification that it names. */
function receive(data) {
  const message = read(data);
  if (message.close) return closeAll(message.close);
  const { title, navigate, ...options } = message.notification;
  return registration.showNotification(title, { icon: SHELL.icon, badge: SHELL.badge, ...options, data: { navigate } });
}

/** Return the message, or a general one if it cannot be read: browsers insist that each push message is shown. */
function read(data) {
  try {
    const message = data.json();
    if (message.close || message.notification.title) return message;
  } catch {
    // Not JSON, or of another shape.
  }
  return { notification: SHELL.unknown };
}

async function closeAll(tag) {
  for (const notification of await registration.getNotifications({ tag })) notification.close();
}

/** Replace a subscription that the browser has ended. The site's key and the CSRF token come from the settings page,
 *  which has no key if the person is signed out, or has no notifications in this session. Then do nothing. */
async function subscribeAgain() {
  const page = await fetch("/settings/");
  const text = await page.text();
  const [key, token] = [/ data-push-key="([\w-]+)"/, / name="csrfmiddlewaretoken" value="(\w+)"/].map(
    (pattern) => pattern.exec(text)?.[1],
  );
  if (!key || !token) return;
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const answer = await fetch("/notifications/subscriptions/", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ ...subscription.toJSON(), renew: true }),
  });
  if (!answer.ok) return;
  const { subscribed } = await answer.json();
  if (!subscribed) await subscription.unsubscribe(); // the person has removed this browser, in another one
}

/** Where a notification leads: an address of this site, whatever the message said. */
function addressOf(notification) {
  const home = `${location.origin}/`;
  try {
    const address = new URL(notification.data.navigate, home);
    return address.origin === location.origin ? address.href : home;
  } catch {
    return home;
  }
}

/** Bring an open page of the site to the front and lead it to the address, or open a new one. Leave wall screens alone. */
async function show(address) {
  const all = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const pages = all.filter(({ url }) => !WALL.test(new URL(url).pathname));
  const page = pages.find(({ url }) => url === address) ?? pages[0]; // the one that was in front last
  if (!page) return clients.openWindow(address);
  await page.focus().catch(() => page); // a browser may refuse
  if (page.url === address) return page;
  return page.navigate(address).catch(() => clients.openWindow(address)); // a page that this worker does not control
}
