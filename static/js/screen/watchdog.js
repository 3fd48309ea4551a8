/** Reloads a wall whose script did not start or has stopped, once the site answers. Plain old JavaScript, so that any
    browser can run it. */

(function () {
  var EVERY_MS = 60000;
  var PATIENCE_MS = 20000;
  var page = document.documentElement;
  var last = "";

  function check() {
    var pulse = page.getAttribute("data-pulse") || "";
    if (pulse && pulse !== last) {
      last = pulse;
      return;
    }
    var request = new XMLHttpRequest();
    request.onload = function () {
      if (request.status === 200) location.reload();
    };
    request.open("GET", location.href);
    request.timeout = PATIENCE_MS;
    request.send();
  }

  var timer = setInterval(check, EVERY_MS);
  document.addEventListener("wall-off", function () {
    clearInterval(timer);
  });
})();
