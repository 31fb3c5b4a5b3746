// The demo page in Debian's Firefox: connecting, messages, the explorer, people, the doctor, the history, and its layouts.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { after, afterEach, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startBroker } from '../support/broker.mjs'
import { demoContentSecurityPolicy, startPageServer } from '../support/page-server.mjs'
import { Firefox } from './firefox.mjs'

const directory = (/** @type {string} */ relative) => fileURLToPath(new URL(relative, import.meta.url))
/** Of WebDriver's keyboard. */
const keys = { right: '\uE014', down: '\uE015', end: '\uE010', home: '\uE011', enter: '\uE007' }
/** Where to write what the page looks like, to look at it. */
const screenshots = process.env['SCREENSHOTS']

/** @type {import('../support/broker.mjs').Broker} */
let broker
/** @type {Awaited<ReturnType<typeof startPageServer>>} */
let site
/** @type {Firefox} */
let firefox
/** @type {import('./firefox.mjs').Tab[]} */
const tabs = []

before(async () => {
  broker = await startBroker()
  site = await startPageServer({
    roots: { '/': directory('../../demo/page/') },
    brokerPort: broker.webSocketPort,
    contentSecurityPolicy: demoContentSecurityPolicy,
  })
  firefox = await Firefox.launch()
})
afterEach(async () => {
  for (const tab of tabs.splice(0)) await tab.close()
})
after(async () => {
  await firefox?.close()
  await site?.close()
  await broker?.close()
})

/** A tab whose user is `user`, and which is connected. @param {string} user @param {string} [hash] */
async function open(user, hash = '') {
  const tab = await firefox.open(`${site.url}icon.svg`)
  tabs.push(tab)
  await tab.run((user) => {
    window.localStorage.clear() // of the tests before
    window.sessionStorage.setItem('websocket-mq demo user', JSON.stringify(user))
  }, user)
  await tab.send('browsingContext.navigate', { url: site.url + hash, wait: 'complete' })
  await isConnected(tab)
  return tab
}

/** @param {import('./firefox.mjs').Tab} tab */
async function isConnected(tab) {
  await tab.until(() => document.querySelector('#status')?.getAttribute('data-state') === 'connected')
  await tab.until(() =>
    [...document.querySelectorAll('.subscription-list .detail')].every(({ textContent }) => textContent?.startsWith('QoS')),
  )
}

/** Replaces what a field of the form for publishing has, by the keyboard. @param {import('./firefox.mjs').Tab} tab @param {string} topic @param {string} payload */
async function publish(tab, topic, payload) {
  for (const [field, text] of [
    ['.publish input.code', topic],
    ['.publish textarea', payload],
  ]) {
    await tab.click(/** @type {string} */ (field))
    await tab.run((field) => /** @type {HTMLInputElement} */ (document.querySelector(field)).select(), field)
    await tab.press(.../** @type {string} */ (text))
  }
  await tab.click('.publish button.primary')
  await tab.until(() => document.querySelector('#publish-outcome')?.textContent?.startsWith('Published'))
}

/** @param {import('./firefox.mjs').Tab} tab @param {string} selector @param {string} text */
const shows = (tab, selector, text) =>
  tab.until(
    (selector, text) => [...document.querySelectorAll(selector)].some(({ textContent }) => textContent?.includes(text)),
    selector,
    text,
  )

/** @param {import('./firefox.mjs').Tab} tab @param {string} name */
async function shoot(tab, name) {
  if (screenshots === undefined) return
  const { data } = await tab.send('browsingContext.captureScreenshot')
  await writeFile(`${screenshots}/firefox-${name}.png`, Buffer.from(data, 'base64'))
}

describe('the demo page in Firefox', { timeout: 180_000 }, () => {
  it('publishes, explores topics by the keyboard, and has its history after a reload', async () => {
    const tab = await open('ann', '#role=client')
    await publish(tab, 'demo/alpha/one', '{"n": 1}')
    await publish(tab, 'demo/beta', 'two')
    await shows(tab, '.message', 'demo/alpha/one')
    await shoot(tab, 'messages')

    await tab.click('[data-tab=topics]')
    await tab.click('[role=treeitem]') // closes demo
    await tab.press(keys.right, keys.right)
    const focused = () => document.activeElement?.querySelector('.name')?.textContent
    assert.equal(await tab.run(focused), 'alpha')
    await tab.press(keys.right)
    await shows(tab, '[role=treeitem]', 'one')
    await tab.press(keys.end)
    assert.equal(await tab.run(focused), 'beta')
    await tab.press('o')
    assert.equal(await tab.run(focused), 'one')
    await tab.press(keys.enter)
    await shows(tab, '.topic-panel', 'demo/alpha/one')
    await tab.until(() => document.querySelector('.chart canvas') !== null)
    await shoot(tab, 'topics')

    await tab.reload()
    await isConnected(tab)
    await tab.click('[data-tab=messages]')
    await shows(tab, '.message', 'earlier')
    assert.equal(await tab.run(() => document.querySelectorAll('.message').length), 2)
  })

  it('people see and hear one another, and call', async () => {
    const ann = await open('ann')
    const bob = await open('bob')
    await shows(ann, '.people .row', 'acme:bob:')
    await bob.click('[data-tab=people]')
    await bob.click('#say-text')
    await bob.press(...'hello from bob')
    await bob.press(keys.enter)
    await ann.send('browsingContext.activate')
    await ann.click('[data-tab=people]')
    await shows(ann, '.conversation', 'hello from bob')
    await shoot(ann, 'people')
    await ann.click('[data-tab=services]')
    await ann.click('.calls .primary')
    await shows(ann, '#call-result', 'Hello acme:ann:')
  })

  it('the connection runs in a worker, and in one that tabs share', async () => {
    for (const place of ['worker', 'shared']) {
      const tab = await open('ann', `#runsIn=${place}`)
      await publish(tab, 'demo/place', place)
      await shows(tab, '.message', place)
      await tab.click('[data-tab=packets]')
      await shows(tab, '.packet-row', 'PUBLISH')
    }
  })

  it('the doctor examines the connection', async () => {
    const tab = await open('ann')
    await tab.click('.doctor-button')
    await tab.until(() => document.querySelectorAll('.findings li').length > 5)
    await shows(tab, '.verdict', 'The broker can be used with MQTT 5')
    // Its list scrolls, and not the page.
    assert.equal(await tab.run(() => document.documentElement.scrollHeight - window.innerHeight), 0)
    await shoot(tab, 'connection')
  })

  it('everything fits on a phone, in the dark', async () => {
    const tab = await open('ann')
    await tab.resize(390, 844)
    while ((await tab.run(() => document.documentElement.dataset['theme'])) !== 'dark') await tab.click('[aria-label^=Theme]')
    const ground = await tab.run(() => window.getComputedStyle(document.body).backgroundColor)
    assert.equal(ground, 'rgb(11, 17, 18)')
    for (const view of ['messages', 'topics', 'people', 'services', 'packets', 'publish']) {
      await tab.click(`[data-tab=${view}]`)
      await tab.until((view) => document.querySelector('.app')?.getAttribute('data-view') === view, view)
      assert.equal(await tab.run(() => document.documentElement.scrollWidth), 390, view)
      const small = await tab.run(() =>
        [...document.querySelectorAll('button, select, textarea, summary, [role=treeitem]')]
          .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 44)
          .map((each) => each.outerHTML.slice(0, 120)),
      )
      assert.deepEqual(small, [], view)
      await shoot(tab, `phone-${view}`)
    }
  })

  it('no error was left uncaught', () => assert.deepEqual(firefox.errors, []))
})
