/** Switches the theme from the header's menu. The choice is stored in a cookie, so that the server renders the page with it
 *  and the first paint is right. Without a choice, and without JavaScript, the device's setting applies. */

const YEAR_S = 365 * 24 * 3600;

export function themeSwitch(fieldset) {
  fieldset.hidden = false;
  fieldset.addEventListener("change", (event) => {
    store(event.target.value);
    show(event.target.value);
  });
  const refresh = () => {
    showStoredTheme();
    fieldset.querySelector(`[value="${storedTheme()}"]`).checked = true;
  };
  document.addEventListener("visibilitychange", refresh); // another tab may have changed it
  window.addEventListener("pageshow", refresh); // or a later page, before Back restored this one
}

/** The offline page is the same for everybody: the server has not rendered it with the theme. */
export function showStoredTheme() {
  show(storedTheme());
}

function storedTheme() {
  const found = document.cookie.match(/(?:^|; )theme=(light|dark)(?:;|$)/);
  return found ? found[1] : "";
}

function store(theme) {
  const age = theme ? YEAR_S : 0;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${theme}; path=/; max-age=${age}; samesite=lax${secure}`;
}

function show(theme) {
  const page = document.documentElement;
  if (theme) page.dataset.theme = theme;
  else delete page.dataset.theme;
  for (const meta of document.querySelectorAll("meta[data-scheme]")) {
    const scheme = meta.dataset.scheme;
    const wanted = scheme === theme ? "all" : "not all";
    meta.media = theme ? wanted : `(prefers-color-scheme: ${scheme})`;
  }
}
