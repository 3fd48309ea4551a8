/** What a run has read so far, for every place of the page that says it: the panel, the list's heading, the status line.

    Rows and the run's own figures come in different messages. Each may be ahead of the other; what is further counts. */

export function newTally() {
  let run = null;
  let isFirst = false;
  let oldest = "";

  return {
    /** `known`: how many activities there were before this message. */
    show(next, known) {
      if (next && next.id !== run?.id) {
        isFirst = known <= next.found;
        oldest = "";
      }
      run = next;
    },

    /** A row that the run has brought. */
    read(item) {
      if (!oldest || Date.parse(item.start) < Date.parse(oldest)) oldest = item.start;
    },

    /** `known`: how many activities there are now. While a first import runs, they are what it has read. */
    of(known) {
      const found = isFirst ? Math.max(run.found, known) : (run?.found ?? 0);
      const ahead = oldest && (!run.oldest || Date.parse(oldest) < Date.parse(run.oldest));
      return {
        found,
        saved: run?.saved ?? 0,
        oldest: ahead ? oldest : (run?.oldest ?? ""),
        total: isFirst ? Math.max(found, known) : known,
      };
    },
  };
}
