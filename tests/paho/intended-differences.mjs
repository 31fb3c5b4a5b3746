// Where websocket-mq/paho does not do what paho-mqtt 1.1.0 does, and why. The suite fails where a difference is not
// listed, and where a listed one no longer occurs. `node tests/paho/show-differences.mjs` prints what is not listed.

/** @typedef {{ reason: string, scenarios: Record<string, string[]> }} Difference */

/** With `strict: true` as without it. @type {Difference[]} */
export const always = []

/** Without `strict: true`. @type {Difference[]} */
export const byDefault = []
