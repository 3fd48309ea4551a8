/** Keeps a screen awake, hides its pointer, and shifts its picture against burn-in. */

const REST_AFTER_MS = 3000;
const SHIFT_EVERY_MS = 60000;
/** Positions around a square, too close together to be noticed. */
const SHIFTS = [
  [0, 0],
  [3, 0],
  [3, 3],
  [0, 3],
  [-3, 3],
  [-3, 0],
  [-3, -3],
  [0, -3],
  [3, -3],
];

export function keepAwake(frame, life) {
  let timer = 0;
  let place = 0;
  let held = null;

  async function lock() {
    if (document.hidden || !navigator.wakeLock) return;
    // The browser may refuse, for example on low battery; then the machine's own settings apply.
    held = await navigator.wakeLock.request("screen").catch(() => null);
    if (life.isOver) release();
  }

  function release() {
    if (held) held.release();
  }

  function hidePointerSoon() {
    document.body.classList.remove("screen-resting");
    life.cancel(timer);
    timer = life.after(REST_AFTER_MS, () => document.body.classList.add("screen-resting"));
  }

  function toggleFullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (document.documentElement.requestFullscreen) document.documentElement.requestFullscreen();
  }

  function shift() {
    place = (place + 1) % SHIFTS.length;
    const [x, y] = SHIFTS[place];
    frame.style.transform = `translate(${x}px, ${y}px)`;
  }

  life.listen(document, "visibilitychange", lock);
  life.listen(window, "pointermove", hidePointerSoon);
  life.listen(window, "dblclick", toggleFullScreen);
  life.listen(window, "keydown", (event) => event.key === "f" && toggleFullScreen());
  life.every(SHIFT_EVERY_MS, shift);
  life.atEnd(release);
  lock();
  hidePointerSoon();
}
