/** The scenes that the server has written, one after another, and a long list of a scene page by page. */

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

  function present() {
    return all().find((one) => one.dataset.scene === scene);
  }

  function listOf(one) {
    const list = one && one.querySelector("[data-list]");
    if (list && !items.has(list)) items.set(list, Array.from(list.children));
    return list;
  }

  /** The present scene from the row it has reached, or the first scene if the present one is gone. */
  function show() {
    const shown = present() || all()[0];
    if (shown !== present()) page = { first: 0, end: 0 };
    scene = shown ? shown.dataset.scene : "";
    for (const one of all()) one.classList.toggle("scene-on", one === shown);
    const list = listOf(shown);
    if (!list) return;
    const rows = items.get(list);
    page = showPage(list, { count: rows.length, from: page.first, rowAt: (index) => rows[index] });
  }

  function turn() {
    const list = listOf(present());
    const hasMore = list && page.end < items.get(list).length;
    if (!hasMore) scene = following();
    page = { first: hasMore ? page.end : 0, end: 0 };
    show();
    plan();
  }

  function following() {
    const here = all();
    const next = here[(here.findIndex((one) => one.dataset.scene === scene) + 1) % here.length];
    return next ? next.dataset.scene : "";
  }

  function plan() {
    life.cancel(timer);
    const list = listOf(present());
    if (!isHeld) timer = life.after(readingTime(list ? page.end - page.first : ROWS_OF_WORDS), turn);
  }

  element.classList.add("scenes-turning");
  show();
  plan();

  return {
    show,

    /** From the server; the scene that is being read stays. */
    write(html) {
      if (written === html) return;
      element.innerHTML = written = html;
      show();
    },

    /** Remove what names anybody until the server has written the scenes again. */
    forgetNames() {
      for (const one of element.querySelectorAll("[data-named]")) one.remove();
      written = "";
      show();
    },

    /** Nothing turns while it is held; after that the scene has its whole time. */
    hold(on) {
      if (on === isHeld) return;
      isHeld = on;
      plan();
    },
  };
}
