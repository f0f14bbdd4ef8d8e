// Everything works without this file.
"use strict";

// A button that was pressed says that it works on it, until another page is there.
// What a fetch of another site may take is said where the form says so (data-waiting), to screen
// readers too. Pressed twice by mistake, it is sent once.
addEventListener("submit", (event) => {
  const form = event.target;
  const now = Date.now();
  if (now - Number(form.dataset.sent ?? 0) < 1000) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = now;
  event.submitter?.setAttribute("aria-busy", "true");
  const told = form.querySelector("[data-waiting]");
  if (told) told.textContent = told.dataset.waiting;
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
  for (const told of document.querySelectorAll("[data-waiting]")) told.textContent = "";
});

// What a page brings along is not read out; what is written into it afterwards is.
const done = document.querySelector("main :is([data-aloud], .notice[role])");
if (done) setTimeout(() => {
  document.getElementById("aloud").textContent = done.dataset.aloud || done.textContent.trim().slice(0, 300);
}, 300);
