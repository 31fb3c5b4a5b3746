// The rows of docs/troubleshooting.md, so that tests provoke what the page says, in its own words.
import { readFile } from 'node:fs/promises'
import { root } from '../../scripts/lib/root.mjs'

/** @typedef {{ text: string, isQuoted: boolean, isSaid: (text: string) => boolean }} Row */

/** The first column of its tables, and whether a text has what it says: "…" stands for anything. @returns {Promise<Row[]>} */
export async function troubleshootingRows() {
  const page = await readFile(`${root}docs/troubleshooting.md`, 'utf8')
  const cells = [...page.matchAll(/^\| ([^|]+) \|[^|]+\|[^|]+\|$/gm)].map(([, cell = '']) => cell)
  return cells.filter((cell) => !/^(?:-+|(?:symptom, or what )?the doctor says)$/.test(cell)).map(rowOf)
}

/** @param {string} text @returns {Row} */
function rowOf(text) {
  const parts = text.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const expression = new RegExp(parts.map((part) => part.trim()).join('[^]*?'))
  return { text, isQuoted: /^[A-Z…].*(?:[.:…]|\w)$/.test(text), isSaid: (said) => expression.test(said) }
}

/** The one row that has a text. @param {readonly Row[]} rows @param {string} part */
export function rowWith(rows, part) {
  const found = rows.filter(({ text }) => text.includes(part))
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} rows of docs/troubleshooting.md have "${part}".`)
  return found[0]
}

/** What only a browser says, by a part of its row: tests/browser/troubleshooting.spec.ts provokes each of these. */
export const inBrowsers = /** @type {const} */ ([
  'There is no network connection',
  'A web server answers at',
  'The browser does not allow',
  'No MQTT broker could be reached',
])

/**
 * What the doctor has no sentence for, by the beginning of its row, and the test that shows the cause and its effect.
 * @type {Record<string, [file: string, title: string]>}
 */
export const shownElsewhere = {
  'every few seconds, two clients in turn': [
    'tests/browser/limits.spec.ts',
    'a tab whose session was taken over says so, and does not fight',
  ],
  'once a minute, of hidden pages': ['tests/browser/hidden-page.spec.ts', 'keeps its connection although its timers are throttled'],
  'at each message of one kind': [
    'tests/deploy/mosquitto-limits.test.mjs',
    'a packet of more than 64 KB is refused, and one of less arrives',
  ],
  'all at once': [
    'tests/deploy/promises/reload.mjs',
    'closes connections when their time is over: nothing is lost, and clients come back one by one',
  ],
  'requests run into their time limit': ['tests/messaging/request_test.cpp', 'WithoutAnyRecordWaitForTheTimeLimit'],
  'somebody who is gone is still shown': ['tests/messaging/presence_test.cpp', 'ARecordThatIsNotRenewedExpires'],
  'messages come in spurts': ['tests/deploy/mosquitto-limits.test.mjs', 'a large message goes to a page in pieces, for which it waits'],
}
