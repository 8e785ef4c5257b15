// Small things for making elements. Text is always set as text, never as markup.

/** An element with properties, event listeners (`on…`) and children. */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && !name.includes("-")) node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

/** Shows a sentence for a while. */
export function toast(text, isAlert = false) {
  const note = el("div", { className: isAlert ? "toast alert" : "toast" }, text);
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), 5000);
}

/** The time of day of a date in seconds. */
export function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

/** A small menu in `frame` beside what opened it, with a row of short items on top. */
export function pick(frame, anchor, items, row = []) {
  const close = () => {
    menu.remove();
    anchor.focus();
  };
  const item = ([text, run]) => el("button", { type: "button", role: "menuitem", onclick: () => { close(); run(); } }, text);
  const menu = el("div", { className: "menu", role: "menu", onkeydown: (event) => event.key === "Escape" && close() },
    row.length > 0 && el("div", { className: "row", role: "none" }, ...row.map(item)), ...items.map(item));
  frame.append(menu);
  const [outer, at] = [frame.getBoundingClientRect(), anchor.getBoundingClientRect()];
  menu.style.left = `${Math.max(8, Math.min(at.left - outer.left, frame.clientWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(at.bottom - outer.top, frame.clientHeight - menu.offsetHeight - 8))}px`;
  menu.querySelector("button").focus();
  setTimeout(() => document.addEventListener("click", (event) => !menu.contains(event.target) && menu.remove(), { once: true }));
}
