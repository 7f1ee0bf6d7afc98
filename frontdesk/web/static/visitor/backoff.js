const FIRST = 1_000; // milliseconds
const LONGEST = 30_000;

/**
 * How long to wait before the next attempt: twice as long each time, spread out so that a thousand open pages do not
 * return in the same second.
 * @param {number} attempt the first is 0
 */
export function backoff(attempt) {
  return Math.min(LONGEST, FIRST * 2 ** attempt) * (0.75 + Math.random() / 2);
}
