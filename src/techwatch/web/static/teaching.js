// Keys on pages with developments: each presses a button or follows a link that is there anyway.
"use strict";
(() => {
  const cards = () => [...document.querySelectorAll(".card")].filter((c) => c.querySelector("[data-teach]"));
  const help = document.getElementById("keys");
  const box = document.getElementById("keys-on");
  const opener = document.getElementById("keys-opener");
  if (!help || !box || !opener) return;

  const kept = () => { try { return localStorage.getItem("keys"); } catch { return null; } };
  box.checked = kept() !== "off";
  box.addEventListener("change", () => {
    try { localStorage.setItem("keys", box.checked ? "on" : "off"); } catch { /* for this page only */ }
  });
  opener.querySelector("button").addEventListener("click", () => help.showModal());

  const writing = (at) => at && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName));
  const current = () => {
    const at = document.activeElement && document.activeElement.closest(".card");
    if (at && at.querySelector("[data-teach]")) return at;
    const all = cards();
    return document.querySelector(".card.current") || (all.length === 1 ? all[0] : null);
  };
  let moved = false; // to another development, since the page came
  let leaving = false; // something was pressed already: the page of its outcome is on its way
  const go = (card) => {
    if (!card) return;
    document.querySelectorAll(".card.current").forEach((one) => one.classList.remove("current"));
    card.classList.add("current");
    card.tabIndex = -1;
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const all = cards();
    const at = all.indexOf(current());
    go(at < 0 ? all[0] : all[Math.min(Math.max(at + by, 0), all.length - 1)]);
  };
  // "u" takes back what was just said, which stands on top; elsewhere the last word on that card.
  const press = (key) => {
    const card = current();
    const own = card && [...card.querySelectorAll(`[data-key="${key}"]`)].pop();
    const top = key === "u" && document.querySelector('.notice [data-key="u"]');
    const there = moved ? own || top : top || own;
    if (there) there.click();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help.open) return;
    if (!box.checked) return;
    // Out of a note, which stays as it was written, back to where keys say something.
    if (event.key === "Escape" && event.target.name === "note") return go(event.target.closest(".card"));
    if (writing(event.target)) return;
    if (event.repeat && !"jk".includes(event.key)) return; // a key that is held says one thing
    if (event.key === "?") help.showModal();
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "c") { const field = current() && current().querySelector("[name=note]"); if (field) field.focus(); }
    else if (event.key === "o") { const link = current() && current().querySelector("h2 a"); if (link) link.click(); }
    else if ("arnwsdu".includes(event.key) && event.key.length === 1) press(event.key);
    else return;
    event.preventDefault();
  });

  // Who comes back from saying something finds the card where they were, or the one that took its place.
  const from = location.hash.slice(1);
  if (/^d-[0-9a-f]{16}$/.test(from)) {
    const all = cards();
    let place = 0;
    try { place = Number(sessionStorage.getItem("place")) || 0; } catch { /* the first one then */ }
    go(document.getElementById(from) || all[Math.min(place, all.length - 1)]);
  }
  const landed = current();
  document.addEventListener("focusin", (event) => {
    const card = event.target.closest(".card");
    if (card && card !== landed) moved = true;
  });
  window.addEventListener("pageshow", () => { leaving = false; }); // who goes back may press again
  document.addEventListener("submit", (event) => {
    if (event.target.method === "dialog") return;
    if (leaving) { event.preventDefault(); return; }
    leaving = true;
    const card = event.target.closest(".card");
    if (card) try { sessionStorage.setItem("place", String(cards().indexOf(card))); } catch { /* likewise */ }
  });
})();
