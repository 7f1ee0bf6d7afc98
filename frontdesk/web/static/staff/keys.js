// Single keys, as in mail programs. They can be switched off (some people's speech input types letters).
const SETTING = "frontdesk-single-keys";

export function listenForKeys() {
  const help = document.getElementById("help");
  const use = document.getElementById("use-keys");
  const button = document.getElementById("show-help");
  button.hidden = false;
  button.addEventListener("click", () => help.showModal());
  use.checked = localStorage.getItem(SETTING) !== "off";
  use.addEventListener("change", () => localStorage.setItem(SETTING, use.checked ? "on" : "off"));

  const deeds = {
    j: () => go(1),
    k: () => go(-1),
    r: () => write("reply"),
    n: () => write("note"),
    c: () => document.querySelector('[data-key="c"]')?.click(),
    "/": () => document.getElementById("find").focus(),
    "?": () => help.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    const box = event.target;
    if (box.matches?.("textarea, input:not([type=checkbox])")) return inBox(event, box);
    if (event.ctrlKey || event.metaKey || event.altKey || help.open || !use.checked || !deeds[event.key]) return;
    event.preventDefault();
    deeds[event.key]();
  });
}

function inBox(event, box) {
  if (event.key === "Escape") box.blur();
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && box.localName === "textarea") {
    event.preventDefault();
    box.form.requestSubmit();
  }
}

function go(step) {
  const rows = [...document.querySelectorAll(".row")];
  if (!rows.length) return;
  const here = rows.findIndex((row) => row.hasAttribute("aria-current"));
  const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : here + step;
  if (rows[next]) location.assign(rows[next].href);
}

function write(id) {
  const box = document.getElementById(id);
  document.querySelector("details.note")?.toggleAttribute("open", id === "note"); // one box shows at a time
  box?.focus();
}
