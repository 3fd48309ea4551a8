/** Announces words to screen readers in the page's polite status line, at most once every few seconds. */

export function announcer(line, { every = 6_000 } = {}) {
  let spokenAt = -Infinity;
  let timer = 0;
  let next = "";

  function speak() {
    timer = 0;
    spokenAt = performance.now();
    line.textContent = typeof next === "function" ? next() : next;
  }

  /** Announce `words`, in place of any that are still waiting. They may be a function, called when it is their turn.
      Empty words clear the line. */
  return (words) => {
    next = words;
    if (words) timer ||= setTimeout(speak, Math.max(0, spokenAt + every - performance.now()));
    else line.textContent = "";
  };
}
