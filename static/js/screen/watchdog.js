/** Looks after the page of a wall, which nobody sits before: where its script does not come to life, or has died, the
    page is loaded anew, once the site is there to be loaded from. A plain script, that any browser can read. */

(function () {
  var EVERY_MS = 60000;
  var page = document.documentElement;
  var last = "";

  function look() {
    var pulse = page.getAttribute("data-pulse") || "";
    if (page.hasAttribute("data-off") || (pulse && pulse !== last)) {
      last = pulse;
      return;
    }
    var ask = new XMLHttpRequest();
    ask.onload = function () {
      if (ask.status === 200) location.reload();
    };
    ask.open("GET", location.href);
    ask.send();
  }

  setInterval(look, EVERY_MS);
})();
