import { element } from "./elements.js";
import { described, links } from "./links.js";
import { WORDS } from "./words.js";

const KINDS = ["call", "text", "textWord", "chat"];

/**
 * @typedef {import("./api.js").Message} Message
 * @typedef {import("./links.js").Link} Link
 */

/** @param {Omit<Message, "id">} message */
export function isUrgent({ author, route }) {
  return author === "bot" && (route === "crisis" || route === "emergency");
}

/** One message as the page shows it. @param {Omit<Message, "id">} message @returns {HTMLLIElement} */
export function messageNode(message) {
  const { author, text, lang, about } = message;
  const urgent = isUrgent(message);
  return element(
    "li",
    { class: `message ${author}${urgent ? " urgent" : ""}` },
    element(
      "p",
      { class: "author" },
      element("span", { class: "name" }, author === "staff" && message.name || WORDS.authors[author]),
      " ",
      moment(message.at),
    ),
    element(
      "div",
      { class: "bubble", lang },
      element("p", { class: "text" }, author === "visitor" ? text : linkedText(text)),
      urgent && helplines(text, lang),
    ),
    about && aboutNode(about),
  );
}

/** @param {string} at */
function moment(at) {
  const time = new Date(at);
  const today = time.toDateString() === new Date().toDateString();
  /** @type {Intl.DateTimeFormatOptions} */
  const day = today ? {} : { month: "short", day: "numeric" };
  return element("time", { datetime: at }, time.toLocaleString([], { ...day, hour: "numeric", minute: "2-digit" }));
}

/** @param {string} text */
export function linkedText(text) {
  const nodes = document.createDocumentFragment();
  let end = 0;
  for (const link of links(text)) {
    nodes.append(text.slice(end, link.start), anchor(link, link.shown, described(link)));
    end = link.start + link.shown.length;
  }
  nodes.append(text.slice(end));
  return nodes;
}

/** @param {Link} link @param {string} shown @param {string} [label] */
function anchor(link, shown, label) {
  const isPage = link.kind === "chat";
  return element(
    "a",
    // A label only where the visible word alone says too little ("text"), and it holds that word.
    { href: link.href, "aria-label": link.kind === "text" ? label : null, target: isPage && "_blank", rel: isPage && "noopener noreferrer" },
    shown,
  );
}

/**
 * The numbers of an urgent text once more, each large enough for a shaking hand: in its order, calling before texting.
 * @param {string} text @param {string} [lang]
 */
function helplines(text, lang) {
  const named = links(text).filter((link) => link.kind !== "write");
  const rank = (/** @type {Link} */ link) => named.findIndex(({ to }) => to === link.to);
  const each = [...new Map(named.map((link) => [link.href, link])).values()];
  each.sort((a, b) => rank(a) - rank(b) || KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
  const items = each.map((link) => element("li", {}, anchor(link, described(link, lang))));
  return items.length > 0 && element("ul", { class: "numbers" }, ...items);
}

/** @param {import("./api.js").About} about */
function aboutNode({ source, reviewed_by, reviewed_on }) {
  const words = WORDS.about;
  const facts = [
    [words.source, source],
    [words.reviewedBy, reviewed_by ?? words.notReviewed],
    ...(reviewed_on ? [[words.reviewedOn, day(reviewed_on)]] : []),
  ];
  return element(
    "details",
    { class: "about" },
    element("summary", {}, words.summary),
    element("dl", {}, ...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)])),
  );
}

/** @param {string} date such as 2026-11-02, a day without a time zone */
function day(date) {
  return new Date(`${date}T00:00`).toLocaleDateString([], { year: "numeric", month: "long", day: "numeric" });
}
