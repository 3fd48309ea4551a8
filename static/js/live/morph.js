/** Changes a part of the page into a newly rendered one, and keeps every element that is in both: its ticks, the focus
    and open details stay. Elements with `data-key` or `id` are kept also when others come or go before them. */

export function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType === Node.ELEMENT_NODE) {
    copyAttributes(old, fresh);
    morphChildren(old, fresh);
  } else old.nodeValue = fresh.nodeValue;
}

function copyAttributes(old, fresh) {
  for (const { name } of Array.from(old.attributes)) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of Array.from(fresh.attributes)) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

function morphChildren(old, fresh) {
  const wanted = new Set(Array.from(fresh.children, keyOf));
  for (const child of Array.from(old.children)) if (keyOf(child) && !wanted.has(keyOf(child))) child.remove();
  const kept = new Map(Array.from(old.children, (child) => [keyOf(child), child]));
  let place = old.firstChild;
  for (const next of Array.from(fresh.childNodes)) {
    const match = keyOf(next) ? kept.get(keyOf(next)) : isAlike(place, next) && place;
    if (!match) {
      old.insertBefore(document.importNode(next, true), place);
      continue;
    }
    place = removeUpTo(match, place);
    if (match === place) place = place.nextSibling;
    else old.insertBefore(match, place);
    morph(match, next);
  }
  while (place) place = removed(place);
}

/** Remove what stands before `match`, as far as it has no key. Return the node that is then at this place. */
function removeUpTo(match, place) {
  let at = place;
  while (at && at !== match && !keyOf(at)) at = removed(at);
  return at;
}

/** Remove a node and return the one that followed it. */
function removed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

function isAlike(place, next) {
  return place && !keyOf(place) && place.nodeName === next.nodeName;
}

function keyOf(node) {
  const key = node.nodeType === Node.ELEMENT_NODE && (node.dataset.key || node.id);
  return key ? `${node.nodeName} ${key}` : "";
}
