/** Previews how the club shows the typed name, in full and in short (visibility.py: name_shown). */

const field = document.querySelector("input[name=name]");
const previews = document.querySelectorAll("[data-preview=full], [data-preview=short]");

function short(name) {
  const words = name.split(" ");
  return words.length < 2 ? name : `${words[0]} ${Array.from(words.at(-1))[0].toUpperCase()}.`;
}

function refresh() {
  const name = field.value.trim().replace(/\s+/g, " ");
  for (const preview of previews) {
    const shown = preview.dataset.preview === "short" ? short(name) : name;
    preview.textContent = shown || preview.dataset.fallback;
  }
}

field.addEventListener("input", refresh);
refresh();
