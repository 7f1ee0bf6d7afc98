// Asks every few seconds whether anything is new, and then replaces the parts of the page nobody types in.
const EVERY = 4000; // ms
const ANYWAY = 60000; // ms; "20 min ago" grows old by itself
const PARTS = ["sections", "lists", "rows", "head", "messages", "state", "reply-hint", "details"];
const LIVE = { headers: { "Frontdesk-Live": "yes" }, credentials: "same-origin", cache: "no-store" };

let version = document.body.dataset.version;
let urgent = Number(document.body.dataset.urgent);
let fetched = Date.now();

export function watch() {
  setTimeout(ask, EVERY);
  document.addEventListener("visibilitychange", () => document.hidden || refreshIfNew());
}

async function ask() {
  await refreshIfNew();
  setTimeout(ask, EVERY);
}

async function refreshIfNew() {
  try {
    const query = new URLSearchParams({ since: version });
    if (document.body.dataset.conversation) query.set("conversation", document.body.dataset.conversation);
    const answer = await fetch(`/staff/changes?${query}`, LIVE);
    show("signed-out", answer.status === 401);
    show("offline", !answer.ok && answer.status !== 401);
    if (!answer.ok) return;
    const news = await answer.json();
    if (news.changed || Date.now() - fetched > ANYWAY) await refresh();
    announceUrgent(news.urgent_new);
  } catch {
    show("offline", true);
  }
}

async function refresh() {
  const answer = await fetch(document.body.dataset.address, LIVE);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const before = document.querySelectorAll(".message").length;
  for (const id of PARTS) replace(document.getElementById(id), fresh.getElementById(id));
  document.title = fresh.title;
  version = fresh.body.dataset.version;
  fetched = Date.now();
  const added = document.querySelectorAll(".message").length - before;
  if (added > 0) say(added === 1 ? "A new message" : `${added} new messages`);
}

function replace(old, fresh) {
  if (!old || !fresh || old.innerHTML === fresh.innerHTML) return;
  if (old.querySelector("form[data-sending]")) return; // on its way to the server: the page will change anyway
  const scroll = document.getElementById("scroll");
  const atEnd = scroll && scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
  const open = [...old.querySelectorAll("details[open][data-keep]")].map((details) => details.dataset.keep);
  const focused = focusIn(old);
  old.replaceChildren(...fresh.childNodes);
  for (const keep of open) old.querySelector(`[data-keep="${keep}"]`)?.setAttribute("open", "");
  if (focused) old.querySelector(focused)?.focus({ preventScroll: true });
  if (atEnd && old.id === "messages") scroll.scrollTop = scroll.scrollHeight;
}

// A way to find the focused link or button again in the new part.
function focusIn(part) {
  const focused = document.activeElement;
  if (!focused || !part.contains(focused)) return null;
  if (focused.dataset.row) return `[data-row="${focused.dataset.row}"]`;
  if (focused.localName === "summary") return `[data-keep="${focused.parentElement.dataset.keep}"] > summary`;
  if (focused.localName === "a") return `a[href="${CSS.escape(focused.getAttribute("href"))}"]`;
  const form = focused.closest("form");
  return form ? `form[action="${CSS.escape(form.getAttribute("action"))}"] button` : null;
}

function announceUrgent(now) {
  if (now > urgent) say("Something urgent is new in the queue");
  urgent = now;
}

function say(words) {
  document.getElementById("announcer").textContent = words;
}

function show(id, wanted) {
  const notice = document.getElementById(id);
  if (notice.hidden === wanted) notice.hidden = !wanted;
  if (id === "signed-out" && wanted) notice.querySelector("a").href = `/staff/login?next=${document.body.dataset.address}`;
}
