/** Turns the web addresses in a plain text into links. */

const ADDRESS = /\bhttps?:\/\/[^\s<>"]*[^\s<>"'.,;:!?)\]}…]/gi;

export function linked(text) {
  const parts = document.createDocumentFragment();
  let end = 0;
  for (const found of text.matchAll(ADDRESS)) {
    parts.append(text.slice(end, found.index), linkTo(found[0]));
    end = found.index + found[0].length;
  }
  parts.append(text.slice(end));
  return parts;
}

function linkTo(address) {
  const link = document.createElement("a");
  link.href = address;
  link.rel = "nofollow ugc noopener";
  link.textContent = address;
  return link;
}
