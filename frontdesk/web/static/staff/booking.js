// The pages about booking work without this file; with it, a second click sends nothing twice.
document.getElementById("alert")?.focus();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "yes";
  event.submitter?.setAttribute("aria-disabled", "true");
});
// a page that comes back from the browser's memory may send again
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sending]")) delete form.dataset.sending;
  for (const button of document.querySelectorAll("button[aria-disabled]")) button.removeAttribute("aria-disabled");
});
// the outcome of a deed is said once, and a reload after a refusal must not send the form again
history.replaceState(null, "", document.body.dataset.address + location.hash);
// typing hours means that the day is open then
for (const hours of document.querySelectorAll('input[name="hours"]')) {
  hours.addEventListener("input", () => {
    hours.form.querySelector('input[name="is"][value="open"]').checked = true;
  });
}
