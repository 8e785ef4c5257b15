// One WhatsApp message as a bubble: its kinds, its buttons, its ticks.

import { clock, el } from "./dom.js";

const TICKS = { accepted: "◷", held: "◷", sent: "✓", delivered: "✓✓", read: "✓✓", failed: "!" };
const WORDS = { accepted: "on its way", held: "held back", sent: "sent", delivered: "delivered", read: "read", failed: "failed" };
const MARKS = /(\*[^*\n]+\*|_[^_\n]+_|~[^~\n]+~|```[^`]+```)/;
const TAGS = { "*": "b", _: "i", "~": "s", "`": "code" };

/** `*bold*`, `_italic_`, `~struck~` and code, as WhatsApp shows them. */
function formatted(text) {
  const nodes = text.split(MARKS).map((part) => {
    const tag = MARKS.test(part) && TAGS[part[0]];
    if (!tag) return part;
    const edge = tag === "code" ? 3 : 1;
    return el(tag, {}, part.slice(edge, -edge));
  });
  return el("div", { className: "text", dir: "auto" }, ...nodes);
}

const row = (icon, title, detail, href) => {
  const inside = [el("span", { className: "icon" }, icon), el("span", {}, el("b", {}, title), detail && el("small", {}, detail))];
  return href ? el("a", { className: "file", href, download: title }, ...inside) : el("div", { className: "file" }, ...inside);
};
const fileOf = (media) => (media.id ? `sandbox/graph/files/${media.id}` : undefined);

function media(kind, content) {
  if (kind === "image" || kind === "sticker") {
    const source = fileOf(content);
    if (!source) return row("🖼", "Picture", content.link);
    return el("img", { className: kind === "sticker" ? "sticker" : "photo", src: source, alt: content.caption ?? "Picture" });
  }
  if (kind === "video") return row("▶", "Video", content.link, fileOf(content));
  if (kind === "audio") return row("🎤", content.voice ? "Voice message" : "Audio", content.link, fileOf(content));
  if (kind === "document") return row("📄", content.filename ?? "File", content.link, fileOf(content));
  if (kind === "location") return row("📍", content.name ?? "Location", content.address ?? `${content.latitude}, ${content.longitude}`);
  if (kind === "contacts") return row("👤", content[0]?.name?.formatted_name ?? "Contact", content[0]?.phones?.[0]?.phone);
  return undefined;
}

const header = (given) => given && (given.type === "text" ? el("div", { className: "header" }, given.text) : media(given.type, given[given.type] ?? {}));

function inside({ type, content, shown }) {
  if (shown) return [header(shown.header), formatted(shown.body ?? ""), shown.footer && el("div", { className: "footer" }, shown.footer)];
  if (type === "interactive") {
    const answer = content.button_reply ?? content.list_reply;
    if (answer) return [formatted(answer.title)];
    return [header(content.header), formatted(content.body?.text ?? ""), content.footer && el("div", { className: "footer" }, content.footer.text)];
  }
  if (type === "text") return [formatted(content.body)];
  if (type === "button") return [formatted(content.text)];
  const shownMedia = media(type, content);
  return [shownMedia ?? el("i", {}, type), content.caption && formatted(content.caption)];
}

/** What can be pressed, each with its place among the message's own. */
function choices({ content, shown }) {
  if (shown) return (shown.buttons ?? []).map((button, at) => [at, button.text ?? button.code, button.type === "QUICK_REPLY" ? undefined : button.url ?? button.type]);
  const { buttons, sections, parameters } = content.action ?? {};
  if (parameters?.url) return [[0, parameters.display_text, parameters.url]];
  if (buttons) return buttons.map(({ reply }, at) => [at, reply.title]);
  return (sections ?? []).flatMap((section) => section.rows).map((one, at) => [at, one.title, undefined, one.description]);
}

function ticks(message) {
  if (message.is_own) return undefined;
  const words = message.error ? `${WORDS.failed}: code ${message.error}` : WORDS[message.status];
  return el("span", { className: `ticks ${message.status}`, title: words, "aria-label": words, role: "img" }, TICKS[message.status]);
}

/** The whole message. `phone` acts for its person; the ticks are what the business gets to know. */
export function bubble(message, phone, byId) {
  if (message.type === "reaction") return undefined;
  const answered = message.reply_to && byId.get(message.reply_to);
  const reactions = [message.reaction_of_person, message.reaction_of_business].filter(Boolean);
  const pressable = message.is_own ? [] : choices(message);
  return el("li", { className: message.is_own ? "own" : "theirs", "data-id": message.id },
    el("div", { className: "bubble" },
      answered && el("div", { className: "answered", dir: "auto" }, answered.content.body ?? answered.shown?.body ?? answered.type),
      ...inside(message),
      reactions.length > 0 && el("div", { className: "reactions" }, ...reactions.map((emoji) => el("span", {}, emoji))),
      el("div", { className: "meta" }, clock(message.at_ms / 1000), ticks(message)),
      el("button", { type: "button", className: "more", "aria-label": "More", "aria-haspopup": "menu", onclick: (event) => phone.menu(message, event.currentTarget) }, "⌄")),
    pressable.length > 0 && el("div", { className: "choices" }, ...pressable.map(([at, title, opens, detail]) =>
      el("button", { type: "button", onclick: () => phone.press(message, at, opens) }, title, opens && " ↗", detail && el("small", {}, detail)))));
}
