"use strict";
(() => {
  const told = JSON.parse(document.getElementById("told").textContent);
  const last = told.steps.length;
  const rows = [...document.querySelectorAll("tr[data-step]")];
  const drawn = [...document.querySelectorAll(".diagram [data-step]")];
  const places = [...document.querySelectorAll("[data-place]")];
  const standings = [...document.querySelectorAll("[data-standing]")];
  const heading = document.getElementById("state");
  const ends = heading.textContent;

  const values = [new Map(told.began)];
  for (const step of told.steps) {
    const held = new Map(values[values.length - 1]);
    for (const [place, value] of step.changes) held.set(place, value);
    values.push(held);
  }

  const make = (name, attributes, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  const slider = make("input", { type: "range", id: "position", min: "0", max: String(last) });
  const where = make("output", { for: "position" });
  const back = make("button", { type: "button", "aria-label": "one step back" }, "◀");
  const on = make("button", { type: "button", "aria-label": "one step on" }, "▶");
  const bar = make("div", { class: "scrub", role: "group", "aria-label": "Go through the steps" });
  bar.append(make("label", { for: "position" }, "Step "), back, slider, on, where);

  const show = (position) => {
    slider.value = String(position);
    const step = told.steps[position - 1];
    where.textContent = step ? `${position}: ${step.name}` : "the beginning";
    slider.setAttribute("aria-valuetext", where.textContent);
    for (const row of rows) {
      const is = Number(row.dataset.step) === position;
      row.classList.toggle("here", is);
      if (is) row.setAttribute("aria-current", "step");
      else row.removeAttribute("aria-current");
    }
    for (const part of drawn) {
      part.classList.toggle("later", Number(part.dataset.step) > position);
      part.classList.toggle("here", Number(part.dataset.step) === position);
    }
    const changed = new Set(step ? step.changes.map(([place]) => place) : []);
    for (const place of places) {
      const code = place.querySelector("td code");
      code.textContent = values[position].get(place.dataset.place) ?? code.textContent;
      place.classList.toggle("changed", changed.has(place.dataset.place));
    }
    const stand = step ? step.standings : told.standings;
    standings.forEach((row, at) => {
      const [label, locals] = row.querySelectorAll("td code");
      [label.textContent, locals.textContent] = stand[at];
    });
    heading.textContent = position === last ? ends : `The state after step ${position}`;
    if (position === 0) heading.textContent = "The state in which it begins";
  };

  slider.addEventListener("input", () => show(Number(slider.value)));
  back.addEventListener("click", () => show(Math.max(0, Number(slider.value) - 1)));
  on.addEventListener("click", () => show(Math.min(last, Number(slider.value) + 1)));
  window.addEventListener("beforeprint", () => show(last));

  const option = (text, checked, change) => {
    const box = make("input", { type: "checkbox" });
    box.checked = checked;
    box.addEventListener("change", () => change(box.checked));
    return make("label", { class: "option" }, box, ` ${text}`);
  };

  const moving = new Set(told.steps.flatMap((step) => step.changes.map(([place]) => place)));
  const fold = (folded) => {
    for (const place of places) {
      place.hidden = folded && !moving.has(place.dataset.place);
    }
  };
  if (places.some((place) => !moving.has(place.dataset.place))) {
    document.querySelector("#holdings caption").append(option("only what changes", false, fold));
  }

  if (told.lanes.length > 1) {
    const filter = make("fieldset", { class: "filter" }, make("legend", {}, "Processes shown"));
    for (const lane of told.lanes) {
      filter.append(option(lane, true, (shown) => {
        for (const part of document.querySelectorAll("[data-process]")) {
          if (part.dataset.process !== lane) continue;
          if (part.tagName === "TR") part.hidden = !shown;
          else part.classList.toggle("dimmed", !shown);
        }
      }));
    }
    document.getElementById("run").after(filter);
  }

  const named = () => {
    const found = /^#step-(\d+)$/.exec(location.hash);
    return found && Number(found[1]) <= last ? Number(found[1]) : null;
  };

  if (last > 0) {
    document.getElementById("run").after(bar);
    show(named() ?? last);
    window.addEventListener("hashchange", () => show(named() ?? Number(slider.value)));
  }
})();
