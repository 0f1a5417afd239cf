// What can be told of a field as it is filled in, before Zoho's page says it in its own way. "" where nothing is wrong.

import { scopesIn } from "./texts.js";

/** @param {string} text */
export function clientIdProblem(text) {
  const id = text.trim();
  if (!id || /^\d{4}\.[A-Z0-9]+$/.test(id)) return "";
  if (/^\d{4}\.[a-z0-9]+$/i.test(id)) return "A client ID is in capitals: copy it again from the API console.";
  if (/^[0-9a-f]{32,}$/.test(id)) return "This looks like a client secret. A client ID reads like 1000.ABC…";
  return "A client ID reads like 1000.ABC…, in capitals and figures.";
}

/**
 * @param {string} text
 * @param {string} clientId
 */
export function secretProblem(text, clientId) {
  const secret = text.trim();
  if (!secret) return "";
  if (secret === clientId.trim())
    return "This is the client ID once more. The secret stands below it in the API console.";
  if (/^\d{4}\./.test(secret)) return "This looks like a client ID or a code: a secret never begins with 1000.";
  if (/\s/.test(secret)) return "A secret has no spaces: copy it again from the API console.";
  return "";
}

/** @param {string} text */
export function redirectUriProblem(text) {
  const uri = text.trim();
  if (uri && !/^https?:\/\/[^\s/]/.test(uri)) return "A redirect URI begins with http:// or https://.";
  return "";
}

/** @param {string} text */
export function scopesProblem(text) {
  const scopes = scopesIn(text);
  if (!scopes.length) return text ? "Ask for at least one permission." : "";
  const bad = scopes.find((scope) => !/^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9_-]+){1,3}$/.test(scope));
  if (bad) return `${bad} is no scope: one reads like ZohoBugTracker.bugs.READ.`;
  const low = scopes.find((scope) => /^[a-z]/.test(scope) || !/\.[A-Z]+$/.test(scope));
  if (!low) return "";
  return `Zoho refuses ${low}: capitals count, as in ZohoBugTracker.bugs.READ.`;
}

/**
 * @param {string} text
 * @param {string} clientId
 */
export function codeProblem(text, clientId) {
  const pasted = text.trim();
  if (pasted && pasted === clientId.trim())
    return "This is the client ID. The code comes after you press Accept on Zoho's page.";
  if (/\/oauth\/v2\/auth\?|[?&]response_type=/.test(pasted)) {
    return "This is the consent link itself: open it, press Accept, and paste the address of the page after that.";
  }
  return "";
}
