// One message as a bubble: text with its entities, media, keyboards, reactions.

import { clock, el } from "./dom.js";

const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};
const LINKS = new Set(["mention", "hashtag", "cashtag", "bot_command", "text_mention"]);
const SERVICE = {
  new_chat_members: (value) => `${value.map((one) => one.first_name).join(", ")} joined`,
  left_chat_member: (value) => `${value.first_name} left`,
  migrate_to_chat_id: () => "This group became a supergroup",
  migrate_from_chat_id: () => "This supergroup was a group",
};

/** Only addresses that a phone would open become links. */
function safe(url) {
  const address = /^[a-z]+:/i.test(url) ? url : `http://${url}`;
  return /^(https?|tg|mailto):/i.test(address) ? address : undefined;
}

function wrap(entity, nodes, text) {
  if (entity.type === "spoiler") return el("span", { className: "spoiler", onclick: (e) => e.currentTarget.classList.add("seen") }, ...nodes);
  if (entity.type === "text_link" || entity.type === "url" || entity.type === "email") {
    const target = entity.url ?? (entity.type === "email" ? `mailto:${text}` : text);
    return el("a", { href: safe(target), target: "_blank", rel: "noreferrer noopener" }, ...nodes);
  }
  if (LINKS.has(entity.type)) return el("span", { className: "link" }, ...nodes);
  return el(TAGS[entity.type] ?? "span", {}, ...nodes);
}

/** The part of `text` from `begin` to `end` as nodes; offsets are UTF-16, as JavaScript's own. */
function nodesOf(text, entities, begin, end) {
  const nodes = [];
  let at = begin;
  let rest = entities;
  while (rest.length > 0) {
    const [entity, ...others] = rest;
    const [from, to] = [entity.offset, entity.offset + entity.length];
    const inner = others.filter((other) => other.offset < to);
    rest = others.filter((other) => other.offset >= to);
    if (from > at) nodes.push(text.slice(at, from));
    nodes.push(wrap(entity, nodesOf(text, inner, from, to), text.slice(from, to)));
    at = to;
  }
  if (at < end) nodes.push(text.slice(at, end));
  return nodes;
}

function formatted(text, entities = []) {
  return el("div", { className: "text", dir: "auto" }, ...nodesOf(text, entities, 0, text.length));
}

const fileOf = (file) => `sandbox/files/${file.file_unique_id}`;

function attachment(icon, title, detail, href) {
  const inside = [el("span", { className: "icon" }, icon), el("span", {}, el("b", {}, title), el("small", {}, detail))];
  return href ? el("a", { className: "file", href, download: title }, ...inside) : el("div", { className: "file" }, ...inside);
}

function poll(message, phone) {
  const it = message.poll;
  const options = it.options.map((option, index) =>
    el("button", { type: "button", className: "option", disabled: it.is_closed, onclick: () => phone.vote(message, index) },
      el("span", {}, option.text), el("small", {}, String(option.voter_count))));
  return el("div", { className: "poll" }, el("b", {}, it.question), ...options);
}

function media(message, phone) {
  if (message.photo) {
    // With its size known, a picture that loads late does not move what is read.
    const { width, height, ...photo } = message.photo.at(-1);
    return el("img", { className: "photo", src: fileOf(photo), width, height, alt: "Photo" });
  }
  if (message.sticker) return el("img", { className: "sticker", src: fileOf(message.sticker), alt: message.sticker.emoji ?? "Sticker" });
  if (message.animation) return attachment("🎞", message.animation.file_name ?? "GIF", "GIF", fileOf(message.animation));
  if (message.video) return attachment("🎬", message.video.file_name ?? "Video", `${message.video.duration} s`, fileOf(message.video));
  if (message.video_note) return attachment("⏺", "Video message", `${message.video_note.duration} s`);
  if (message.audio) return attachment("🎵", message.audio.title ?? message.audio.file_name ?? "Audio", message.audio.performer ?? "", fileOf(message.audio));
  if (message.voice) return attachment("🎤", "Voice message", `${message.voice.duration} s`);
  if (message.document) return attachment("📄", message.document.file_name ?? "File", `${message.document.file_size} bytes`, fileOf(message.document));
  if (message.venue) return attachment("📍", message.venue.title, message.venue.address);
  if (message.location) return attachment("📍", "Location", `${message.location.latitude}, ${message.location.longitude}`);
  if (message.contact) return attachment("👤", message.contact.first_name, message.contact.phone_number);
  if (message.dice) return el("div", { className: "dice" }, message.dice.emoji, el("small", {}, String(message.dice.value)));
  if (message.poll) return poll(message, phone);
  if (message.story) return attachment("◎", "Story", "");
  return undefined;
}

function keyboard(message, phone) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows) return undefined;
  return el("div", { className: "inline" }, ...rows.map((row, r) => el("div", { className: "row" }, ...row.map((button, c) =>
    el("button", { type: "button", onclick: () => phone.press(message, r, c) }, button.text, button.url ? " ↗" : button.copy_text ? " ⧉" : "")))));
}

function reactions(message) {
  const all = (message.reactions ?? []).flatMap((one) => one.reactions);
  if (all.length === 0) return undefined;
  return el("div", { className: "reactions" }, ...all.map((one) => el("span", {}, one.emoji ?? "★")));
}

/** The whole message. `phone` acts for its person. */
export function bubble(message, phone) {
  for (const [field, say] of Object.entries(SERVICE)) {
    if (message[field]) return el("li", { className: "service" }, say(message[field]));
  }
  const isOwn = message.from?.id === phone.person.id;
  const origin = message.forward_origin;
  const from = origin && (origin.sender_user?.first_name ?? origin.chat?.title ?? origin.sender_user_name ?? "somebody");
  const meta = `${message.edit_date ? "edited " : ""}${clock(message.date)}`;
  const text = message.text ?? message.caption;
  return el("li", { className: isOwn ? "own" : "theirs", "data-id": message.message_id },
    el("div", { className: "bubble" },
      phone.group && !isOwn && el("div", { className: "name" }, message.from?.first_name ?? message.chat.title),
      from && el("div", { className: "origin" }, `Forwarded from ${from}`),
      message.reply_to_message && el("div", { className: "answered", dir: "auto" },
        el("b", {}, message.reply_to_message.from?.first_name ?? ""), message.reply_to_message.text ?? message.reply_to_message.caption ?? "Media"),
      media(message, phone),
      text && formatted(text, message.entities ?? message.caption_entities),
      reactions(message),
      el("div", { className: "meta" }, meta),
      el("button", { type: "button", className: "more", "aria-label": "More", "aria-haspopup": "menu", onclick: (e) => phone.menu(message, isOwn, e.currentTarget) }, "⌄")),
    keyboard(message, phone));
}
