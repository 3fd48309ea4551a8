/** All that a reader writes in the feed: posts, replies and edits, with the members whom they mention. */

import { composer } from "./composer.js";
import { editing } from "./editing.js";
import { mentions } from "./mentions.js";
import { replyForms } from "./reply_forms.js";

/** `path`: the club's address; `elementOf(id)`: the card of an entry, or a reply; `isByForm()`: whether the browser has to
    submit the forms. */
export function writingForms(page, { slug, me, path, entries, elementOf, send, isByForm, announce, say }) {
  const template = (name) => page.querySelector(`[data-blank-${name}]`);
  const list = page.querySelector("[data-members]");
  const members = mentions(page, { list, address: `${path}members/`, announce, say });

  /** Make a composer of a post, of a reply to the entry `replyTo`, or of an edit of the post `edit`. */
  function compose(form, { keep = "", replyTo, edit }) {
    const field = form.querySelector("textarea");
    const kind = edit ? { type: "post.edit", id: edit } : { type: "post.create", reply_to: replyTo };
    const command = (text, ref) => ({ ...kind, text, ref, mentions: members.idsIn(field) });
    return composer(form, { keep, command, send, isByForm, say });
  }

  const shared = { entries, elementOf, compose, path: `${path}entries/`, say };
  const form = page.querySelector("[data-composer]");
  const post = form && compose(form, { keep: `post-${slug}-${me}` });
  const replies = replyForms(page, { ...shared, template: template("reply-form"), keep: `reply-${slug}-${me}-` });
  const edits = editing(page, { ...shared, template: template("edit-form") });
  const all = post ? [post, replies, edits] : [replies, edits];

  replies.restore();

  return {
    edit: edits.begin,
    /** The post has changed. Return whether by an edit that was written here. */
    changed: edits.changed,
    removeStale: replies.removeStale,
    /** Send again what waits, after a reconnect. */
    resume: () => all.forEach((one) => one.resume()),
    /** The connection is over for good: keep the texts, and let the forms be submitted over HTTP. */
    stop: (why) => all.forEach((one) => one.stop(why)),
    /** Return whether the error with this ref was about a text that was written here. */
    refused: (ref, words) => all.some((one) => one.refused(ref, words)),
    /** The post with this ref is in the feed. Return whether it was written here. */
    arrived: (ref) => [post, replies].some((one) => one?.arrived(ref)),
  };
}
