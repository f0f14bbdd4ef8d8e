// Everything works without this file.
"use strict";

// A button that was pressed says that it works on it, until another page is there.
addEventListener("submit", (event) => {
  event.submitter?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
});

// What a page brings along is not read out; what is written into it afterwards is.
const done = document.querySelector("main :is([data-aloud], .notice[role])");
if (done) setTimeout(() => {
  document.getElementById("aloud").textContent = done.dataset.aloud || done.textContent.trim().slice(0, 300);
}, 300);
