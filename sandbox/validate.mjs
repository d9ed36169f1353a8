// Checks requests (and, for tests, answers) against the API's own OpenAPI document.
import { readFileSync } from "node:fs";
import Ajv from "ajv";

/** The API description, an exact copy of the published contract. */
export const openapi = JSON.parse(readFileSync(new URL("./openapi.json", import.meta.url), "utf8"));

/** Chat fields that are newer than the OpenAPI document. They are checked beside its schema. */
const NEWER_CHAT_FIELDS = {
  type: "object",
  properties: {
    chatId: { type: "string", minLength: 1 },
    requestId: { type: "string", minLength: 1, maxLength: 128, pattern: "^[A-Za-z0-9._:-]+$" },
    background: { type: "boolean" },
  },
};

// Not strict: an OpenAPI document carries keywords of its own ("paths", "nullable" without "type" …).
const ajv = new Ajv({ allErrors: true, strict: false });
ajv.addSchema(openapi, "openapi.json");

const pointer = (...keys) =>
  "openapi.json#/" +
  keys.map((key) => encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");

const schemaPointer = (path, ...rest) => pointer("paths", path, "post", ...rest, "content", "application/json", "schema");

/** `path → { checkRequest, checkResponse, fields }` for each call of the OpenAPI document. */
export const operations = new Map(Object.keys(openapi.paths).map((path) => [path, operation(path)]));

function operation(path) {
  const request = ajv.compile({ $ref: schemaPointer(path, "requestBody") });
  const response = ajv.compile({ $ref: schemaPointer(path, "responses", "200") });
  const newer = path === "/v1/developer/chat" ? ajv.compile(NEWER_CHAT_FIELDS) : null;
  const { $ref } = openapi.paths[path].post.requestBody.content["application/json"].schema;
  const known = openapi.components.schemas[$ref.split("/").at(-1)].properties;
  return {
    checkRequest: (body) => [...messages(request, body), ...(newer ? messages(newer, body, "properties") : [])],
    checkResponse: (body) => messages(response, body),
    fields: new Set([...Object.keys(known), ...(newer ? Object.keys(NEWER_CHAT_FIELDS.properties) : [])]),
  };
}

/** Runs one compiled check; `only: "properties"` leaves out what the main schema says anyway. */
function messages(check, body, only) {
  if (check(body)) return [];
  return check.errors.filter((error) => only !== "properties" || error.instancePath !== "").map(describe);
}

function describe({ instancePath, keyword, message, params }) {
  const field = instancePath.slice(1).replaceAll("/", ".");
  if (keyword === "required") return `${field ? `${field}.` : ""}${params.missingProperty} is required`;
  const allowed = keyword === "enum" ? `: ${params.allowedValues.join(", ")}` : "";
  return `${field || "body"} ${message}${allowed}`;
}

/** The body's top-level fields that the API does not document: accepted, and recorded for tests. */
export function unknownFields(path, body) {
  const fields = operations.get(path)?.fields;
  return fields ? Object.keys(body).filter((name) => !fields.has(name)) : [];
}
