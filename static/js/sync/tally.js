/** Counts what a run has read, for the panel, the list's heading and the status line.

    Rows and the run's own figures arrive in different messages, either first; the one further ahead counts. */

export function newTally() {
  let run = null;
  let isFirst = false;
  let oldest = "";

  return {
    /** `known`: the number of activities before this message. */
    show(next, known) {
      if (next && next.id !== run?.id) {
        isFirst = known <= next.found;
        oldest = "";
      }
      run = next;
    },

    /** Count a row that the run has read. */
    read(item) {
      if (!oldest || Date.parse(item.start) < Date.parse(oldest)) oldest = item.start;
    },

    /** `known`: the number of activities now. During a first import, they are what it has read. */
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
