// Everything works without this file.
"use strict";

// A button that was pressed says that it works on it, until another page is there.
addEventListener("submit", (event) => {
  event.submitter?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
});
