import { eventually } from '../../support/eventually.mjs'

const { Webapp } = await import(new URL('../../../dist/webapp.js', import.meta.url).href)

/**
 * One webapp, and what became of its connection.
 * @typedef {object} Person
 * @property {any} app
 * @property {'default' | 'quick'} reconnect how it waits before it connects again
 * @property {{ lost: number, back: number | undefined, sessionPresent: boolean | undefined }[]} gaps milliseconds, by performance.now()
 * @property {Set<string>} flickered whom it has seen go, since `watchFlicker`
 */

/**
 * Webapps of one organisation that see each other, every second one of which does not wait long before it connects again.
 * @param {Person[]} people where each is put that has joined
 * @param {number} count
 * @param {string} url
 * @param {object} options of `Webapp.join`
 */
export async function joinPeople(people, count, url, options) {
  const together = 5 // or a busy machine fails the first attempts, and that is not what is looked at here
  const joinSome = async (/** @type {number} */ first) => {
    for (let index = first; index < count; index += together) people.push(await joinPerson(index, url, options))
  }
  await Promise.all(Array.from({ length: together }, (_, first) => joinSome(first)))
}

/** @param {number} index @param {string} url @param {object} options @returns {Promise<Person>} */
async function joinPerson(index, url, options) {
  const reconnect = index % 2 === 0 ? 'default' : 'quick'
  const app = await Webapp.join(url, {
    org: 'acme',
    user: `person${index}`,
    reconnect: { retryFirst: true, ...(reconnect === 'quick' ? { minDelay: 200 } : {}) },
    ...options,
  })
  /** @type {Person} */
  const person = { app, reconnect, gaps: [], flickered: new Set() }
  app.on('error', () => {})
  app.on('state', (/** @type {any} */ { state, sessionPresent }) => {
    const gap = person.gaps.at(-1)
    if (state === 'reconnecting' && (!gap || gap.back !== undefined))
      person.gaps.push({ lost: performance.now(), back: undefined, sessionPresent: undefined })
    if (state === 'connected' && gap) Object.assign(gap, { back: performance.now(), sessionPresent })
  })
  return person
}

/** @param {Person[]} people */
export function watchFlicker(people) {
  for (const { app, flickered } of people) app.presence.on((/** @type {any} */ { type, key }) => type === 'gone' && flickered.add(key))
}

/** Returns once everybody sees everybody else, and nobody who is not there. @param {Person[]} people @param {number} patience */
export async function allSeeAll(people, patience) {
  try {
    await eventually('everybody sees everybody', () => mistaken(people).length === 0, patience)
  } catch (error) {
    throw new Error(`${mistaken(people).length} of ${people.length} see others than are there`, { cause: error })
  }
}

/**
 * When everybody was seen rightly for good: for as long as it takes until those who have not come back count as gone.
 * @param {Person[]} people
 * @param {number} patience
 * @returns {Promise<number>} by performance.now()
 */
export async function presenceSettles(people, patience) {
  const longestSettling = 12_000
  let right = performance.now()
  const settled = () => {
    if (mistaken(people).length > 0) right = performance.now()
    return performance.now() - right > longestSettling
  }
  await eventually('everybody is seen rightly for good', settled, patience)
  return right
}

/** Those who do not see exactly who is there. @param {Person[]} people */
function mistaken(people) {
  const uids = new Set(people.map(({ app }) => app.uid))
  return people.filter(({ app }) => seen(app).size !== uids.size || ![...seen(app)].every((uid) => uids.has(uid)))
}

/** @param {any} app */
const seen = (app) => new Set([...app.presence.keys(), app.uid])
