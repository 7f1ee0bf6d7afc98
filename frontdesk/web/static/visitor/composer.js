import { element } from "./elements.js";
import { recall, remember } from "./memory.js";
import { WORDS } from "./words.js";

/** The box the visitor writes in. What is typed stays in the tab's memory until it is sent. */
export class Composer {
  #box = element("textarea", {
    id: "message",
    rows: "1",
    enterkeyhint: "send",
    autocomplete: "off",
    placeholder: WORDS.messagePlaceholder,
    "aria-describedby": "message-hint",
    oninput: () => this.#changed(),
    onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
  });
  #onSay;
  node;

  /** @param {(text: string) => void} onSay */
  constructor(onSay) {
    this.#onSay = onSay;
    this.node = element(
      "form",
      { class: "composer", "aria-label": WORDS.compose, onsubmit: (/** @type {Event} */ event) => this.#submit(event) },
      element("label", { for: "message", class: "unseen" }, WORDS.messageLabel),
      this.#box,
      element("button", { type: "submit" }, WORDS.send),
      element("p", { id: "message-hint", class: "hint" }, WORDS.messageHint),
    );
    this.#box.value = recall("draft") ?? "";
  }

  focus() {
    this.#box.focus({ preventScroll: true });
  }

  /** What could not be accepted comes back for changing, before anything typed meanwhile. @param {string} text */
  giveBack(text) {
    this.#box.value = this.#box.value ? `${text}\n\n${this.#box.value}` : text;
    this.#changed();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    // While an input method is composing, Enter picks a word. Safari says so only by the old key code.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    this.#submit(event);
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    const text = this.#box.value.trim();
    if (text) {
      this.#box.value = "";
      this.#onSay(text);
      this.#changed();
    }
    this.focus();
  }

  #changed() {
    remember("draft", this.#box.value);
    this.fit();
  }

  /** As tall as its text; the style sheet sets the most. */
  fit() {
    this.#box.style.height = "auto";
    this.#box.style.height = `${this.#box.scrollHeight + this.#box.offsetHeight - this.#box.clientHeight}px`;
  }
}
