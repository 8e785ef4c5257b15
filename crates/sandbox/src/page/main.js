// Puts the phones and the log together and keeps them up to date.

import { act, listen, read } from "./api.js";
import { addCall, addGraphCall, readCalls } from "./calls.js";
import { el } from "./dom.js";
import { Phone } from "./phone.js";
import { WhatsApp } from "./whatsapp.js";

/** Who is there when nobody has been made yet. */
const FIRST = [
  { first_name: "Asha", last_name: "Rao", username: "asha", language_code: "en", phone: "+919845012345" },
  { first_name: "Ben", last_name: "Weber", username: "ben", language_code: "de", phone: "+49301234567" },
];
const LIST_MAX = 200;

const frame = document.getElementById("phones");
const second = document.getElementById("second");
const phones = [new Phone(1)];
const whatsapp = new WhatsApp();
let bots = new Set();
let offered = Promise.resolve();

async function offer() {
  let { users } = await read(`/users?limit=${LIST_MAX}`);
  if (users.length === 0) {
    for (const person of FIRST) await act("/users", person);
    ({ users } = await read(`/users?limit=${LIST_MAX}`));
  }
  const known = await read("/bots");
  const { groups } = await read("/groups");
  bots = new Set(known.bots.map((bot) => bot.id));
  phones.forEach((phone) => phone.offer(users, known.bots, groups));
  await offerWhatsApp();
}

/** The WhatsApp phone is there once a number is. */
async function offerWhatsApp() {
  const { numbers } = await read("/graph/numbers");
  if (numbers.length === 0) return;
  const { people } = await read("/graph/people");
  if (!whatsapp.node.isConnected) frame.append(whatsapp.node);
  await whatsapp.offer(people, numbers);
}

/** Offers are made one after another, so that the newest is the last. */
function offerAgain() {
  offered = offered.then(offer, offer);
  return offered;
}

function hear(event) {
  if (event.type === "call") {
    addCall(event.call);
    if (!bots.has(event.call.bot)) {
      bots.add(event.call.bot);
      offerAgain();
    }
    return;
  }
  if (event.type === "graph_number" || event.type === "graph_person") offerAgain();
  else if (event.type === "graph_call") addGraphCall(event.call);
  else if (event.type === "graph_thread") whatsapp.hear(event);
  else phones.forEach((phone) => phone.hear(event));
}

function again() {
  offerAgain();
  readCalls();
}

second.addEventListener("click", () => {
  const has = phones.length === 2;
  if (has) phones.pop().node.remove();
  else {
    phones.push(new Phone(2));
    phones[0].node.after(phones[1].node);
    offerAgain();
  }
  second.setAttribute("aria-pressed", String(!has));
});

document.getElementById("address").replaceWith(el("code", {}, new URL(".", location.href).href.replace(/\/$/, "")));
frame.append(phones[0].node);
frame.addEventListener("changed", offerAgain);
listen(hear, again);
again();
if (window.matchMedia("(min-width: 900px)").matches) second.click();
