// The log of calls: newest first, a few hundred at most; a row opens to show what was sent.

import { read } from "./api.js";
import { el } from "./dom.js";

const ROWS_MAX = 200;
const body = document.getElementById("calls");
const none = document.getElementById("no-calls");
let newest = 0;

function took(call) {
  if (!call.outcome) return "…";
  const us = call.outcome.done_us - call.at_us;
  return us < 1000 ? `${us} µs` : `${Math.round(us / 1000)} ms`;
}

function answer(call) {
  if (!call.outcome) return "under way";
  const { ok, status, description, fault } = call.outcome;
  return [ok ? "ok" : status || "no answer", description, fault && `fault: ${fault}`].filter(Boolean).join(" · ");
}

function rows(call) {
  const details = el("tr", { className: "details", hidden: true }, el("td", { colSpan: 6 }, el("pre", {}, JSON.stringify(call.params, null, 2))));
  const toggle = el("button", { type: "button", "aria-expanded": "false", onclick: () => {
    details.hidden = !details.hidden;
    toggle.setAttribute("aria-expanded", String(!details.hidden));
  } }, call.method);
  const row = el("tr", { className: call.outcome && !call.outcome.ok ? "failed" : "" },
    el("td", {}, new Date(call.at_ms).toLocaleTimeString()), el("td", {}, String(call.bot)), el("td", {}, toggle),
    el("td", {}, call.chat_id === null ? "" : String(call.chat_id)), el("td", {}, answer(call)), el("td", {}, took(call)));
  return [row, details];
}

export function addCall(call) {
  if (call.method === "getUpdates") return;
  newest = Math.max(newest, call.seq);
  none.hidden = true;
  body.prepend(...rows(call));
  while (body.childElementCount > 2 * ROWS_MAX) body.lastElementChild.remove();
}

/** A call of the Graph API in the same table: its object stands where the bot does, its edge where the method does. */
export function addGraphCall(call) {
  const [object, edge] = call.path.split("/");
  const ok = call.status === 200;
  const outcome = { ok, status: call.status, description: call.code ? `code ${call.code}` : undefined, fault: call.fault, done_us: call.at_ms * 1000 };
  none.hidden = true;
  body.prepend(...rows({ at_ms: call.at_ms, at_us: call.at_ms * 1000, bot: object, method: `${call.method} ${edge ?? ""}`.trim(),
    chat_id: call.body?.to ?? null, params: call.body, outcome }));
  while (body.childElementCount > 2 * ROWS_MAX) body.lastElementChild.remove();
}

export async function readCalls() {
  const { total } = await read("/calls?limit=0");
  const { calls } = await read(`/calls?since=${Math.max(newest, total - ROWS_MAX)}`);
  calls.filter((call) => call.seq > newest).forEach(addCall);
}
