// The control API, and what happens live.

import { toast } from "./dom.js";

async function call(method, path, body) {
  const options = { method };
  if (body !== undefined) {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  const response = await fetch(`sandbox${path}`, options);
  const text = await response.text();
  if (!response.ok) {
    let reason = text;
    try {
      reason = JSON.parse(text).error ?? text;
    } catch {
      // The answer was no JSON; its text must do.
    }
    throw new Error(reason);
  }
  return JSON.parse(text);
}

export const read = (path) => call("GET", path);

/** Acts, and shows why when that is refused. Returns nothing then. */
export async function act(path, body = {}) {
  try {
    return await call("POST", path, body);
  } catch (error) {
    toast(error.message, true);
    return undefined;
  }
}

/** Calls `hear` with every event; `again` whenever some may have been missed. */
export function listen(hear, again) {
  const source = new EventSource("sandbox/events");
  let wasOpen = false;
  source.addEventListener("open", () => {
    if (wasOpen) again();
    wasOpen = true;
  });
  source.addEventListener("message", (message) => {
    const event = JSON.parse(message.data);
    if (event.type === "lagged" || event.type === "reset") again();
    else hear(event);
  });
}
