/** These children and no others; `replaceChildren` is newer than many a television. */

export function refill(parent, children) {
  parent.textContent = "";
  parent.append(...children);
}
