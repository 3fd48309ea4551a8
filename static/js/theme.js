/** The theme switch in the header's menu. The choice is a cookie of this device, so that the server writes it into the
 *  page and the first paint has it already. Without a choice, and without JavaScript, the device's setting holds. */

const YEAR_S = 365 * 24 * 3600;

export function themeSwitch(fieldset) {
  fieldset.hidden = false;
  fieldset.addEventListener("change", (event) => {
    keep(event.target.value);
    show(event.target.value);
  });
  const follow = () => {
    show(kept());
    fieldset.querySelector(`[value="${kept()}"]`).checked = true;
  };
  document.addEventListener("visibilitychange", follow); // it may have been changed in another tab
  window.addEventListener("pageshow", follow); // or after this page, which Back brings up again
}

function kept() {
  const found = document.cookie.match(/(?:^|; )theme=(light|dark)(?:;|$)/);
  return found ? found[1] : "";
}

function keep(theme) {
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
