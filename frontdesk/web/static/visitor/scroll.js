import { element } from "./elements.js";
import { WORDS } from "./words.js";

const AT_END = 48; // pixels; closer to the end than this, the page follows new messages
const RUN = 2_000; // milliseconds; messages that come within it are read as one

/** Where the visitor reads: follows the end for those who are there, and moves nobody else. */
export class Scroll {
  #transcript;
  #header = document.documentElement;
  #isFollowing = true;
  #scrolledTo = 0;
  // Where the newest run of messages begins, and when its first one came.
  #run = { node: /** @type {Element | null} */ (null), at: -Infinity };
  node = element("button", { type: "button", class: "newer", hidden: true, onclick: () => this.toEnd() }, WORDS.newer);

  /** @param {import("./transcript.js").Transcript} transcript */
  constructor(transcript) {
    this.#transcript = transcript;
  }

  /** The transcript is read between these two. @param {HTMLElement} header @param {HTMLElement} dock */
  keepBetween(header, dock) {
    this.#header = header;
    // The text box grows, a keyboard opens, a source unfolds: what was read stays in sight.
    const keep = () => this.#isFollowing && this.toEnd();
    const sizes = new ResizeObserver(() => {
      // What gets the focus is never left under the bar or the dock.
      document.documentElement.style.scrollPadding = `${this.#top}px 0 ${dock.offsetHeight}px`;
      keep();
    });
    for (const part of [header, dock, this.#transcript.node]) sizes.observe(part);
    addEventListener("resize", keep);
    addEventListener("scroll", () => this.#look(), { passive: true });
  }

  /** Shows what is new to a visitor who reads the end, but never scrolls its beginning away. @param {() => void} change */
  follow(change) {
    const last = this.#transcript.last;
    const wasFollowing = this.#isFollowing;
    change();
    const first = last ? last.nextElementSibling : this.#transcript.first;
    if (first && performance.now() - this.#run.at > RUN) this.#run = { node: first, at: performance.now() };
    if (!wasFollowing) return this.#look();
    this.toEnd();
    if (first && this.#run.node && this.#run.node.getBoundingClientRect().top < this.#top) {
      this.#run.node.scrollIntoView({ block: "start" });
      this.#look();
    }
  }

  /** The visitor has spoken: what comes now is a new run. */
  turn() {
    this.#run.at = -Infinity;
    this.toEnd();
  }

  toEnd() {
    scrollTo({ top: document.documentElement.scrollHeight });
    this.#look();
  }

  get #top() {
    return this.#header.getBoundingClientRect().bottom;
  }

  #look() {
    const isAtEnd = document.documentElement.scrollHeight - innerHeight - scrollY < AT_END;
    // Only scrolling back ends the following: the page may have grown a moment before it catches up.
    if (isAtEnd || scrollY < this.#scrolledTo) this.#isFollowing = isAtEnd;
    this.#scrolledTo = scrollY;
    this.node.hidden = this.#isFollowing;
  }
}
