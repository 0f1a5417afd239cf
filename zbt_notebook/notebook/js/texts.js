// Texts, read and written.

/** @param {number} seconds */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** @param {string} text */
export function scopesIn(text) {
  return text.split(/[,\s]+/).filter(Boolean);
}

/** A web address, or nothing: no other kind of link is followed.
 * @param {string} text
 */
export function webAddress(text) {
  return /^https?:\/\//.test(text) ? text : "";
}
