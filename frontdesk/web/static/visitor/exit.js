import { forgetAll } from "./memory.js";

const PRESSES = 3;
const WITHIN = 1_500; // milliseconds

/**
 * Leaves at once to the page the link names, for somebody who must not be seen here: nothing stays on the screen, in
 * the tab's memory, or behind the Back button. Escape three times does the same.
 * @param {HTMLAnchorElement} link @param {() => void} close ends what the page still has open
 */
export function quickExit(link, close) {
  const leave = () => {
    close();
    forgetAll();
    document.title = "";
    document.body.replaceChildren();
    // Embedded in another page, that page has to go as well.
    (window.top ?? window).location.replace(link.href);
  };
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  /** @type {number[]} */
  let presses = [];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.repeat) return;
    presses = [...presses, event.timeStamp].slice(-PRESSES);
    if (presses.length === PRESSES && event.timeStamp - presses[0] < WITHIN) leave();
  });
}
