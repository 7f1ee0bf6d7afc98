import { recall, remember } from "./memory.js";

/**
 * What the visitor has sent and the server has not yet confirmed.
 * @typedef {{client_id: string, text: string, choice?: string, at: string,
 *   state?: "queued" | "sending" | "waiting" | "sent",
 *   retryAt?: number, refusals?: number, isLimited?: boolean, isRenewed?: boolean}} Entry
 */

/** Keeps unconfirmed messages in order, through a reload as well. */
export class Outbox {
  /** @type {Entry[]} */
  #entries = JSON.parse(recall("outbox") ?? "[]");

  get entries() {
    return [...this.#entries];
  }

  /** @param {string} text @param {string} [choice] @returns {Entry} */
  put(text, choice) {
    /** @type {Entry} */
    const entry = { client_id: uuid(), text, choice, at: new Date().toISOString() };
    this.#entries.push(entry);
    this.#save();
    return entry;
  }

  /** @param {Entry} entry */
  remove(entry) {
    this.#entries = this.#entries.filter((other) => other.client_id !== entry.client_id);
    this.#save();
  }

  /** The offers of a conversation end with it; what was chosen still counts as words. */
  endChoices() {
    for (const entry of this.#entries) delete entry.choice;
    this.#save();
  }

  #save() {
    const kept = this.#entries.map(({ client_id, text, choice, at }) => ({ client_id, text, choice, at }));
    remember("outbox", kept.length ? JSON.stringify(kept) : null);
  }
}

function uuid() {
  // Browsers offer randomUUID on https and loopback only.
  if (crypto.randomUUID) return crypto.randomUUID();
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
}
