/** Turns the web addresses in a plain text, and the members whom it mentions, into links. */

const ADDRESS = /\bhttps?:\/\/[^\s<>"]*[^\s<>"'.,;:!?)\]}…]/gi;

/** `mentions`: the mentioned members as { id, name }, in the order of the text; in it they stand as "@Ana B.". */
export function linked(text, mentions = []) {
  const parts = document.createDocumentFragment();
  const left = mentions.slice();
  let end = 0;
  for (const found of text.matchAll(ADDRESS)) {
    parts.append(...mentioned(text.slice(end, found.index), left), linkTo(found[0]));
    end = found.index + found[0].length;
  }
  parts.append(...mentioned(text.slice(end), left));
  return parts;
}

function linkTo(address) {
  const link = document.createElement("a");
  link.href = address;
  link.rel = "nofollow ugc noopener";
  link.textContent = address;
  return link;
}

/** Split a text into texts and links to the members in it. Of members with one name, each `@` takes the next in `left`,
    until one remains. */
function mentioned(text, left) {
  const parts = [];
  let end = 0;
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", Math.max(at + 1, end))) {
    const member = longestNamed(text.slice(at + 1), left);
    if (!member) continue;
    parts.push(text.slice(end, at), linkToMember(member));
    end = at + 1 + member.name.length;
    if (left.some((one) => one !== member && one.name === member.name)) left.splice(left.indexOf(member), 1);
  }
  return [...parts, text.slice(end)];
}

function longestNamed(text, members) {
  const found = members.filter(({ name }) => text.startsWith(name));
  const most = Math.max(...found.map(({ name }) => name.length));
  return found.find(({ name }) => name.length === most);
}

function linkToMember({ id, name }) {
  const link = document.createElement("a");
  link.className = "mention";
  link.href = `/athletes/${id}/`;
  link.textContent = `@${name}`;
  return link;
}
