/** Speaks to screen readers through the page's one polite status line, at most once in a few seconds. */

export function announcer(line, { every = 6_000 } = {}) {
  let spokenAt = -Infinity;
  let timer = 0;
  let next = "";

  function speak() {
    timer = 0;
    spokenAt = performance.now();
    line.textContent = typeof next === "function" ? next() : next;
  }

  /** The last call counts: words that were not spoken yet are out of date. They may be a function, called when they are
      spoken. Empty words take back what was said. */
  return (words) => {
    next = words;
    if (words) timer ||= setTimeout(speak, Math.max(0, spokenAt + every - performance.now()));
    else line.textContent = "";
  };
}
