/** Keeps a screen awake, its pointer out of sight, and its picture from burning in. */

const REST_AFTER_MS = 3000;
const SHIFT_EVERY_MS = 60000;
/** Around a square, a few points at a time: too little to be seen, and no point of light stays for hours. */
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
    // It may be refused, on low battery for one; then the machine's own settings hold.
    held = await navigator.wakeLock.request("screen").catch(() => null);
    if (life.isOver) release();
  }

  function release() {
    if (held) held.release();
  }

  function rest() {
    document.body.classList.remove("screen-resting");
    life.cancel(timer);
    timer = life.after(REST_AFTER_MS, () => document.body.classList.add("screen-resting"));
  }

  function fill() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (document.documentElement.requestFullscreen) document.documentElement.requestFullscreen();
  }

  function shift() {
    place = (place + 1) % SHIFTS.length;
    const [x, y] = SHIFTS[place];
    frame.style.transform = `translate(${x}px, ${y}px)`;
  }

  life.listen(document, "visibilitychange", lock);
  life.listen(window, "pointermove", rest);
  life.listen(window, "dblclick", fill);
  life.listen(window, "keydown", (event) => event.key === "f" && fill());
  life.every(SHIFT_EVERY_MS, shift);
  life.atEnd(release);
  lock();
  rest();
}
