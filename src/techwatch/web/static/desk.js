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
const done = document.querySelector("main [data-aloud]") || document.querySelector("main .notice[role]");
if (done) setTimeout(() => {
  document.getElementById("aloud").textContent = done.dataset.aloud || done.textContent.trim().slice(0, 300);
}, 300);

// Who did something to one of many finds the place again, or what took it, and not the top of the page.
const many = () => [...document.querySelectorAll("main :is(.card, tbody tr)")];
const kept = (word, value) => { try { return sessionStorage[word]("left", value); } catch { return null; } };
const left = (kept("getItem") || "").split(" ");
kept("removeItem");
if (left[0] === location.pathname && !document.getElementById(location.hash.slice(1))) {
  const there = many()[Math.min(Number(left[1]), many().length - 1)];
  if (there) {
    there.tabIndex = -1;
    there.focus();
  }
}
addEventListener("submit", (event) => {
  const one = event.target.closest(".card, tbody tr");
  if (one && event.target.method === "post") kept("setItem", `${location.pathname} ${many().indexOf(one)}`);
});
