/** On every page of a signed-in person: keeps the counts in the header, the list in the menu and the page of
    notifications up to date over one socket. What is read on one device is read on all. */

import { fetchPage } from "./fetch_json.js";
import { dayAndTime } from "./formats.js";
import { morph } from "./live/morph.js";
import { openSocket } from "./live/socket.js";

const MOST_SHOWN = 99;
const NEWEST = 20;
const REFRESH_AFTER_MS = 300;

const menu = document.querySelector("[data-notes-menu]");
if (menu) start();

function start() {
  const list = menu.querySelector("[data-notes]");
  const readAll = menu.querySelector("[data-read-all]");
  let notes = [];
  let refreshTimer = 0;

  const socket = openSocket("/ws/notifications/", {
    position: () => null,
    receive,
    say: (name) => name, // the header does not show the state of its connection
    showStatus: () => {},
  });

  function receive(message) {
    if (message.unread !== undefined) {
      showCount(menu.querySelector("[data-notifications-count]"), message.unread);
      showCount(document.querySelector("[data-messages-count]"), message.messages);
      if (!message.unread && readAll.contains(document.activeElement)) menu.querySelector("summary").focus();
      readAll.hidden = !message.unread;
    }
    if (message.type === "hello") begin(message.notifications);
    else if (message.type.startsWith("notification.")) change(message);
  }

  function begin(newest) {
    if (document.hidden) sayVisible();
    if (JSON.stringify(notes) !== JSON.stringify(newest) && !list.hidden) refreshPage();
    notes = newest;
    draw();
  }

  function change({ notification, id }) {
    const changed = notification ? notification.id : id;
    notes = notes.filter((note) => note.id !== changed).concat(notification || []);
    notes.sort((one, other) => (one.at < other.at ? 1 : -1)).splice(NEWEST);
    draw();
    refreshPage();
  }

  function draw() {
    const focused = list.contains(document.activeElement) && document.activeElement.parentElement.dataset.id;
    list.replaceChildren(...notes.map(row));
    list.hidden = !notes.length;
    menu.querySelector("[data-no-notes]").hidden = notes.length > 0;
    const again = focused && list.querySelector(`[data-id="${focused}"] > a`);
    if (again) again.focus();
  }

  function row(note) {
    const item = document.createElement("li");
    item.className = "note";
    item.dataset.id = note.id;
    if (!note.read) item.dataset.unread = "";
    const link = document.createElement("a");
    link.className = "note-link";
    link.href = note.url;
    if (!note.read) link.append(part("span", "only-read-aloud", "Unread: "));
    link.append(part("span", "note-says", note.says), part("time", "note-at", dayAndTime(Date.parse(note.at))));
    link.addEventListener("click", () => {
      if (!note.read) markRead(note.id);
      menu.open = false;
    });
    item.append(link);
    return item;
  }

  /** Without the socket, send what the form of /notifications/ sends. The page may be left before the answer. */
  function markRead(id) {
    if (socket.send({ type: "notification.read", id })) return;
    const { value } = readAll.elements.namedItem("csrfmiddlewaretoken");
    const body = new URLSearchParams({ csrfmiddlewaretoken: value, id });
    fetch(readAll.action, { method: "POST", body, keepalive: true, redirect: "manual" }).catch(() => {
      // No connection: it stays unread.
    });
  }

  /** The page /notifications/ shows the same in more detail: fetch it again. */
  function refreshPage() {
    const shown = document.querySelector("[data-notes-page]");
    if (!shown) return;
    clearTimeout(refreshTimer);
    refreshTimer = setTimeout(async () => {
      const page = await fetchPage(location.href);
      const fresh = page && page.querySelector("[data-notes-page]");
      if (fresh) morph(shown, fresh);
    }, REFRESH_AFTER_MS);
  }

  function sayVisible() {
    socket.send({ type: "page.visible", visible: !document.hidden });
  }

  readAll.addEventListener("submit", (event) => {
    if (socket.send({ type: "notification.read", all: true })) event.preventDefault();
  });
  document.addEventListener("visibilitychange", sayVisible);
}

function showCount(badge, count) {
  if (!badge) return;
  badge.textContent = count > MOST_SHOWN ? `${MOST_SHOWN}+` : count;
  badge.hidden = !count;
  badge.parentElement.querySelector("[data-unread]").hidden = !count;
}

function part(name, className, text) {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}
