// A WhatsApp phone: a person, a business number, the thread between the two.

import { act, read } from "./api.js";
import { composer } from "./compose.js";
import { el, pick, toast } from "./dom.js";
import { bubble } from "./whatsapp-message.js";

const REACTIONS = ["👍", "❤️", "😂", "🙏"];
const THINGS = [
  ["Sample picture", () => ({ image: true })],
  ["Voice message", () => ({ voice: true })],
  ["Sample document", () => ({ document: true })],
  ["Location", () => ({ location: { latitude: 52.52, longitude: 13.405, name: "Berlin" } })],
  ["Somebody's contact", () => ({ contacts: [{ name: { formatted_name: "Ben Weber", first_name: "Ben" }, phones: [{ phone: "+49301234567" }] }] })],
];

const things = (phone, file) => [["Picture or file …", () => file.click()], ...THINGS.map(([name, content]) => [name, () => phone.send(content())])];

/** Changes a person; what is refused is shown. */
async function patch(wa_id, body) {
  const response = await fetch(`sandbox/graph/people/${wa_id}`, { method: "PATCH", body: JSON.stringify(body) });
  if (!response.ok) toast((await response.json()).error, true);
}

export class WhatsApp {
  constructor() {
    this.pictures = "image";
    this.person = undefined;
    this.number = undefined;
    this.messages = [];
    this.reply = undefined;
    this.people = el("select", { "aria-label": "Person on WhatsApp", onchange: () => this.choosePerson() });
    this.numbers = el("select", { "aria-label": "Number", onchange: () => { this.number = this.numbers.value; this.refresh(); } });
    this.receipts = this.flag("Read receipts", "receipts");
    this.online = this.flag("Online", "online");
    this.marketing = el("input", { type: "checkbox", onchange: () => this.act("marketing", { value: this.marketing.checked ? "resume" : "stop" }) });
    this.list = el("ol", { className: "messages", tabIndex: 0, "aria-label": "Messages on WhatsApp", role: "log" });
    this.status = el("div", { className: "status" });
    this.bar = el("div", { className: "draft", hidden: true });
    this.composer = composer(this, things);
    const switches = el("div", { className: "switches" }, el("label", {}, this.receipts, "Read receipts"), el("label", {}, this.online, "Online"),
      el("label", {}, this.marketing, "Marketing"));
    this.node = el("section", { className: "phone whatsapp", "aria-label": "WhatsApp phone" },
      el("div", { className: "head" }, this.people, this.numbers, switches), this.status, this.list, this.bar,
      el("div", { className: "foot" }, this.composer));
  }

  flag(label, name) {
    return el("input", { type: "checkbox", "aria-label": label, onchange: (event) => patch(this.person, { [name]: event.currentTarget.checked }) });
  }

  /** Shows who and what there is to choose from; keeps the choice. */
  async offer(people, numbers) {
    const options = people.map((one) => el("option", { value: one.wa_id }, `${one.name} (+${one.wa_id})`));
    this.people.replaceChildren(...options, el("option", { value: "new" }, "New person …"));
    this.numbers.replaceChildren(...numbers.map((one) => el("option", { value: one.id }, `${one.verified_name} (${one.display_phone_number})`)));
    const person = people.find((one) => one.wa_id === this.person) ?? people[0];
    this.number = numbers.find((one) => one.id === this.number)?.id ?? numbers[0].id;
    this.numbers.value = this.number;
    this.person = person?.wa_id;
    this.people.value = this.person ?? "new";
    if (person) {
      this.receipts.checked = person.receipts;
      this.online.checked = person.online;
    }
    await this.refresh();
  }

  async choosePerson() {
    if (this.people.value === "new") {
      const name = prompt("What is the person's name?")?.trim();
      const phone = name && prompt("And the phone number, with the country code?", "+49 30 5550 0199");
      const made = phone && await act("/graph/people", { name, phone });
      this.person = made?.wa_id ?? this.person;
    } else {
      this.person = this.people.value;
    }
    this.node.dispatchEvent(new CustomEvent("changed", { bubbles: true }));
  }

  async refresh() {
    if (!this.person) return;
    const [person, number] = [this.person, this.number];
    const empty = { messages: [], is_typing: false, stopped_marketing: false };
    const seen = await read(`/graph/threads/${number}/${person}?limit=200`).catch(() => empty);
    if (person !== this.person || number !== this.number) return;
    this.messages = seen.messages;
    this.marketing.checked = !seen.stopped_marketing;
    this.status.textContent = seen.is_typing ? "writing …" : "";
    if (seen.is_typing) setTimeout(() => this.refresh(), 5000);
    const byId = new Map(this.messages.map((message) => [message.id, message]));
    this.list.replaceChildren(...this.messages.map((message) => bubble(message, this, byId)).filter(Boolean));
    if (this.messages.length === 0) this.list.append(el("li", { className: "service" }, "Write first: a business may only begin with a template."));
    this.list.scrollTop = this.list.scrollHeight;
    // Whoever has the thread before them reads it.
    const unread = this.messages.some((one) => !one.is_own && one.status === "delivered");
    if (unread && this.receipts.checked && document.visibilityState === "visible") await this.act("read", {});
  }

  hear(event) {
    if (event.number === this.number && event.wa_id === this.person) this.refresh();
  }

  act(what, body) {
    return act(`/graph/people/${this.person}/${what}`, { number: this.number, ...body });
  }

  write(text) {
    return this.send({ text });
  }

  send(content) {
    const reply_to = this.reply?.id;
    this.leaveDraft();
    return this.act("send", { ...content, reply_to });
  }

  press(message, index, opens) {
    if (opens) toast(`Opens ${opens}`);
    else this.act("press", { message_id: message.id, index });
  }

  menu(message, anchor) {
    const react = (emoji) => this.act("react", { message_id: message.id, emoji });
    const items = [["Reply", () => this.begin(message)]];
    if (message.reaction_of_person) items.unshift(["Take reaction back", () => react(null)]);
    this.pick(anchor, items, REACTIONS.map((emoji) => [emoji, () => react(emoji)]));
  }

  begin(message) {
    this.reply = message;
    const text = message.content.body ?? message.shown?.body ?? message.type;
    this.bar.hidden = false;
    this.bar.replaceChildren(el("span", { dir: "auto" }, `Reply to: ${text.slice(0, 80)}`),
      el("button", { type: "button", "aria-label": "Cancel", onclick: () => this.leaveDraft() }, "✕"));
    this.composer.fill("");
  }

  leaveDraft() {
    this.reply = undefined;
    this.bar.hidden = true;
  }

  pick(anchor, items, row) {
    pick(this.node, anchor, items, row);
  }
}
