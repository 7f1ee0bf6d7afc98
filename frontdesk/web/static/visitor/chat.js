import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { element } from "./elements.js";
import { quickExit } from "./exit.js";
import { Notice } from "./notice.js";
import { Transcript } from "./transcript.js";
import { WORDS } from "./words.js";

const AT_END = 48; // pixels; closer to the end than this, the page follows new messages
const RUN = 2_000; // milliseconds; messages that come within it are read as one

/** The visitor's chat. It fills the `main` and `.dock` that the page's template gives it. */
class FrontdeskChat extends HTMLElement {
  #conversation = new Conversation();
  #transcript = new Transcript({
    onChoice: (title, choice) => this.#choose(title, choice),
    onRetry: () => this.#retry(),
  });
  #composer = new Composer((text) => this.#conversation.say(text));
  #notice = new Notice();
  #newer = element("button", { type: "button", class: "newer", hidden: true, onclick: () => this.#toEnd() }, WORDS.newer);
  // What the template says until the conversation is there, or for good where scripts do not run.
  #opening = this.querySelector(".opening");
  #title = document.title;
  // Whether the visitor reads the end, so that the page goes on with what comes.
  #isFollowing = true;
  #scrolledTo = 0;
  // Where the newest run of messages begins, and when its first one came.
  #run = { node: /** @type {Element | null} */ (null), at: -Infinity };
  /** @type {"bot" | "staff" | null} */
  #answeredBy = null;

  connectedCallback() {
    const main = /** @type {HTMLElement} */ (this.querySelector("main"));
    const dock = /** @type {HTMLElement} */ (this.querySelector(".dock"));
    main.append(this.#transcript.node);
    dock.prepend(this.#newer, this.#notice.node, this.#composer.node);
    this.#composer.fit();
    this.#hear();
    this.#watch(dock);
    const exit = this.querySelector("a.exit");
    if (exit instanceof HTMLAnchorElement) quickExit(exit, () => this.#conversation.close());
    this.#conversation.open();
  }

  #hear() {
    /** @type {Record<string, (detail: any) => void>} */
    const heard = {
      restored: ({ messages }) => {
        this.#opened(() => this.#transcript.add(messages));
        this.#toEnd();
      },
      begun: ({ messages, renewed }) => this.#opened(() => {
        if (renewed) this.#transcript.divide(WORDS.renewed);
        this.#transcript.add(messages);
      }),
      entry: ({ entry }) => this.#underway(entry),
      delivered: ({ entry, reply }) => {
        this.#notice.writing(false);
        this.#notice.clear("refused");
        this.#follow(() => this.#transcript.deliver(entry, reply));
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

  /** @param {HTMLElement} dock */
  #watch(dock) {
    const wake = () => this.#conversation.wake();
    addEventListener("online", wake);
    addEventListener("pageshow", (event) => event.persisted && wake());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return;
      document.title = this.#title;
      wake();
    });
    addEventListener("scroll", () => this.#noticeEnd(), { passive: true });
    // The text box grows, a keyboard opens, a source unfolds: what was read stays in sight.
    const keep = () => this.#isFollowing && this.#toEnd();
    const header = /** @type {HTMLElement} */ (this.querySelector("header"));
    const sizes = new ResizeObserver(() => {
      // What gets the focus is never left under the bar or the dock.
      document.documentElement.style.scrollPadding = `${header.getBoundingClientRect().bottom}px 0 ${dock.offsetHeight}px`;
      keep();
    });
    for (const part of [header, dock, this.#transcript.node]) sizes.observe(part);
    addEventListener("resize", keep);
  }

  /** @param {() => void} fill */
  #opened(fill) {
    const isFirst = this.#opening?.isConnected;
    this.#opening?.remove();
    this.#notice.clear("ended", "refused");
    this.#follow(fill);
    for (const entry of this.#conversation.unsent) this.#transcript.show(entry);
    if (isFirst) this.#transcript.announce();
  }

  /** @param {import("./outbox.js").Entry} entry */
  #underway(entry) {
    this.#transcript.show(entry);
    this.#notice.writing(entry.state === "sending" && this.#answeredBy !== "staff");
    if (entry.state === "queued") {
      this.#run.at = -Infinity;
      this.#toEnd();
    }
  }

  /** @param {import("./api.js").Message[]} messages */
  #heardLater(messages) {
    this.#follow(() => this.#transcript.add(messages));
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
    if (isChange) this.#follow(() => this.#transcript.note(WORDS.handover[who]));
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

  /** Shows what is new to a visitor who reads the end, but never scrolls its beginning away. @param {() => void} change */
  #follow(change) {
    const last = this.#transcript.last;
    const wasFollowing = this.#isFollowing;
    change();
    const first = last ? last.nextElementSibling : this.#transcript.first;
    if (first && performance.now() - this.#run.at > RUN) this.#run = { node: first, at: performance.now() };
    if (!wasFollowing) return this.#noticeEnd();
    this.#toEnd();
    const top = this.querySelector("header")?.getBoundingClientRect().bottom ?? 0;
    if (first && this.#run.node && this.#run.node.getBoundingClientRect().top < top) {
      this.#run.node.scrollIntoView({ block: "start" });
      this.#noticeEnd();
    }
  }

  #toEnd() {
    scrollTo({ top: document.documentElement.scrollHeight });
    this.#noticeEnd();
  }

  #noticeEnd() {
    const isAtEnd = document.documentElement.scrollHeight - innerHeight - scrollY < AT_END;
    // Only scrolling back ends the following: the page may have grown a moment before it catches up.
    if (isAtEnd || scrollY < this.#scrolledTo) this.#isFollowing = isAtEnd;
    this.#scrolledTo = scrollY;
    this.#newer.hidden = this.#isFollowing;
  }
}

customElements.define("frontdesk-chat", FrontdeskChat);
