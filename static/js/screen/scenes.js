/** Shows the server's scenes in turn, and the pages of a scene's long list in turn. */

import { readingTime, showPage } from "./pages.js";

const ROWS_OF_WORDS = 6;

export function sceneTurner(element, life) {
  const items = new WeakMap();
  let written = "";
  let scene = "";
  let page = { first: 0, end: 0 };
  let isHeld = false;
  let timer = 0;

  function all() {
    return Array.from(element.querySelectorAll("[data-scene]"));
  }

  function current() {
    return all().find((one) => one.dataset.scene === scene);
  }

  function listOf(one) {
    const list = one && one.querySelector("[data-list]");
    if (list && !items.has(list)) items.set(list, Array.from(list.children));
    return list;
  }

  /** Show the current scene from the row it has reached, or the first scene if the current one is gone. */
  function show() {
    const shown = current() || all()[0];
    if (shown !== current()) page = { first: 0, end: 0 };
    scene = shown ? shown.dataset.scene : "";
    for (const one of all()) one.classList.toggle("scene-on", one === shown);
    const list = listOf(shown);
    if (!list) return;
    const rows = items.get(list);
    page = showPage(list, { count: rows.length, from: page.first, rowAt: (index) => rows[index] });
  }

  function turn() {
    const list = listOf(current());
    const hasMore = list && page.end < items.get(list).length;
    if (!hasMore) scene = following();
    page = { first: hasMore ? page.end : 0, end: 0 };
    show();
    plan();
  }

  function following() {
    const scenes = all();
    const next = scenes[(scenes.findIndex((one) => one.dataset.scene === scene) + 1) % scenes.length];
    return next ? next.dataset.scene : "";
  }

  function plan() {
    life.cancel(timer);
    const list = listOf(current());
    if (!isHeld) timer = life.after(readingTime(list ? page.end - page.first : ROWS_OF_WORDS), turn);
  }

  element.classList.add("scenes-turning");
  show();
  plan();

  return {
    show,

    /** Replace the scenes by the server's HTML and stay on the current one. */
    write(html) {
      if (written === html) return;
      element.innerHTML = written = html;
      show();
    },

    /** Remove everything with a member's name until the server's next HTML. */
    forgetNames() {
      for (const one of element.querySelectorAll("[data-named]")) one.remove();
      written = "";
      show();
    },

    /** Hold the current scene, or let it start its full time again. */
    hold(on) {
      if (on === isHeld) return;
      isHeld = on;
      plan();
    },
  };
}
