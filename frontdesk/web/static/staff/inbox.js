// The inbox works without this file; with it, what is new appears by itself and nothing typed is lost.
import { keepDrafts } from "./drafts.js";
import { watch } from "./live.js";
import { listenForKeys } from "./keys.js";

const scroll = document.getElementById("scroll");
const alert = document.getElementById("alert");

keepDrafts();
watch();
listenForKeys();

if (scroll) showWhatMatters();
if (alert) alert.focus();
document.querySelector(".row[aria-current]")?.scrollIntoView({ block: "nearest" });

// a second click must not send twice (the server would notice too)
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "yes";
  form.querySelector("button")?.setAttribute("aria-disabled", "true");
});
// a page that comes back from the browser's memory may send again
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sending]")) {
    delete form.dataset.sending;
    form.querySelector("button")?.removeAttribute("aria-disabled");
  }
});
// the outcome of a deed is said once, and a reload after a refusal must not send the form again
history.replaceState(null, "", document.body.dataset.address);

// The newest message, but never past the words that were passed on and wait for somebody.
function showWhatMatters() {
  const isPhone = getComputedStyle(scroll).overflowY === "visible";
  const newest = document.querySelector(".message:last-child");
  const passed = document.querySelector(".message.passed");
  if (isPhone && document.body.dataset.pane === "thread") newest?.scrollIntoView({ block: "end" });
  else scroll.scrollTop = scroll.scrollHeight;
  if (passed && passed.getBoundingClientRect().top < scroll.getBoundingClientRect().top && !isPhone && !answered(passed)) {
    scroll.scrollTop = passed.offsetTop - scroll.offsetTop - 12;
  }
}

function answered(passed) {
  return [...document.querySelectorAll(".by-staff")].some(
    (reply) => passed.compareDocumentPosition(reply) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
}
