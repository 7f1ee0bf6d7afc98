import { element } from "./elements.js";
import { isUrgent, messageNode } from "./message.js";
import { WORDS } from "./words.js";

/**
 * @typedef {import("./api.js").Message} Message
 * @typedef {import("./outbox.js").Entry} Entry
 * @typedef {Omit<Message, "id"> & {id?: number}} Words
 * @typedef {{order: number, node: HTMLElement, message?: Words, entry?: Entry}} Item
 */

/** The log of one conversation: every message once, in the server's order, and what is still on its way. */
export class Transcript {
  #onChoice;
  #onRetry;
  /** @type {Item[]} */
  #items = [];
  #list = element("ol", { class: "messages" });
  node = element("div", { role: "log", "aria-live": "off", "aria-label": WORDS.conversation, tabindex: "-1", class: "log" }, this.#list);

  /** @param {{onChoice: (title: string, choice: string) => void, onRetry: () => void}} handlers */
  constructor({ onChoice, onRetry }) {
    this.#onChoice = onChoice;
    this.#onRetry = onRetry;
  }

  get first() {
    return this.#list.firstElementChild;
  }

  get last() {
    return this.#list.lastElementChild;
  }

  /** From now on a screen reader is told what is new; what was there before is not read out in one breath. */
  announce() {
    requestAnimationFrame(() => this.node.setAttribute("aria-live", "polite"));
  }

  /** @param {Message[]} messages @param {string} [route] of the reply they came with */
  add(messages, route) {
    for (const message of messages) this.#take({ ...message, route: message.route ?? route });
    this.#refresh();
  }

  /** Shows what the visitor sent before the server has confirmed it. @param {Entry} entry */
  show(entry) {
    const item = this.#items.find((one) => one.entry === entry || one.message?.client_id === entry.client_id)
      ?? { order: NaN, ...draft(entry) };
    item.entry = entry;
    // On its way it stands where it will most likely stay; until then it waits at the end.
    this.#place(item, item.message?.id ?? (entry.state === "sending" ? this.#last() + 0.5 : Infinity));
    this.#refresh();
  }

  /** @param {Entry} entry @param {import("./api.js").Reply} reply */
  deliver(entry, { message_id, messages, route }) {
    const { client_id, text, at } = entry;
    this.#take({ id: message_id, author: "visitor", client_id, text, at });
    this.add(messages, route);
  }

  /** @param {Entry} entry */
  remove(entry) {
    this.#items.find((item) => item.entry === entry)?.node.remove();
    this.#items = this.#items.filter((item) => item.entry !== entry);
    this.#refresh();
  }

  /** A line of the page's own, such as who answers from here on. @param {string} text */
  note(text) {
    this.#place({ order: NaN, node: noteNode(text) }, this.#last() + 0.25);
    this.#refresh();
  }

  /** A new conversation starts below; its ids begin anew. @param {string} text */
  divide(text) {
    const underway = this.#items.filter((item) => item.entry && item.message?.id === undefined);
    for (const item of this.#items) this.#offer(item, false);
    this.#items = [];
    this.#list.append(noteNode(text));
    for (const item of underway) this.#place({ ...item, order: NaN }, item.order);
  }

  /** @param {Message} message */
  #take(message) {
    const known = this.#items.find((item) => item.message?.id === message.id);
    if (known) return this.#learn(known, message);
    const own = message.author === "visitor" && this.#items.find((item) => isSame(item, message));
    if (own) own.message = message;
    this.#place(own || { order: NaN, node: messageNode(message), message }, message.id);
  }

  /** The stream may have brought a reply before it was known to be urgent. @param {Item} item @param {Message} message */
  #learn(item, message) {
    if (!isUrgent(message) || isUrgent(/** @type {Message} */ (item.message))) return;
    const node = messageNode(message);
    item.node.replaceWith(node);
    Object.assign(item, { node, message });
  }

  #last() {
    return Math.max(0, ...this.#items.map((item) => item.message?.id ?? 0));
  }

  /** Touches the page only when the order changes: a message that moves is read out again. @param {Item} item @param {number} order */
  #place(item, order) {
    if (item.order === order) return;
    item.order = order;
    const others = this.#items.filter((other) => other !== item);
    let index = others.length;
    while (index > 0 && others[index - 1].order > order) index--;
    const next = others[index]?.node ?? null;
    if (!item.node.isConnected || item.node.nextElementSibling !== next) this.#list.insertBefore(item.node, next);
    this.#items = [...others.slice(0, index), item, ...others.slice(index)];
  }

  /** What depends on the neighbours: whose name is shown, which choices stand open, what became of the last words. */
  #refresh() {
    const open = openOffers(this.#items.flatMap((item) => item.message ?? []));
    const lastSent = this.#items.filter((item) => item.entry).pop();
    this.#items.forEach((item, index) => {
      const before = this.#items[index - 1]?.message?.author;
      item.node.classList.toggle("joined", before !== "staff" && before === item.message?.author);
      this.#offer(item, open.has(item.message));
      if (item.entry) this.#showState(item, item.entry, item === lastSent);
    });
  }

  /** @param {Item} item @param {boolean} isOpen */
  #offer(item, isOpen) {
    const shown = item.node.querySelector(".choices");
    if (!isOpen) shown?.remove();
    if (!isOpen || shown) return;
    const buttons = (item.message?.buttons ?? []).map(({ title, choice }) =>
      element("button", { type: "button", onclick: () => this.#onChoice(title, choice) }, title));
    item.node.append(element("div", { class: "choices", role: "group", "aria-label": WORDS.choices }, ...buttons));
  }

  /** @param {Item} item @param {Entry} entry @param {boolean} isLast */
  #showState(item, { state = "sent", isLimited }, isLast) {
    const words = state === "sent" && !isLast ? "" : WORDS.states[state];
    const canRetry = state === "waiting" && !isLimited;
    const shown = `${words}${canRetry}`;
    if (item.node.dataset.state === shown) return;
    item.node.dataset.state = shown;
    item.node.classList.toggle("waiting", state === "waiting");
    item.node.querySelector(".state")?.remove();
    const button = canRetry && element("button", { type: "button", onclick: this.#onRetry }, WORDS.tryAgain);
    item.node.append(element("div", { class: "state", "aria-live": "off" }, words, " ", button));
  }
}

/** @param {Entry} entry */
function draft({ text, at }) {
  /** @type {Words} */
  const message = { author: "visitor", text, at };
  return { message, node: messageNode(message) };
}

/** @param {string} text */
function noteNode(text) {
  return element("li", { class: "note" }, element("p", {}, text));
}

/** Whether an item is the page's own copy of a message that now comes from the server. @param {Item} item @param {Message} message */
function isSame({ entry, message: words }, message) {
  if (!entry || words?.id !== undefined) return false;
  return message.client_id ? entry.client_id === message.client_id : entry.text === message.text;
}

/**
 * The messages whose choices stand open: those of the newest reply that has any, which may be several messages in a
 * row. A title that was chosen or typed since closes its own.
 * @param {Words[]} messages
 */
function openOffers(messages) {
  /** @type {Set<Words | undefined>} */
  const open = new Set();
  const said = new Set();
  let isReply = false;
  for (const message of [...messages].reverse()) {
    const { author, text, buttons } = message;
    if (author === "visitor" && isReply) break;
    if (author === "visitor") said.add(folded(text));
    if (author !== "bot" || !buttons?.length) continue;
    isReply = true;
    if (!buttons.some((button) => said.has(folded(button.title)))) open.add(message);
  }
  return open;
}

/** @param {string} text */
function folded(text) {
  return text.trim().toLowerCase();
}
