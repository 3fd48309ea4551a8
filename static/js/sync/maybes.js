/** Shows the activities that may be parkruns, one at a time. An answer is sent like any save or unsave and brings up the next
    one; similar ones can be answered together. */

/** `activities`: the address below which each activity has its page; `more(skipped)` requests the next ones. */
export function maybesCard(card, { activities, more, say }) {
  const slot = (name) => card.querySelector(`[data-slot=${name}]`);
  const [bulk, skip] = [card.querySelector("[data-alike]"), card.querySelector("[data-skip]")];
  let queue = [];
  let groups = [];
  let count = 0;
  let live = false;

  function draw() {
    const [item] = queue;
    card.hidden = live || !item;
    if (!item) return;
    slot("count").textContent = say("to_check", { count });
    slot("name").textContent = item.name || say("untitled");
    slot("name").href = `${activities}${item.strava_id}/`;
    slot("event").pathname = `${activities}${item.strava_id}/parkrun/`;
    slot("facts").textContent = item.question;
    slot("reasons").replaceChildren(...item.parkrun.reasons.map(listed));
    for (const form of card.querySelectorAll("[data-answer]")) {
      form.action = `${activities}${item.strava_id}/${form.dataset.answer}/`;
    }
    skip.hidden = count < 2;
    drawAlike(item);
  }

  function drawAlike(item) {
    const alike = groups.find((group) => group.includes(item.strava_id)) ?? [];
    bulk.hidden = alike.length < 2;
    slot("alike").textContent = say("alike", { count: alike.length, event: item.parkrun.event_name });
    slot("alike_save").textContent = say("save_all", { count: alike.length });
    bulk.querySelector("[data-alike-ids]").replaceChildren(...alike.map(hiddenId));
  }

  function moveOn() {
    const hadFocus = card.contains(document.activeElement);
    draw();
    if (!queue.length && count > 0) more();
    if (hadFocus && card.hidden) document.getElementById("main").focus();
  }

  skip.addEventListener("click", () => {
    const skipped = queue.shift();
    if (queue.length) draw();
    else more(count > 1 ? skipped.strava_id : null);
  });

  return {
    /** Set the server's next maybes, the groups of similar ones, and the number of all. */
    begin(items, alike, all) {
      [queue, groups, count] = [items, alike, all];
      draw();
    },

    /** An activity was saved or dismissed, here or in another tab. Return whether it was one of these. */
    answered(id) {
      const isKnown = queue.some((one) => one.strava_id === id) || groups.some((group) => group.includes(id));
      if (!isKnown) return false;
      queue = queue.filter((one) => one.strava_id !== id);
      groups = groups.map((group) => group.filter((one) => one !== id));
      count -= 1;
      moveOn();
      return true;
    },

    /** Hide the card during a run, so that it does not push down the rows being read. */
    hold(isLive) {
      if (live === isLive) return;
      live = isLive;
      draw();
    },

    error(words) {
      slot("maybes_error").hidden = !words;
      slot("maybes_error").textContent = words;
    },

    next: () => queue[0],
  };
}

function hiddenId(id) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "strava_id", value: id });
  return field;
}

function listed(words) {
  const line = document.createElement("li");
  line.textContent = words;
  return line;
}
