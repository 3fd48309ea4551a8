/** Keeps a screen awake, its pointer out of sight, and its picture from burning in. */

const REST_AFTER_MS = 3000;
const SHIFT_EVERY_MS = 60000;
/** Around a square, a few points at a time: nobody sees it, and no point of light stays for hours. */
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

export function keepAwake(frame) {
  let timer = 0;
  let place = 0;

  async function lock() {
    if (document.hidden || !navigator.wakeLock) return;
    // It may be refused, on low battery for one; then the machine's own settings hold.
    await navigator.wakeLock.request("screen").catch(() => null);
  }

  function rest() {
    document.body.classList.remove("screen-resting");
    clearTimeout(timer);
    timer = setTimeout(() => document.body.classList.add("screen-resting"), REST_AFTER_MS);
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

  document.addEventListener("visibilitychange", lock);
  addEventListener("pointermove", rest);
  addEventListener("dblclick", fill);
  addEventListener("keydown", (event) => event.key === "f" && fill());
  setInterval(shift, SHIFT_EVERY_MS);
  lock();
  rest();
}
