import { Refusal } from "./api.js";
import { backoff } from "./backoff.js";

// The server sends a comment every 15 seconds; three missed ones mean that the connection is dead.
const SILENCE = 45_000; // milliseconds
const SETTLED = 10_000; // a connection that lived this long was a good one

/** Server-sent events out of pieces of text, however they are cut. */
export class EventParser {
  #rest = "";
  #event = { id: "", type: "", data: "" };

  /** @param {string} piece */
  *push(piece) {
    // A \r at the very end may be the first half of \r\n.
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line) this.#field(line);
      else if (this.#event.data) yield this.#take();
    }
  }

  /** @param {string} line */
  #field(line) {
    const [, name, value] = line.match(/^([^:]*):? ?(.*)$/) ?? [];
    if (name === "data") this.#event.data += (this.#event.data && "\n") + value;
    else if (name === "event") this.#event.type = value;
    else if (name === "id") this.#event.id = value;
  }

  #take() {
    const event = this.#event;
    this.#event = { id: "", type: "", data: "" };
    return { ...event, type: event.type || "message" };
  }
}

/**
 * Keeps one stream of events open, through interruptions, until it is stopped or the token ends.
 * `connect(signal)` opens it where it left off; `catchUp()` asks for what a silent connection may have kept back.
 */
export class Stream {
  #handlers;
  #stop = new AbortController();
  #wake = () => {};

  /** @param {{connect: (signal: AbortSignal) => Promise<Response>, catchUp: () => Promise<void>,
   *   receive: (event: {id: string, type: string, data: string}) => void,
   *   listening: (live: boolean) => void, ended: () => void}} handlers */
  constructor(handlers) {
    this.#handlers = handlers;
  }

  start() {
    this.stop();
    this.#stop = new AbortController();
    this.#keepOpen(this.#stop.signal);
  }

  stop() {
    this.#stop.abort();
    this.#wake();
  }

  /** Tries again at once instead of waiting out the pause. */
  wake() {
    this.#wake();
  }

  /** @param {AbortSignal} stop */
  async #keepOpen(stop) {
    for (let attempt = 0; !stop.aborted; attempt++) {
      const began = Date.now();
      try {
        await this.#read(stop);
      } catch (error) {
        if (stop.aborted) return;
        if (error instanceof Refusal && error.isEnded) return this.#handlers.ended();
      }
      if (stop.aborted) return;
      this.#handlers.listening(false);
      if (Date.now() - began > SETTLED) attempt = 0;
      await this.#pause(backoff(attempt));
    }
  }

  /** @param {AbortSignal} stop */
  async #read(stop) {
    const connection = new AbortController();
    const end = () => connection.abort();
    stop.addEventListener("abort", end);
    let silence = setTimeout(end, SILENCE);
    try {
      const response = await this.#handlers.connect(connection.signal);
      this.#handlers.listening(true);
      const parser = new EventParser();
      const decoder = new TextDecoder();
      const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        clearTimeout(silence);
        silence = setTimeout(end, SILENCE);
        for (const event of parser.push(decoder.decode(part.value, { stream: true }))) this.#handlers.receive(event);
      }
    } catch (error) {
      if (connection.signal.aborted && !stop.aborted) await this.#handlers.catchUp();
      throw error;
    } finally {
      clearTimeout(silence);
      stop.removeEventListener("abort", end);
    }
  }

  /** @param {number} milliseconds */
  #pause(milliseconds) {
    return /** @type {Promise<void>} */ (new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    }));
  }
}
