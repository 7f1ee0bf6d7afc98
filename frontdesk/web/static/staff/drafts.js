// Drafts stay in this tab (sessionStorage) until they are sent, its person signs out, or another person signs in.
const PREFIX = "draft:";
const OWNER = "draft-owner";

export function keepDrafts() {
  if (sessionStorage.getItem(OWNER) !== document.body.dataset.staff) forget();
  sessionStorage.setItem(OWNER, document.body.dataset.staff);
  for (const form of document.querySelectorAll("form[data-draft]")) keep(form);
  document.getElementById("log-out").addEventListener("submit", forget);
}

function keep(form) {
  const key = PREFIX + form.dataset.draft;
  const box = form.querySelector("textarea");
  if (document.body.dataset.done === form.dataset.sent) sessionStorage.removeItem(key);
  const draft = sessionStorage.getItem(key);
  if (draft && !box.value) {
    box.value = draft;
    box.closest("details")?.setAttribute("open", "");
  }
  box.addEventListener("input", () => {
    if (box.value) sessionStorage.setItem(key, box.value);
    else sessionStorage.removeItem(key);
  });
}

function forget() {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith("draft")) sessionStorage.removeItem(key);
  }
}
