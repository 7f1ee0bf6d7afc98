import { WORDS } from "./words.js";

// No lookbehind: phones a few years old would refuse the whole module.
const PATTERN = new RegExp(
  [
    String.raw`(?<web>https://[^\s<>"]*[^\s<>".,;:!?)]|\b988lifeline\.org(?:/[\w/-]*\w)?)`,
    String.raw`(?<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)`,
    String.raw`(?<keyword>(?:[Tt]ext|[Ee]nv[ií]e|[Mm]ande)\s+(?<word>[A-Z]{2,12})\b(?:\s+(?:to|al)\s+(?<code>\d{3,6})\b)?)`,
    String.raw`(?<text>\b[Tt]exts?\b(?!\s+(?:you|me|us|message)\b))`,
    String.raw`(?<phone>(?:\+?1[-. ])?(?:\(\d{3}\)\s?|\b\d{3}[-. ])\d{3}[-. ]\d{4}\b|\b\d{3}-\d{4}\b)`,
    String.raw`(?<short>\b(?:988|911)\b(?!-\d|\.\d))`,
  ].join("|"),
  "g",
);

/**
 * @typedef {{start: number, shown: string, href: string, kind: "call" | "text" | "textWord" | "chat" | "write",
 *   to: string, word?: string}} Link
 */

/** The ways to reach somebody that a text names, in its order. @param {string} text @returns {Link[]} */
export function links(text) {
  const found = [];
  for (const match of text.matchAll(PATTERN)) {
    const start = match.index ?? 0;
    const link = describe(match.groups ?? {}, lineAround(text, start));
    if (link) found.push({ start, shown: match[0], ...link });
  }
  return found;
}

/** @param {string} text @param {number} index */
function lineAround(text, index) {
  return text.slice(text.lastIndexOf("\n", index) + 1).split("\n", 1)[0];
}

/** @param {Record<string, string>} groups @param {string} line @returns {Omit<Link, "start" | "shown"> | null} */
function describe({ web, email, word, code, text, phone, short }, line) {
  if (web) return { kind: "chat", to: web, href: web.startsWith("https:") ? web : `https://${web}` };
  if (email) return { kind: "write", to: email, href: `mailto:${email}` };
  // AYUDA is the lifeline's own word for Spanish; another word says where it goes.
  const number = code ?? (word === "AYUDA" ? "988" : null);
  if (word) return number === null ? null : { kind: "textWord", to: number, word, href: `sms:${number}?&body=${word}` };
  // "Call or text" may stand before or after the number it is about.
  if (text) return /\b988\b/.test(line) ? { kind: "text", to: "988", href: "sms:988" } : null;
  return { kind: "call", to: phone ?? short, href: `tel:${dialled(phone ?? short)}` };
}

/** @param {string} number as written @returns {string} as dialled from anywhere */
function dialled(number) {
  const digits = number.replace(/\D/g, "");
  if (digits.length === 10) return `+1${digits}`;
  return digits.length === 11 ? `+${digits}` : digits;
}

/** What a link does, in words. @param {Link} link @param {string} [lang] */
export function described(link, lang) {
  const words = WORDS.helplines[lang === "es" ? "es" : "en"];
  if (link.kind === "textWord") return words.textWord.replace("{word}", link.word ?? "").replace("{to}", link.to);
  return link.kind === "write" ? link.to : `${words[link.kind]} ${link.to.replace("https://", "")}`;
}
