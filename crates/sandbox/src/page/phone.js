// One phone: a person, the chat that is open, its messages.

import { act, read } from "./api.js";
import { composer, replyKeyboard, things } from "./compose.js";
import { el, pick, toast } from "./dom.js";
import { bubble } from "./message.js";

const REACTIONS = ["👍", "❤", "🔥", "😁"];

export class Phone {
  constructor(number) {
    this.number = number;
    this.person = undefined;
    this.bot = undefined;
    this.group = undefined;
    this.messages = [];
    this.draft = {};
    this.people = el("select", { "aria-label": "Person", onchange: () => this.choosePerson() });
    this.chats = el("select", { "aria-label": "Chat", onchange: () => this.chooseChat() });
    this.list = el("ol", { className: "messages", tabIndex: 0, "aria-label": "Messages", role: "log" });
    this.status = el("div", { className: "status" });
    this.bar = el("div", { className: "draft", hidden: true });
    this.foot = el("div", { className: "foot" });
    this.pictures = "photo";
    this.composer = composer(this, things);
    this.blockButton = el("button", { type: "button", className: "block", onclick: () => this.toggleBlock() }, "Block");
    this.node = el("section", { className: "phone", "aria-label": `Phone ${number}` },
      el("div", { className: "head" }, this.people, this.chats, this.blockButton), this.status, this.list, this.bar, this.foot);
  }

  get where() {
    return this.group ? { chat: this.group } : { bot: this.bot };
  }

  /** Shows who and what there is to choose from; keeps the choice. */
  offer(people, bots, groups) {
    const options = people.map((one) => el("option", { value: one.id }, [one.first_name, one.last_name].filter(Boolean).join(" ")));
    this.people.replaceChildren(...options, el("option", { value: "new" }, "New person …"));
    this.person = people.find((one) => one.id === this.person?.id) ?? people[Math.min(this.number, people.length) - 1];
    this.people.value = this.person.id;
    const mine = groups.filter((group) => !group.deleted && !group.migrated_to && group.members.some((m) => m.id === this.person.id && !["left", "kicked"].includes(m.status)));
    const chats = [...bots.map((bot) => [`bot ${bot.id}`, `${bot.first_name} (@${bot.username})`]), ...mine.map((group) => [`group ${group.id}`, group.title])];
    this.chats.replaceChildren(...chats.map(([value, text]) => el("option", { value }, text)));
    this.chats.hidden = chats.length === 0;
    const open = this.group ? `group ${this.group}` : `bot ${this.bot}`;
    this.chats.value = chats.some(([value]) => value === open) ? open : chats[0]?.[0] ?? "";
    this.chooseChat();
  }

  async choosePerson() {
    if (this.people.value === "new") {
      const name = prompt("What is the person's name?");
      const [first_name, ...rest] = (name ?? "").trim().split(/\s+/);
      if (!first_name) {
        this.people.value = this.person.id;
        return;
      }
      this.person = await act("/users", { first_name, last_name: rest.join(" ") || undefined, language_code: "en" }) ?? this.person;
    } else {
      this.person = { id: Number(this.people.value) };
    }
    this.node.dispatchEvent(new CustomEvent("changed", { bubbles: true }));
  }

  chooseChat() {
    const [kind, id] = this.chats.value.split(" ");
    this.bot = kind === "bot" ? Number(id) : undefined;
    this.group = kind === "group" ? Number(id) : undefined;
    this.leaveDraft();
    this.refresh();
  }

  async refresh() {
    if (!this.bot && !this.group) {
      this.messages = [];
      this.show({ started: false, blocked: false, empty: "No bot has called yet. Start a bot's program with this address as its Bot API server and any token like 123456:ABC." });
      return;
    }
    const chat = this.group ?? this.person.id;
    const seen = await read(`/chats/${this.bot ?? 0}/${chat}/messages?limit=200`).catch(() => ({ messages: [], started: Boolean(this.group), blocked: false }));
    if (chat !== (this.group ?? this.person.id)) return;
    this.messages = seen.messages;
    this.show(seen);
  }

  show({ started, blocked, empty, action }) {
    const atEnd = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 80;
    const count = this.list.childElementCount;
    this.list.replaceChildren(...this.messages.map((message) => bubble(message, this)));
    if (this.messages.length === 0) this.list.append(el("li", { className: "service" }, empty ?? (this.group ? "Nobody has written here." : "Press Start to write to this bot.")));
    this.blockButton.hidden = !this.bot || !started;
    this.blockButton.textContent = blocked ? "Unblock" : "Block";
    this.blocked = blocked;
    this.status.textContent = action ? `${action.replaceAll("_", " ")} …` : "";
    this.showFoot(started, blocked);
    if (atEnd || count === 0) this.list.scrollTop = this.list.scrollHeight;
  }

  /** What stands below the messages. The composer is never moved while it is there: it may hold the cursor. */
  showFoot(started, blocked) {
    const isOpen = this.group || this.bot;
    if (isOpen && started && !blocked) {
      if (this.composer.parentNode !== this.foot) this.foot.replaceChildren(this.composer);
      while (this.foot.lastElementChild !== this.composer) this.foot.lastElementChild.remove();
      const keyboard = replyKeyboard(this, this.messages);
      if (keyboard) this.foot.append(keyboard);
      return;
    }
    const wide = (text, onclick) => el("button", { type: "button", className: "wide", onclick }, text);
    const start = () => act(`/users/${this.person.id}/start`, { bot: this.bot });
    const button = blocked ? wide("Unblock", () => this.toggleBlock()) : this.bot && wide("Start", start);
    this.foot.replaceChildren(...(button ? [button] : []));
  }

  /** True when an event is about the chat that is open. */
  concerns(event) {
    return this.group ? event.chat === this.group : event.bot === this.bot && event.chat === this.person?.id;
  }

  hear(event) {
    if (!this.concerns(event)) return;
    if (event.type === "callback_answer") {
      if (event.text) toast(event.text, event.show_alert);
      return;
    }
    if (event.type === "action") {
      this.status.textContent = `${event.action.replaceAll("_", " ")} …`;
      setTimeout(() => { this.status.textContent = ""; }, 5000);
      return;
    }
    this.refresh();
  }

  act(what, body) {
    return act(`/users/${this.person.id}/${what}`, { ...this.where, ...body });
  }

  write(text) {
    const { edit, reply } = this.draft;
    this.leaveDraft();
    if (edit) this.act("edit", edit.text ? { message_id: edit.message_id, text } : { message_id: edit.message_id, caption: text });
    else this.act("send", { text, reply_to: reply?.message_id });
  }

  send(content) {
    const reply_to = this.draft.reply?.message_id;
    this.leaveDraft();
    return this.act("send", { ...content, reply_to });
  }

  sharePhone() {
    return act(`/users/${this.person.id}/share_phone`, { bot: this.bot });
  }

  async press(message, row, column) {
    const bot = this.bot ?? message.from?.id;
    const pressed = await act(`/users/${this.person.id}/press`, { bot, chat: this.group, message_id: message.message_id, row, column });
    if (pressed?.url) toast(`Opens ${pressed.url}`);
    if (pressed?.copied) toast(`Copied: ${pressed.copied}`);
  }

  vote(message, index) {
    return this.act("vote", { message_id: message.message_id, options: [index] });
  }

  toggleBlock() {
    return act(`/users/${this.person.id}/${this.blocked ? "unblock" : "block"}`, { bot: this.bot });
  }

  menu(message, isOwn, anchor) {
    const id = message.message_id;
    const mine = message.reactions?.some((one) => one.from === this.person.id);
    const reactions = REACTIONS.map((emoji) => [emoji, () => this.act("react", { message_id: id, reaction: emoji })]);
    const items = [];
    if (mine) items.push(["Take reaction back", () => this.act("react", { message_id: id, reaction: null })]);
    items.push(["Reply", () => this.begin({ reply: message }, "Reply to: ")]);
    if (isOwn && (message.text || message.caption)) items.push(["Edit", () => this.begin({ edit: message }, "Edit: ")]);
    items.push(["Delete", () => this.act("delete_message", { message_id: id })]);
    this.pick(anchor, items, reactions);
  }

  begin(draft, label) {
    this.draft = draft;
    const message = draft.edit ?? draft.reply;
    const text = message.text ?? message.caption ?? "Media";
    this.bar.hidden = false;
    this.bar.replaceChildren(el("span", { dir: "auto" }, label + text.slice(0, 80)), el("button", { type: "button", "aria-label": "Cancel", onclick: () => this.leaveDraft() }, "✕"));
    this.composer.fill(draft.edit ? text : "");
  }

  leaveDraft() {
    this.draft = {};
    this.bar.hidden = true;
  }

  pick(anchor, items, row) {
    pick(this.node, anchor, items, row);
  }
}
