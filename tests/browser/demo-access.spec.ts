// Whether everybody can use the demo page: screen readers, keyboards, fingers; in the light and in the dark.
import { AxeBuilder } from '@axe-core/playwright'
import { type Page } from '@playwright/test'
import { connectAsync } from 'mqtt'
import { openDemo, publish, startDemoPage, subscribed } from './demo-page.js'
import { expect, test } from './support.js'

const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } }
const tabs = ['Messages', 'Topics', 'People', 'Services', 'Packets'] as const

for (const [device, viewport] of Object.entries(sizes))
  for (const colorScheme of ['light', 'dark'] as const)
    test(`axe finds nothing in the demo, ${device}, ${colorScheme}`, async ({ browser, ownBroker, closing }) => {
      test.setTimeout(120_000)
      const context = await closing(browser.newContext({ viewport, colorScheme }))
      const server = await closing(startDemoPage(ownBroker))
      const broker = await connectAsync(`mqtt://127.0.0.1:${ownBroker.tcpPort}`)
      await closing(Promise.resolve({ close: () => broker.endAsync() }))
      const retained = { retain: true, qos: 1 } as const
      await broker.publishAsync('app/device/status/SN-1', '{"online":true,"recording":true,"battery":50}', retained)
      await broker.publishAsync('app/webapp/svc/shop/one', '{"online":true,"methods":["buy","sell"]}', retained)
      await broker.publishAsync('lab/kitchen/climate', '{"temperature":20,"door":"closed"}', retained)
      const { page } = await openDemo(context, server.url)
      await subscribed(page)
      for (const name of tabs) {
        await page.getByRole('button', { name, exact: true }).click()
        await fill(page, name)
        await examine(page, name)
      }
      if (device === 'phone') {
        await page.getByRole('button', { name: 'Publish', exact: true }).click()
        await page.getByText('MQTT 5 properties').click()
        await examine(page, 'Publish')
      }
      await page.getByRole('button', { name: 'Connection settings' }).click()
      await page.getByRole('button', { name: 'MQTT client' }).click()
      await page.getByText('Will', { exact: true }).click()
      await page.getByText('Advanced', { exact: true }).click()
      await examine(page, 'Connection')
    })

/** So that each view has something to look at. */
async function fill(page: Page, view: (typeof tabs)[number]): Promise<void> {
  if (view === 'Messages') await page.getByRole('list', { name: 'Messages that arrived' }).getByRole('button').first().click()
  if (view === 'Packets') await page.getByRole('list', { name: 'Packets' }).getByRole('button').first().click()
  if (view === 'People') {
    await page.getByLabel('Message', { exact: true }).fill('hello')
    await page.getByRole('button', { name: 'Send' }).click()
  }
  if (view !== 'Topics') return
  await page.getByRole('treeitem', { name: /^kitchen/ }).click()
  await page.getByRole('treeitem', { name: /^climate/ }).click()
  await expect(page.locator('.chart canvas')).toBeVisible()
}

async function examine(page: Page, view: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => `${view}: ${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`)).toEqual([])
}

test('what can be touched on a phone is as large as a finger, and nothing is wider than the screen', async ({
  browser,
  ownBroker,
  closing,
}) => {
  const context = await closing(browser.newContext({ viewport: sizes.phone, hasTouch: true }))
  const server = await closing(startDemoPage(ownBroker))
  const { page } = await openDemo(context, server.url)
  await subscribed(page).catch(() => {}) // the list of filters is another view here
  for (const name of [...tabs, 'Publish', 'Connection settings']) {
    await page.getByRole('button', { name, exact: true }).click()
    if (name === 'Connection settings') await page.getByText('Advanced', { exact: true }).click()
    const small = await page
      .locator('button, input:not([type=checkbox], .hidden), select, textarea, summary, .button, label.check, [role=treeitem]')
      .evaluateAll((all) =>
        all
          .filter((each) => each.checkVisibility())
          .map((each) => [each.outerHTML.slice(0, 120), each.getBoundingClientRect()] as const)
          .filter(([, { height, width }]) => height < 44 || width < 44)
          .map(([html, { height, width }]) => `${html} is ${width} x ${height}`),
      )
    expect(small, name).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBe(390)
  }
  // One view at a time, and its lists.
  await page.getByRole('button', { name: 'Services', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Devices' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'People' })).toBeHidden()
})

test('the keyboard goes everywhere, and is seen', async ({ context, ownBroker, closing }) => {
  const server = await closing(startDemoPage(ownBroker))
  const { page } = await openDemo(context, server.url)
  await subscribed(page)
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main')).toBeFocused()

  for (const text of ['one', 'two', 'three']) await publish(page, `demo/${text}`, text)
  await expect(page.locator('#total')).toHaveText('3')
  await page.getByRole('main').focus()

  // To the end of the page: it ends where it began, each step is seen, and no step is stuck.
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement as HTMLElement
      const { outlineStyle, outlineWidth } = getComputedStyle(element)
      return { isBody: element === document.body, html: element.outerHTML.slice(0, 100), outline: `${outlineStyle} ${outlineWidth}` }
    })
  const visited: string[] = []
  for (let step = 0; step < 80; step++) {
    await page.keyboard.press('Tab')
    const { isBody, html, outline } = await focused()
    if (isBody) break
    expect(outline, html).toBe('solid 2px')
    visited.push(html)
  }
  expect(visited.length).toBeGreaterThan(10)
  expect(visited.length).toBeLessThan(80)

  const rows = page.getByRole('list', { name: 'Messages that arrived' }).getByRole('button')
  await rows.first().focus()
  await page.keyboard.press('ArrowDown')
  await expect(rows.nth(1)).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('article', { name: 'Chosen message' })).toContainText('demo/two')
})

test('the theme is the system’s, or the one that was chosen, and stays', async ({ browser, ownBroker, closing }) => {
  const context = await closing(browser.newContext({ colorScheme: 'dark' }))
  const server = await closing(startDemoPage(ownBroker))
  const { page } = await openDemo(context, server.url)
  const isDark = () =>
    page.evaluate(() =>
      getComputedStyle(document.body)
        .color.match(/\d+/g)!
        .every((each) => Number(each) > 180),
    )
  await expect.poll(isDark).toBe(true)
  await page.getByRole('button', { name: 'Theme: system' }).click()
  await expect.poll(isDark).toBe(false)
  await page.reload()
  await expect(page.getByRole('button', { name: 'Theme: light' })).toBeVisible()
  expect(await isDark()).toBe(false)
  await page.getByRole('button', { name: 'Theme: light' }).click()
  await expect.poll(isDark).toBe(true)
})
