// Renders /openapi.json. Text from the description is only ever set as text, never as HTML.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];
let description = {};

/** Makes an element: el("p", {class: "x"}, "text", child, …). */
function el(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

/** Plain text with `code` in backticks. */
function prose(text, name = "p") {
  const pieces = String(text).split("`");
  return el(name, {}, ...pieces.map((piece, index) => (index % 2 ? el("code", {}, piece) : piece)));
}

/** Follows a $ref within the description. */
function resolve(value) {
  for (let depth = 0; value && value.$ref && depth < 10; depth += 1) {
    value = value.$ref.split("/").slice(1).reduce((at, key) => at?.[key.replaceAll("~1", "/").replaceAll("~0", "~")], description);
  }
  return value || {};
}

/** One schema out of allOf, and out of "this or null". */
function flat(schema) {
  schema = resolve(schema);
  if (schema.allOf) {
    const parts = schema.allOf.map(flat);
    return {
      ...schema, allOf: undefined, type: "object",
      properties: Object.assign({}, ...parts.map((part) => part.properties || {}), schema.properties),
      required: [...parts.flatMap((part) => part.required || []), ...(schema.required || [])],
    };
  }
  const choices = schema.oneOf || schema.anyOf;
  if (choices) {
    const others = choices.filter((choice) => choice.type !== "null");
    if (others.length === 1) return { ...flat(others[0]), description: schema.description || flat(others[0]).description, nullable: true };
  }
  return schema;
}

function kindOf(schema) {
  schema = flat(schema);
  const orNull = schema.nullable ? " or null" : "";
  if (schema.enum) return schema.enum.map((word) => JSON.stringify(word)).join(" | ") + orNull;
  const choices = schema.oneOf || schema.anyOf;
  if (choices) return [...new Set(choices.map(kindOf))].join(" or ");
  const types = [schema.type || "any"].flat();
  const shown = types.map((type) => (type === "array" ? `list of ${kindOf(schema.items || {})}` : type)).join(" or ");
  return shown + (schema.format ? ` (${schema.format})` : "") + orNull;
}

function boundsOf(schema) {
  const names = { minimum: "at least", maximum: "at most", minLength: "at least characters:", maxLength: "at most characters:", maxItems: "at most items:", default: "default" };
  return Object.entries(names).filter(([key]) => schema[key] !== undefined).map(([key, words]) => `${words} ${JSON.stringify(schema[key])}`).join(", ");
}

/** The object whose fields are worth listing, if there is one behind this schema. */
function objectOf(schema) {
  schema = flat(schema);
  if (schema.properties) return schema;
  if (schema.type === "array" || [schema.type].flat().includes("array")) return objectOf(schema.items || {});
  return null;
}

function fieldNode(name, schema, isRequired, depth) {
  const plain = flat(schema);
  const note = schema.description || plain.description;
  const bounds = boundsOf(plain);
  const node = el("li", { class: "field" }, el("b", {}, name), el("span", { class: "kind" }, kindOf(schema)),
    isRequired ? el("span", { class: "must" }, "required") : null, note ? prose(note) : null, bounds ? el("p", {}, bounds) : null);
  const inner = depth < 5 ? objectOf(schema) : null;
  if (inner && Object.keys(inner.properties).length) {
    const more = el("details", {}, el("summary", {}, "Fields"));
    more.addEventListener("toggle", () => { if (more.open && more.children.length === 1) more.append(fieldsNode(inner, depth + 1)); });
    node.append(more);
  }
  return node;
}

function fieldsNode(schema, depth) {
  const required = schema.required || [];
  return el("ul", { class: "fields" }, ...Object.entries(schema.properties).map(([name, field]) => fieldNode(name, field, required.includes(name), depth)));
}

/** A sample value: the author's example where there is one. */
function sampleOf(schema, depth = 0) {
  const own = resolve(schema);
  if (own.example !== undefined) return own.example;
  if (own.examples?.length) return own.examples[0];
  schema = flat(own);
  if (schema.example !== undefined) return schema.example;
  if (schema.examples?.length) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  if (depth > 5) return null;
  if (schema.properties) return Object.fromEntries(Object.entries(schema.properties).map(([name, field]) => [name, sampleOf(field, depth + 1)]));
  const choice = (schema.oneOf || schema.anyOf || [])[0];
  if (choice) return sampleOf(choice, depth + 1);
  const type = [schema.type].flat()[0];
  if (type === "array") return [sampleOf(schema.items || {}, depth + 1)];
  if (schema.format === "uuid") return "01939d5e-2b7c-7cc3-98c4-dc0c0c07398f";
  if (schema.format === "date-time") return "2026-11-22T20:15:00.123Z";
  return { string: "text", integer: 1, number: 1.5, boolean: true, object: {} }[type] ?? null;
}

function codeNode(text) {
  const copy = el("button", { class: "copy", type: "button" }, "Copy");
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    copy.textContent = "Copied";
    setTimeout(() => { copy.textContent = "Copy"; }, 1500);
  });
  return el("div", { class: "sample" }, el("pre", {}, el("code", {}, text)), navigator.clipboard ? copy : null);
}

function contentOf(holder) {
  const content = resolve(holder).content || {};
  const kind = content["application/json"] ? "application/json" : Object.keys(content)[0];
  return kind ? { kind, schema: content[kind].schema || {}, example: content[kind].example } : null;
}

function curlOf(method, path, operation, isOpen, body) {
  const words = [`curl ${method === "get" ? "" : `-X ${method.toUpperCase()} `}${location.origin}${path}`];
  if (!isOpen) words.push(`-H "Authorization: Bearer $JINA_API_KEY"`);
  if (body && body.kind === "application/json") {
    const sample = JSON.stringify(body.example ?? sampleOf(body.schema), null, 2).replaceAll("'", "'\\''");
    words.push(`-H "Content-Type: application/json"`, `-d '${sample}'`);
  }
  return words.join(" \\\n  ");
}

function pathNode(path) {
  return el("span", { class: "path" }, ...path.split(/(\{[^}]*\})/).map((piece) => (piece.startsWith("{") ? el("i", {}, piece) : piece)));
}

function parametersNode(parameters) {
  const list = el("ul", { class: "fields" });
  for (const parameter of parameters.map(resolve)) {
    const schema = { ...resolve(parameter.schema), description: parameter.description };
    const node = fieldNode(parameter.name, schema, parameter.required, 9);
    node.querySelector(".kind").prepend(`${parameter.in} · `);
    list.append(node);
  }
  return list;
}

function answerNode(status, response) {
  response = resolve(response);
  const node = el("div", { class: "answer" }, el("b", {}, status));
  const inner = el("div", {}, prose(response.description || "", "span"));
  const content = contentOf(response);
  if (content && status < "300") {
    const fields = objectOf(content.schema);
    if (fields) inner.append(fieldsNode(fields, 0));
    if (content.kind === "application/json") {
      const more = el("details", {}, el("summary", {}, "Example"));
      more.append(codeNode(JSON.stringify(content.example ?? sampleOf(content.schema), null, 2)));
      inner.append(more);
    }
  }
  node.append(inner);
  return node;
}

function titleOf({ path, value }) {
  return (value.summary || path).replace(/\.$/, "");
}

function operationNode(operation) {
  const { method, path, value } = operation;
  const isOpen = value.security && value.security.length === 0;
  const node = el("section", { class: "operation", id: operation.id },
    prose(titleOf(operation), "h3"),
    el("div", { class: "line" }, el("span", { class: `method ${method}` }, method.toUpperCase()), pathNode(path), isOpen ? el("span", { class: "open" }, "no token needed") : null),
    value.description ? prose(value.description) : null);
  if (value.parameters?.length) node.append(el("h4", {}, "Parameters"), parametersNode(value.parameters));
  const body = value.requestBody ? contentOf(value.requestBody) : null;
  if (body) {
    node.append(el("h4", {}, `Body · ${body.kind}`));
    const fields = objectOf(body.schema);
    if (fields) node.append(fieldsNode(fields, 0));
  }
  node.append(el("h4", {}, "Try it"), codeNode(curlOf(method, path, value, isOpen, body)), el("h4", {}, "Answers"));
  for (const [status, response] of Object.entries(value.responses || {}).sort()) node.append(answerNode(status, response));
  return node;
}

function operationsByTag() {
  const tags = new Map((description.tags || []).map((tag) => [tag.name, []]));
  for (const [path, item] of Object.entries(description.paths || {})) {
    for (const method of METHODS.filter((name) => item[name])) {
      const tag = item[method].tags?.[0] || "other";
      if (!tags.has(tag)) tags.set(tag, []);
      tags.get(tag).push({ method, path, value: item[method], id: item[method].operationId });
    }
  }
  return [...tags].filter(([, operations]) => operations.length);
}

function render(filter) {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = ({ method, path, value }) => words.every((word) => `${method} ${path} ${value.summary || ""} ${value.description || ""}`.toLowerCase().includes(word));
  const nav = document.getElementById("nav");
  const main = document.getElementById("main");
  nav.replaceChildren();
  main.replaceChildren();
  if (!words.length) {
    main.append(el("h1", { id: "top" }, description.info.title));
    for (const paragraph of (description.info.description || "").split("\n\n")) main.append(prose(paragraph));
  }
  for (const [tag, operations] of operationsByTag()) {
    const shown = operations.filter(matches);
    if (!shown.length) continue;
    nav.append(el("h2", {}, tag), ...shown.map((operation) => el("a", { href: `#${operation.id}` },
      el("span", { class: `method ${operation.method}` }, operation.method.toUpperCase()), titleOf(operation).replaceAll("`", ""))));
    main.append(el("h2", { class: "tag" }, tag), ...shown.map(operationNode));
  }
  if (!nav.children.length) main.append(el("p", {}, "Nothing matches."));
  markCurrent();
}

function markCurrent() {
  for (const link of document.querySelectorAll("#nav a")) {
    if (link.hash === location.hash) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

async function start() {
  const search = document.getElementById("search");
  try {
    const answer = await fetch("/openapi.json");
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
    description = await answer.json();
  } catch (error) {
    document.getElementById("main").replaceChildren(el("p", { class: "wrong" }, `/openapi.json could not be read: ${error.message}.`));
    return;
  }
  document.getElementById("version").textContent = description.info.version;
  render("");
  document.getElementById(location.hash.slice(1))?.scrollIntoView();
  search.addEventListener("input", () => render(search.value));
  window.addEventListener("hashchange", markCurrent);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== search) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && document.activeElement === search) {
      search.value = "";
      render("");
      search.blur();
    }
  });
}

start();
