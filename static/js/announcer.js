/** Speaks to screen readers through the page's one polite status line, at most once in a few seconds. */

export function announcer(line, { every = 6_000 } = {}) {
  let spokenAt = -Infinity;
  let timer = 0;
  let next = "";

  function speak() {
    timer = 0;
    spokenAt = performance.now();
    line.textContent = next;
  }

  /** What is said last counts: a line that was not spoken yet is out of date by now. No words take back the last. */
  return (words) => {
    next = words;
    if (words) timer ||= setTimeout(speak, Math.max(0, spokenAt + every - performance.now()));
    else line.textContent = "";
  };
}
