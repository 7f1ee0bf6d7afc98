import { element } from "./elements.js";
import { linkedText } from "./message.js";
import { WORDS } from "./words.js";

const WRITING_AFTER = 600; // milliseconds: a quick answer needs no indicator
const INTERRUPTED_AFTER = 6_000; // a stream that is back sooner is nobody's business

/** What stands above the text box: why something was not sent, and that somebody is writing. */
export class Notice {
  #text = element("div", { class: "notice", role: "status" });
  #writing = element("div", { class: "writing", role: "status" });
  #kind = "";
  #writingTimer = 0;
  #interruptedTimer = 0;
  node = element("div", { class: "notices" }, this.#writing, this.#text);

  /** @param {string} text @param {string} kind what may clear it again */
  show(text, kind) {
    if (this.#kind === kind && this.#text.textContent === text) return;
    this.#kind = kind;
    this.#text.className = `notice ${kind}`;
    this.#text.replaceChildren(element("p", {}, linkedText(text)));
  }

  /** @param {...string} kinds */
  clear(...kinds) {
    if (!kinds.includes(this.#kind)) return;
    this.#kind = "";
    this.#text.replaceChildren();
  }

  /** @param {boolean} isWriting */
  writing(isWriting) {
    clearTimeout(this.#writingTimer);
    const dots = element("span", { class: "dots", "aria-hidden": "true" }, ...[1, 2, 3].map(() => element("span")));
    if (isWriting) this.#writingTimer = setTimeout(() => this.#writing.replaceChildren(dots, WORDS.writing), WRITING_AFTER);
    else this.#writing.replaceChildren();
  }

  /** @param {boolean} live */
  listening(live) {
    if (live) {
      clearTimeout(this.#interruptedTimer);
      this.#interruptedTimer = 0;
      this.clear("interrupted");
    } else {
      this.#interruptedTimer ||= setTimeout(() => this.#kind || this.show(WORDS.listening, "interrupted"), INTERRUPTED_AFTER);
    }
  }
}
