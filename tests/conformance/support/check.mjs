/**
 * What a check is given.
 * @typedef {object} Tools
 * @property {import('./caller.mjs').Caller} caller a webapp of acme:ann that has just joined
 * @property {(options?: { user?: string, version?: 4 | 5 }) => Promise<import('./caller.mjs').Caller>} join another webapp
 * @property {(caller: import('./caller.mjs').Caller, milliseconds?: number) => Promise<void>} quiet
 *   waits until what is on its way to a caller has come
 * @property {import('./instance.mjs').Instance} instance one that is running
 * @property {() => import('./instance.mjs').Instance[]} instances all that are running
 * @property {(environment?: Record<string, string>) => Promise<import('./instance.mjs').Instance>} startInstance
 * @property {(user: string, password: string) => Promise<void>} startWithPassword
 *   starts an instance at a broker that takes nobody else, and ends both once its record has come
 * @property {(use: (tapped: Tapped) => Promise<void>, look?: import('./tap.mjs').Look) => Promise<void>} tapped
 *   with an instance that reaches the broker through a tap
 * @property {() => Promise<void>} restartBroker webapps that have joined before are gone afterwards
 * @property {(instance: string) => Promise<import('./records.mjs').Seen>} watchAgain what somebody sees who comes later
 * @property {() => string} brokerLog
 * @property {{ root: string, service: string }} names
 * @property {() => import('./records.mjs').Records} records
 */

/**
 * @typedef {object} Tapped
 * @property {import('./tap.mjs').Tap} tap
 * @property {import('./instance.mjs').Instance} instance
 * @property {() => Promise<import('./instance.mjs').Instance>} startAnother behind the same tap; all of them are ended
 */

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {string} title
 * @property {5} [needs] the service has to speak MQTT 5
 * @property {true} [ownBroker] it needs the suite's own broker
 * @property {(tools: Tools) => Promise<void>} run throws when the service fails it
 */

/** Thrown by a check that finds that it does not concern this service. */
export class Skipped extends Error {}
