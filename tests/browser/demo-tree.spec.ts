// The topic explorer as a tree, for the keyboard and for screen readers.
import { type BrowserContext, type Page } from '@playwright/test'
import { connectAsync } from 'mqtt'
import { openDemo, publish, show, startDemoPage, subscribed } from './demo-page.js'
import { expect, test } from './support.js'

const item = (page: Page, name: string) => page.getByRole('treeitem', { name: new RegExp(`^${name}`) })
const press = async (page: Page, keys: string) => {
  for (const key of keys.split(' ')) await page.keyboard.press(key)
}

/** Few topics, all of which are there. */
async function openTree(context: BrowserContext, url: string): Promise<Page> {
  const { page } = await openDemo(context, url, { hash: '#role=client' })
  await subscribed(page)
  for (const topic of ['demo/alpha/one', 'demo/alpha/two', 'demo/beta/one', 'demo/gamma', 'lab/attic', 'lab/apple'])
    await publish(page, topic, `{"of":"${topic}"}`)
  await expect(page.locator('#total')).toHaveText('6')
  await show(page, 'Topics')
  await expect(page.getByRole('treeitem')).toHaveCount(7)
  return page
}

test('the explorer is a tree for the keyboard', async ({ context, ownBroker, closing }) => {
  const server = await closing(startDemoPage(ownBroker))
  const page = await openTree(context, server.url)
  // One row is in the order of the tabulator key.
  await page.getByRole('button', { name: 'Clear', exact: true }).focus()
  await page.keyboard.press('Tab')
  await expect(item(page, 'demo')).toBeFocused()
  await press(page, 'End')
  await expect(item(page, 'attic')).toBeFocused()
  await press(page, 'Home ArrowDown')
  await expect(item(page, 'alpha')).toBeFocused()

  // Right opens, then goes in; left goes out, then closes.
  await press(page, 'ArrowRight')
  await expect(item(page, 'alpha')).toHaveAttribute('aria-expanded', 'true')
  await expect(item(page, 'alpha')).toBeFocused()
  await press(page, 'ArrowRight')
  await expect(item(page, 'one')).toBeFocused()
  await press(page, 'ArrowRight')
  await expect(item(page, 'one')).toBeFocused()
  await press(page, 'ArrowLeft')
  await expect(item(page, 'alpha')).toBeFocused()
  await press(page, 'ArrowLeft')
  await expect(item(page, 'alpha')).toHaveAttribute('aria-expanded', 'false')
  await expect(item(page, 'one')).toHaveCount(0)

  await press(page, '*')
  await expect(item(page, 'one')).toHaveCount(2)
  await expect(item(page, 'alpha')).toBeFocused()

  // What is typed leads to a name: the same letter again to the one after.
  await press(page, 'a')
  await expect(item(page, 'apple')).toBeFocused()
  await press(page, 'a')
  await expect(item(page, 'attic')).toBeFocused()
  await press(page, 'Home')
  await page.keyboard.type('ga')
  await expect(item(page, 'gamma')).toBeFocused()
  await press(page, 'Enter')
  await expect(item(page, 'gamma')).toHaveAttribute('aria-selected', 'true')
  await expect(page.getByRole('article', { name: 'Topic demo/gamma' })).toBeVisible()

  // The focus outlives what comes meanwhile.
  await page.evaluate(() => Object.assign(globalThis, { focused: document.activeElement }))
  await publish(page, 'demo/aaa', 'new')
  await expect(item(page, 'aaa')).toBeVisible()
  await item(page, 'gamma').focus()
  expect(await page.evaluate(() => document.activeElement === (globalThis as { focused?: unknown }).focused)).toBe(true)
  await press(page, 'Tab')
  await expect(item(page, 'gamma')).not.toBeFocused()

  // What is searched for is open, and can be folded.
  await page.getByRole('searchbox', { name: 'Search topics' }).fill('one')
  await expect(page.getByRole('treeitem')).toHaveCount(5)
  await item(page, 'alpha').focus()
  await press(page, 'ArrowLeft')
  await expect(page.getByRole('treeitem')).toHaveCount(4)
  await page.getByRole('searchbox', { name: 'Search topics' }).fill('')
  await expect(item(page, 'one')).toHaveCount(2)
})

test('a screen reader is told where a topic stands, what it has, and nothing again and again', async ({ context, ownBroker, closing }) => {
  const server = await closing(startDemoPage(ownBroker))
  const page = await openTree(context, server.url)
  await press(page, 'Tab')
  await expect(page.getByRole('treeitem', { name: 'alpha, 2 topics, 2 messages', exact: true })).toHaveAttribute('aria-level', '2')
  await expect(item(page, 'alpha')).toHaveAttribute('aria-setsize', '3')
  await expect(item(page, 'beta')).toHaveAttribute('aria-posinset', '2')
  await expect(item(page, 'lab')).toHaveAttribute('aria-posinset', '2')
  const apple = item(page, 'apple')
  await expect(apple).toHaveAccessibleName('apple, {"of":"lab/apple"}, 1 message')
  await expect(apple).not.toHaveAttribute('aria-expanded')

  // The name of what has the focus stays: it would be read out at each message.
  const feed = await connectAsync(`mqtt://127.0.0.1:${ownBroker.tcpPort}`)
  await closing(Promise.resolve({ close: () => feed.endAsync() }))
  await apple.focus()
  await feed.publishAsync('lab/apple', 'red', { qos: 1 })
  await expect(apple).toContainText('red')
  await expect(apple).toHaveAccessibleName('apple, {"of":"lab/apple"}, 1 message')
  await item(page, 'attic').focus()
  await feed.publishAsync('lab/apple', 'green', { qos: 1 })
  await expect(apple).toHaveAccessibleName('apple, green, 3 messages')
  const live = page.locator('[aria-live], [role=status], [role=alert], [role=log], output').filter({ hasText: /green|apple/ })
  await expect(live).toHaveCount(0)
})

test('of thousands of topics the keyboard reaches each, and few are elements', async ({ context, ownBroker, closing }) => {
  const server = await closing(startDemoPage(ownBroker))
  const { page } = await openDemo(context, server.url, { hash: '#role=client' })
  await subscribed(page)
  const feed = await connectAsync(`mqtt://127.0.0.1:${ownBroker.tcpPort}`)
  await closing(Promise.resolve({ close: () => feed.endAsync() }))
  const count = 3000
  for (let index = 0; index < count; index++) {
    const last = feed.publishAsync(`lab/n${String(index).padStart(4, '0')}`, String(index), { qos: 1 })
    if (index % 500 === 499) await last
  }
  await expect(page.locator('#total')).toHaveText(/^3.?000$/)
  await show(page, 'Topics')
  await item(page, 'lab').focus()
  await press(page, 'End')
  await expect(item(page, 'n2999')).toBeFocused()
  await expect(item(page, 'n2999')).toBeInViewport({ ratio: 1 })
  await expect(item(page, 'n2999')).toHaveAttribute('aria-posinset', '3000')
  expect(await page.getByRole('treeitem').count()).toBeLessThan(80)
  await press(page, 'PageUp ArrowUp')
  await expect(page.locator('[role=treeitem]:focus')).toBeInViewport({ ratio: 1 })

  // What has the focus stays an element, wherever the list is scrolled to.
  await page.getByRole('tree').evaluate((tree) => (tree.scrollTop = 0))
  await expect(item(page, 'n0001')).toBeInViewport()
  await expect(page.locator('[role=treeitem]:focus')).toHaveCount(1)
  await press(page, 'ArrowDown')
  await expect(page.locator('[role=treeitem]:focus')).toBeInViewport({ ratio: 1 })
})
