/** Replaces the children of `parent`. Older televisions lack `replaceChildren`. */

export function refill(parent, children) {
  parent.textContent = "";
  parent.append(...children);
}
