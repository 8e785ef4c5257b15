// The line to write in, the things to attach, and the bot's reply keyboard.

import { el } from "./dom.js";

const FILE_BYTES_MAX = 50 * 1024 * 1024;

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result.slice(reader.result.indexOf(",") + 1)));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}

/** What can be sent besides text: a name and its content. */
const THINGS = [
  ["Sample photo", () => ({ photo: true })],
  ["Voice message", () => ({ voice: { duration: 3 } })],
  ["Sample document", () => ({ document: true })],
  ["Location", () => ({ location: { latitude: 12.9716, longitude: 77.5946 } })],
  ["Somebody's contact", () => ({ contact: { phone_number: "+49301234567", first_name: "Ben" } })],
  ["Sticker", () => ({ sticker: { emoji: "👍" } })],
  ["Dice", () => ({ dice: {} })],
];

/** The form at the bottom of a phone; `offers(phone, file)` is what its plus button has. */
export function composer(phone, offers) {
  const input = el("textarea", { rows: 1, placeholder: "Message", "aria-label": "Message", dir: "auto" });
  const file = el("input", { type: "file", hidden: true, onchange: () => sendFile(phone, file) });
  const send = el("button", { type: "submit", className: "send", "aria-label": "Send" }, "➤");
  const attach = el("button", { type: "button", className: "attach", "aria-label": "Attach", "aria-haspopup": "menu", onclick: () => phone.pick(attach, offers(phone, file)) }, "+");
  const form = el("form", { className: "composer", onsubmit: (event) => { event.preventDefault(); submit(); } }, attach, input, send, file);
  const submit = () => {
    const text = input.value;
    if (text.trim() === "") return;
    input.value = "";
    grow();
    phone.write(text);
  };
  const grow = () => {
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, 120)}px`;
  };
  input.addEventListener("input", grow);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    } else if (event.key === "Escape") {
      phone.leaveDraft();
    }
  });
  form.fill = (text) => { input.value = text; grow(); input.focus(); };
  return form;
}

export function things(phone, file) {
  const all = THINGS.map(([name, content]) => [name, () => phone.send(content())]);
  all.unshift(["Photo or file …", () => file.click()]);
  if (!phone.group) all.push(["My phone number", () => phone.sharePhone()]);
  return all;
}

async function sendFile(phone, input) {
  const [file] = input.files;
  input.value = "";
  if (!file || file.size > FILE_BYTES_MAX) return;
  const given = { base64: await base64(file), file_name: file.name, mime_type: file.type || undefined };
  const isPicture = file.type.startsWith("image/") && file.type !== "image/svg+xml";
  phone.send({ [isPicture ? phone.pictures : "document"]: given });
}

/** The bot's reply keyboard, taken from the newest message that has or removes one. */
export function replyKeyboard(phone, messages) {
  const message = messages.findLast((one) => one.keyboard);
  const rows = message?.keyboard.keyboard;
  if (!rows) return undefined;
  const used = messages.some((one) => one.message_id > message.message_id && one.from?.id === phone.person.id);
  if (message.keyboard.one_time_keyboard && used) return undefined;
  return el("div", { className: "keyboard", role: "group", "aria-label": "Keyboard of the bot" }, ...rows.map((row, r) => el("div", { className: "row" }, ...row.map((button, c) =>
    el("button", { type: "button", onclick: () => phone.press(message, r, c) }, button.text)))));
}
