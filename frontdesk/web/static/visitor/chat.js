import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { quickExit } from "./exit.js";
import { Notice } from "./notice.js";
import { Scroll } from "./scroll.js";
import { Transcript } from "./transcript.js";
import { WORDS } from "./words.js";

/** The visitor's chat. It fills the `main` and `.dock` that the page's template gives it. */
class FrontdeskChat extends HTMLElement {
  #conversation = new Conversation();
  #transcript = new Transcript({
    onChoice: (title, choice) => this.#choose(title, choice),
    onRetry: () => this.#retry(),
  });
  #composer = new Composer((text) => this.#conversation.say(text));
  #notice = new Notice();
  #scroll = new Scroll(this.#transcript);
  // What the template says until the conversation is there, or for good where scripts do not run.
  #opening = this.querySelector(".opening");
  #title = document.title;
  /** @type {"bot" | "staff" | null} */
  #answeredBy = null;

  connectedCallback() {
    const main = /** @type {HTMLElement} */ (this.querySelector("main"));
    const dock = /** @type {HTMLElement} */ (this.querySelector(".dock"));
    main.append(this.#transcript.node);
    dock.prepend(this.#scroll.node, this.#notice.node, this.#composer.node);
    this.#composer.fit();
    this.#hear();
    this.#watch();
    this.#scroll.keepBetween(/** @type {HTMLElement} */ (this.querySelector("header")), dock);
    const exit = this.querySelector("a.exit");
    if (exit instanceof HTMLAnchorElement) quickExit(exit, () => this.#conversation.close());
    this.#conversation.open();
  }

  #hear() {
    /** @type {Record<string, (detail: any) => void>} */
    const heard = {
      restored: ({ messages }) => {
        this.#opened(() => this.#transcript.add(messages));
        this.#scroll.toEnd();
      },
      begun: ({ messages, renewed }) => this.#opened(() => {
        if (renewed) this.#transcript.divide(WORDS.renewed);
        this.#transcript.add(messages);
      }),
      entry: ({ entry }) => this.#underway(entry),
      delivered: ({ entry, reply }) => {
        this.#notice.writing(false);
        this.#notice.clear("refused");
        this.#scroll.follow(() => this.#transcript.deliver(entry, reply));
      },
      returned: ({ entry, refusal }) => {
        this.#notice.writing(false);
        this.#transcript.remove(entry);
        if (!entry.choice) this.#composer.giveBack(entry.text);
        this.#notice.show(refusal.message, "refused");
      },
      refused: ({ refusal }) => this.#notice.show(refusal.message, "refused"),
      unreachable: () => this.#notice.show(WORDS.unreachable, "unreachable"),
      reached: () => this.#notice.clear("unreachable"),
      messages: ({ messages }) => this.#heardLater(messages),
      state: ({ answered_by }) => this.#answered(answered_by),
      listening: ({ live }) => this.#notice.listening(live),
      ended: () => this.#notice.show(WORDS.ended, "ended"),
    };
    for (const [type, handle] of Object.entries(heard)) {
      this.#conversation.addEventListener(type, (event) => handle(/** @type {CustomEvent} */ (event).detail));
    }
  }

  #watch() {
    const wake = () => this.#conversation.wake();
    addEventListener("online", wake);
    addEventListener("pageshow", (event) => event.persisted && wake());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return;
      document.title = this.#title;
      wake();
    });
  }

  /** @param {() => void} fill */
  #opened(fill) {
    const isFirst = this.#opening?.isConnected;
    this.#opening?.remove();
    this.#notice.clear("ended", "refused");
    this.#scroll.follow(fill);
    for (const entry of this.#conversation.unsent) this.#transcript.show(entry);
    if (isFirst) this.#transcript.announce();
  }

  /** @param {import("./outbox.js").Entry} entry */
  #underway(entry) {
    this.#transcript.show(entry);
    this.#notice.writing(entry.state === "sending" && this.#answeredBy !== "staff");
    if (entry.state === "queued") this.#scroll.turn();
  }

  /** @param {import("./api.js").Message[]} messages */
  #heardLater(messages) {
    this.#scroll.follow(() => this.#transcript.add(messages));
    if (document.hidden && messages.some((message) => message.author !== "visitor")) {
      document.title = `${WORDS.newReply} – ${this.#title}`;
    }
  }

  /** @param {"bot" | "staff"} who */
  #answered(who) {
    const isChange = this.#answeredBy && this.#answeredBy !== who;
    this.#answeredBy = who;
    const line = this.querySelector(".answered-by");
    if (line) line.textContent = WORDS.answeredBy[who];
    if (isChange) this.#scroll.follow(() => this.#transcript.note(WORDS.handover[who]));
  }

  /** @param {string} title @param {string} choice */
  #choose(title, choice) {
    this.#conversation.say(title, choice);
    this.#keepFocus();
  }

  #retry() {
    this.#conversation.retry();
    this.#keepFocus();
  }

  /** The button that was pressed is gone. On a phone the text box would raise the keyboard over the reply. */
  #keepFocus() {
    if (matchMedia("(pointer: fine)").matches) this.#composer.focus();
    else this.#transcript.node.focus({ preventScroll: true });
  }
}

customElements.define("frontdesk-chat", FrontdeskChat);
