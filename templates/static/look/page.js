// The little that pages need beyond htmx: theme, copying, one submission per form.
(function () {
  "use strict";
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  function stored() {
    try { return JSON.parse(localStorage.getItem("adminTheme") || '"auto"'); }
    catch (error) { return "auto"; }
  }
  function paint() {
    const theme = stored();
    const isDark = theme === "dark" || (theme !== "light" && dark.matches);
    root.classList.toggle("dark", isDark);
    document.querySelectorAll("[data-theme-choice]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme));
    });
  }
  paint();
  dark.addEventListener("change", paint);
  document.addEventListener("DOMContentLoaded", paint);

  function copied(button) {
    button.classList.add("is-done");
    setTimeout(function () { button.classList.remove("is-done"); }, 1200);
  }
  function copy(button) {
    const text = button.dataset.copy || button.previousElementSibling.textContent;
    if (navigator.clipboard) {
      navigator.clipboard.writeText(text).then(function () { copied(button); });
    }
  }
  document.addEventListener("click", function (event) {
    const copyButton = event.target.closest("[data-copy]");
    if (copyButton) { copy(copyButton); }
    const themeButton = event.target.closest("[data-theme-choice]");
    if (themeButton) {
      localStorage.setItem("adminTheme", JSON.stringify(themeButton.dataset.themeChoice));
      paint();
    }
    if (event.target.closest("[data-print]")) { window.print(); }
    if (event.target.closest("[data-side]")) { document.body.classList.toggle("side-open"); }
    document.querySelectorAll("details.filter[open], details.who[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) { menu.open = false; }
    });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") { return; }
    document.body.classList.remove("side-open");
    document.querySelectorAll("details.filter[open], details.who[open]").forEach(function (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
  // What somebody unfolded stays unfolded when a part of the page is renewed under it.
  let unfolded = [];
  function folds() { return Array.from(document.querySelectorAll("#cards details, #live details")); }
  function nameOf(fold) {
    const within = fold.closest(".check, .fold, .panel");
    const marked = within && (within.id ? within : within.querySelector("[id]"));
    return (marked ? marked.id : "") + " " + fold.className + " " + fold.firstElementChild.textContent.replace(/[\d\s]+/g, " ");
  }
  document.addEventListener("htmx:beforeSwap", function () {
    unfolded = folds().filter(function (fold) { return fold.open; }).map(nameOf);
  });
  document.addEventListener("htmx:afterSettle", function () {
    folds().forEach(function (fold) { if (unfolded.includes(nameOf(fold))) { fold.open = true; } });
  });
  // A binding act is sent once: after the submission the buttons rest until the page answers.
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (!form.matches("[data-once]")) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(function () {
      form.querySelectorAll("button[type=submit]").forEach(function (button) { button.disabled = true; });
    }, 0);
  });
  // A page that is saved field by field says beside each whether it was, also when no answer came.
  function said(event) { return event.detail.target && event.detail.target.closest("[data-said]"); }
  function unsaved(event, why) {
    const place = said(event);
    if (!place) { return; }
    const was = place.querySelector("input");
    const told = document.createElement("span");
    told.className = "is-fail";
    told.textContent = "Not saved: " + why + " What you typed is still here.";
    place.replaceChildren(told);
    if (was) { place.append(was); }
  }
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (!said(event)) { return; }
    const answered = event.detail.xhr.responseText.includes('name="was.');
    event.detail.shouldSwap = answered;
    event.detail.isError = event.detail.isError && !answered;
    if (!answered) { unsaved(event, "you were signed out. Copy it, and load the page again."); }
  });
  document.addEventListener("htmx:sendError", function (event) { unsaved(event, "the server does not answer."); });
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) { return; }
    document.querySelectorAll("form[data-once]").forEach(function (form) {
      delete form.dataset.sent;
      form.querySelectorAll("button[type=submit]").forEach(function (button) { button.disabled = false; });
    });
  });
})();
