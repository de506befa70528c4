// Steps through a replay without loading the page anew. Every step is a link of the page itself, so the
// same keys and the slider only follow those links; without this script the links do it alone.
"use strict";

(() => {
  const slider = document.getElementById("step");
  const place = document.getElementById("moment");
  const form = slider.form;
  let wanted = 0; // of several requests only the last is shown
  let turn = Promise.resolve(); // keys pressed while a step is loading wait for it

  document.getElementById("go").hidden = true;
  place.setAttribute("aria-busy", "false");

  async function show(address) {
    const mine = ++wanted;
    place.setAttribute("aria-busy", "true");
    const focused = document.activeElement.dataset ? document.activeElement.dataset.key : undefined;
    const answer = await fetch(address, { headers: { "Duban-Fragment": "moment" } });
    const html = await answer.text();
    if (mine !== wanted) return;
    if (!answer.ok) {
      location.assign(address);
      return;
    }
    const scrolled = place.querySelector(".film").scrollLeft;
    place.innerHTML = html; // rendered and escaped by the server
    const moment = place.querySelector(".moment");
    slider.value = moment.dataset.step;
    slider.setAttribute("aria-valuetext", moment.dataset.text);
    history.replaceState(null, "", address);
    if (focused) (place.querySelector(`[data-key="${focused}"]`) || slider).focus();
    keepInSight(scrolled);
    place.setAttribute("aria-busy", "false");
  }

  function keepInSight(scrolled) {
    const film = place.querySelector(".film");
    const now = Number(film.querySelector("line.now").getAttribute("x1"));
    const hidden = now < scrolled + 60 || now > scrolled + film.clientWidth - 60;
    film.scrollLeft = hidden ? now - film.clientWidth / 2 : scrolled;
  }

  function follow(key) {
    turn = turn.then(() => {
      const link = place.querySelector(`[data-key="${key}"]`);
      return link ? show(link.href) : undefined;
    }).catch(() => location.reload());
  }

  function chosen() {
    const kept = new URLSearchParams(location.search); // whose eyes, which way of looking, what it is compared with
    kept.delete("position");
    kept.delete("lang");
    kept.set("step", slider.value);
    return `${form.action}?${kept}`;
  }

  slider.addEventListener("input", () => {
    show(chosen()).catch(() => form.submit());
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(chosen()).catch(() => form.submit());
  });
  place.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !plain) return;
    const href = link.getAttribute("href");
    if (!href.startsWith(new URL(form.action).pathname + "?")) return;
    event.preventDefault();
    turn = turn.then(() => show(link.href || href)).catch(() => location.assign(href));
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input:not([type=range]), select, textarea")) return;
    const key = (event.shiftKey ? "Shift+" : "") + event.key;
    if (!["Home", "End", "ArrowLeft", "ArrowRight", "Shift+ArrowLeft", "Shift+ArrowRight"].includes(key)) return;
    event.preventDefault();
    follow(key);
  });
  keepInSight(0);
})();
