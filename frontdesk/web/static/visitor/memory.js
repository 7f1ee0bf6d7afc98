// What this tab remembers: it survives a reload and ends with the tab, so that a shared computer forgets.
const PREFIX = "frontdesk.";
// Some browsers refuse storage to private or embedded pages; then it lasts as long as the page.
/** @type {Map<string, string>} */
const fallback = new Map();
let isOver = false;

/** @param {string} key @returns {string | null} */
export function recall(key) {
  try {
    return sessionStorage.getItem(PREFIX + key) ?? fallback.get(key) ?? null;
  } catch {
    return fallback.get(key) ?? null;
  }
}

/** @param {string} key @param {string | null} value */
export function remember(key, value) {
  if (isOver) return;
  try {
    if (value) sessionStorage.setItem(PREFIX + key, value);
    else sessionStorage.removeItem(PREFIX + key);
    fallback.delete(key);
  } catch {
    if (value) fallback.set(key, value);
    else fallback.delete(key);
  }
}

/** For good: what is still under way when the visitor leaves writes nothing down any more. */
export function forgetAll() {
  isOver = true;
  fallback.clear();
  try {
    sessionStorage.clear();
  } catch {
    // Storage that is refused holds nothing.
  }
}
