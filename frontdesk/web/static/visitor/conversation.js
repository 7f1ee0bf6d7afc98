import { Api, Refusal } from "./api.js";
import { backoff } from "./backoff.js";
import { recall, remember } from "./memory.js";
import { Outbox } from "./outbox.js";
import { Stream } from "./stream.js";

/**
 * One visitor's conversation with the server, without any page: opens or resumes it, delivers what was said, hears
 * what comes later, and loses neither.
 *
 * Events: restored {messages} · begun {messages, renewed} · entry {entry} · delivered {entry, reply} ·
 * returned {entry, refusal} · refused {refusal} · reached · unreachable · messages {messages} ·
 * state {answered_by} · listening {live} · ended
 *
 * @typedef {import("./outbox.js").Entry} Entry
 * @typedef {import("./api.js").Message} Message
 */
export class Conversation extends EventTarget {
  #api = new Api();
  #outbox = new Outbox();
  #stream;
  #isOpen = false;
  #hasEnded = false;
  #isFlushing = false;
  #failures = 0;
  #resumeAt = 0;
  #timer = 0;
  // The last id that came by the stream or a listing. A reply to a send may run ahead of it: what staff wrote a moment
  // before must still be asked for.
  #heard = 0;

  constructor() {
    super();
    this.#api.token = recall("token");
    this.#stream = new Stream({
      connect: (signal) => this.#api.stream(this.#heard, signal),
      catchUp: async () => this.#hear(await this.#api.messages(this.#heard)),
      receive: (event) => this.#receive(event),
      listening: (live) => this.#emit("listening", { live }),
      ended: () => {
        this.#forget();
        this.#emit("ended");
      },
    });
  }

  get unsent() {
    return this.#outbox.entries;
  }

  open() {
    return this.#flush();
  }

  /** @param {string} text @param {string} [choice] */
  say(text, choice) {
    const entry = this.#outbox.put(text, choice);
    this.#mark(entry, "queued");
    this.#flush();
  }

  /** Sends now what is waiting for the connection; what the server asked to hold back stays back. */
  retry() {
    for (const entry of this.#outbox.entries) if (!entry.isLimited) entry.retryAt = 0;
    this.#stream.wake();
    this.#flush();
  }

  /** The browser is back: what waits only for a connection need not wait out its pause. */
  wake() {
    this.#stream.wake();
    if (this.#resumeAt) this.#flush();
  }

  close() {
    clearTimeout(this.#timer);
    this.#stream.stop();
  }

  async #flush() {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    clearTimeout(this.#timer);
    try {
      await this.#ensureOpen();
      for (let entry = this.#due(); entry; entry = this.#due()) await this.#deliver(entry);
      this.#failures = 0;
      this.#resumeAt = 0;
    } catch (error) {
      this.#holdBack(error);
    } finally {
      this.#isFlushing = false;
      this.#schedule();
    }
  }

  #due() {
    return this.#outbox.entries.find((entry) => (entry.retryAt ?? 0) <= Date.now());
  }

  async #ensureOpen() {
    if (this.#isOpen) return;
    if (this.#api.token) {
      try {
        const messages = await this.#api.messages(0);
        return this.#opened(messages, "restored", { messages });
      } catch (error) {
        if (!(error instanceof Refusal && error.isEnded)) throw error;
        this.#forget();
      }
    }
    const { token, messages } = await this.#api.begin();
    this.#api.token = token;
    remember("token", token);
    this.#opened(messages, "begun", { messages, renewed: this.#hasEnded });
    this.#hasEnded = false;
  }

  /** @param {Message[]} messages @param {string} event @param {object} detail */
  #opened(messages, event, detail) {
    this.#isOpen = true;
    this.#heard = Math.max(0, ...messages.map((message) => message.id));
    this.#emit("reached");
    this.#emit(event, detail);
    this.#stream.start();
  }

  /** @param {Entry} entry */
  async #deliver(entry) {
    this.#mark(entry, "sending");
    const { client_id, text, choice } = entry;
    try {
      const reply = await this.#api.send(choice ? { choice, client_id } : { text, client_id });
      this.#outbox.remove(entry);
      entry.state = "sent";
      this.#emit("reached");
      this.#emit("delivered", { entry, reply });
      this.#stream.wake();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      await this.#settle(entry, error);
    }
  }

  /** @param {Entry} entry @param {Refusal} refusal */
  async #settle(entry, refusal) {
    if (refusal.isEnded && !entry.isRenewed) {
      entry.isRenewed = true;
      this.#forget();
      await this.#ensureOpen();
    } else if (refusal.isEnded || refusal.isPassing) {
      entry.isLimited = refusal.status === 429 && refusal.retryAfter > 0;
      entry.refusals = (entry.refusals ?? 0) + 1;
      entry.retryAt = Date.now() + (refusal.retryAfter * 1000 || backoff(entry.refusals));
      this.#mark(entry, "waiting");
      this.#emit("refused", { refusal });
    } else {
      this.#outbox.remove(entry);
      this.#emit("returned", { entry, refusal });
    }
  }

  /** @param {unknown} error */
  #holdBack(error) {
    const refusal = error instanceof Refusal ? error : null;
    this.#resumeAt = Date.now() + (refusal && refusal.retryAfter * 1000 || backoff(this.#failures++));
    for (const entry of this.#outbox.entries) this.#mark(entry, "waiting");
    if (refusal) this.#emit("refused", { refusal });
    else this.#emit("unreachable");
  }

  #schedule() {
    const times = this.#outbox.entries.map((entry) => Math.max(entry.retryAt ?? 0, this.#resumeAt));
    if (!this.#isOpen && this.#resumeAt) times.push(this.#resumeAt);
    if (times.length) this.#timer = setTimeout(() => this.#flush(), Math.max(0, Math.min(...times) - Date.now()));
  }

  #forget() {
    this.#stream.stop();
    this.#api.token = null;
    remember("token", null);
    this.#isOpen = false;
    this.#hasEnded = true;
    this.#outbox.endChoices();
  }

  /** @param {{id: string, type: string, data: string}} event */
  #receive(event) {
    const data = JSON.parse(event.data);
    if (event.type === "message") this.#hear([data]);
    else if (event.type === "state") this.#emit("state", data);
  }

  /** @param {Message[]} messages */
  #hear(messages) {
    this.#heard = Math.max(this.#heard, ...messages.map((message) => message.id));
    this.#emit("messages", { messages });
  }

  /** @param {Entry} entry @param {"queued" | "sending" | "waiting"} state */
  #mark(entry, state) {
    entry.state = state;
    this.#emit("entry", { entry });
  }

  /** @param {string} type @param {object} [detail] */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
