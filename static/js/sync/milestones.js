/** Words for the round numbers of parkruns that an import reaches. */

const LADDER = [1, 10, 25, 50, 100, 150, 200, 250, 300, 400, 500, 750, 1000];

/** "50 parkruns so far!", or "" before the first. */
export function milestoneWords(parkruns) {
  const passed = LADDER.filter((one) => one <= parkruns).at(-1);
  if (!passed) return "";
  return passed === 1 ? "First parkrun found!" : `${passed} parkruns so far!`;
}
