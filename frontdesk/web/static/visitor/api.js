/**
 * @typedef {{title: string, choice: string}} Button
 * @typedef {{source: string, reviewed_by: string | null, reviewed_on: string | null}} About
 * @typedef {{id: number, author: "bot" | "staff" | "visitor", text: string, buttons?: Button[], at: string,
 *   name?: string, client_id?: string, route?: string, lang?: string, about?: About | null}} Message
 *   `name` is a staff member's, `route` a bot message's, `client_id` a visitor's own
 * @typedef {{route: string, answer: string | null, handoff: string | null, check_in: boolean, messages: Message[],
 *   message_id: number}} Reply
 */

// The server ends a turn well before this; only a connection that hangs takes longer.
const PATIENCE = 15_000; // milliseconds
// Browsers refuse larger bodies on requests that may outlive the page.
const KEEPALIVE_LIMIT = 30_000; // characters

/** The server could not be reached, or what answered was not the chat. */
export class Unreachable extends Error {}

/** The server answered, and refused; `message` is its own sentence for the visitor. */
export class Refusal extends Error {
  /** @param {number} status @param {string} message @param {number} retryAfter seconds, 0 when not said @param {string} [route] */
  constructor(status, message, retryAfter, route) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
    this.route = route;
  }

  /** The token no longer opens a conversation. */
  get isEnded() {
    return this.status === 401 || this.status === 404;
  }

  /** The same message may be accepted later. */
  get isPassing() {
    return this.status === 429 || this.status >= 500;
  }
}

export class Api {
  /** @type {string | null} */
  token = null;

  /** @returns {Promise<{token: string, messages: Message[]}>} */
  begin() {
    return this.#json("POST", "conversations", {});
  }

  /** @param {number} after @returns {Promise<Message[]>} */
  async messages(after) {
    return (await this.#json("GET", `messages?after=${after}`)).messages;
  }

  /** @param {{text?: string, choice?: string, client_id: string}} body @returns {Promise<Reply>} */
  send(body) {
    return this.#json("POST", "messages", body);
  }

  /** @param {number} after @param {AbortSignal} signal @returns {Promise<Response>} */
  stream(after, signal) {
    const headers = { Accept: "text/event-stream", "Last-Event-ID": String(after) };
    return this.#fetch("GET", "stream", { headers, signal });
  }

  /** @param {string} method @param {string} path @param {object} [body] */
  async #json(method, path, body) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE);
    try {
      const text = body && JSON.stringify(body);
      // keepalive: a message sent just before leaving still arrives.
      const keepalive = text !== undefined && text.length < KEEPALIVE_LIMIT;
      /** @type {Record<string, string>} */
      const headers = text ? { "Content-Type": "application/json" } : {};
      const response = await this.#fetch(method, path, { body: text, headers, keepalive, signal: patience.signal });
      return await response.json();
    } catch (error) {
      throw error instanceof Refusal ? error : new Unreachable();
    } finally {
      clearTimeout(timer);
    }
  }

  /** @param {string} method @param {string} path @param {RequestInit} options */
  async #fetch(method, path, options) {
    const headers = { ...options.headers, ...(this.token && { Authorization: `Bearer ${this.token}` }) };
    const response = await fetch(`/api/chat/${path}`, { ...options, method, headers, cache: "no-store", credentials: "omit" });
    if (response.ok) return response;
    const body = await response.json().catch(() => null);
    // A proxy's own error page says nothing to a visitor: the same as no connection.
    if (!body?.error?.message) throw new Unreachable();
    throw new Refusal(response.status, body.error.message, seconds(response.headers.get("Retry-After")), body.route);
  }
}

/** @param {string | null} header a number of seconds or a date */
function seconds(header) {
  if (!header) return 0;
  const value = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Math.max(0, value || 0);
}
