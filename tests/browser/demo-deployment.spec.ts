// The demo page as npm start has it: with the issuer, access rules, and TLS where nginx is installed.
import { startDeployment } from '../../scripts/lib/deployment.mjs'
import { connected, messageRows, openDemo, publish, subscribed } from './demo-page.js'
import { expect, test } from './support.js'
import { startTrustingBrowser } from './trusting.js'

test('the demo works under access rules, says what they refuse, and the doctor finds them right', async ({ browser, closing }) => {
  test.setTimeout(120_000)
  const deployment = await closing(startDeployment({ port: 0, tell: () => {} }))
  const context = await closing(browser.newContext({ ignoreHTTPSErrors: true }))
  const [ann, bob] = [await openDemo(context, deployment.url, { user: 'ann' }), await openDemo(context, deployment.url, { user: 'bob' })]
  for (const { page } of [ann, bob]) await subscribed(page)
  await expect(ann.page.getByRole('list', { name: 'Others who are here' })).toContainText(/acme:bob:\w{4}/)
  await publish(ann.page, 'demo/greeting', 'hello under the rules')
  await expect(messageRows(bob.page)).toContainText(['hello under the rules'])

  await ann.page.getByLabel('Topic filter').fill('secrets/#')
  await ann.page.getByRole('button', { name: 'Subscribe', exact: true }).click()
  const refused = ann.page.getByRole('list', { name: 'Subscriptions' }).getByRole('listitem').filter({ hasText: 'secrets/#' })
  await expect(refused).toContainText('refused')
  await expect(refused).toHaveAttribute('title', /Not authorized/)
  await publish(ann.page, 'secrets/one', 'x')
  await expect(ann.page.locator('#publish-outcome')).toContainText('Not authorized')

  await ann.page.getByRole('button', { name: 'Doctor' }).click()
  await expect(ann.page.locator('.verdict')).toContainText('The broker can be used with MQTT 5', { timeout: 60_000 })
  const findings = ann.page.getByRole('list', { name: 'Findings' }).getByRole('listitem')
  await expect(findings.filter({ hasText: 'access' })).toContainText('fine')
  await expect(findings.filter({ hasText: 'retained-wildcard' })).not.toContainText('Not authorized')
  // What it publishes is not shown as a message.
  await ann.page.getByRole('button', { name: 'Messages' }).click()
  await expect(messageRows(ann.page)).toHaveCount(1)
  for (const { page } of [ann, bob]) await connected(page)
  for (const { uncaught } of [ann, bob]) expect(uncaught).toEqual([])
})

const places = [
  ['nginx', ['runsIn=worker', 'runsIn=worker&role=client', 'runsIn=shared', 'runsIn=shared&role=client', 'outbox=true&role=client']],
  ['Node', ['runsIn=shared']],
] as const

for (const [server, hashes] of places)
  test(`wherever the connection runs, it has its credentials, and the page its worker, behind ${server}`, async ({ browser, closing }) => {
    test.setTimeout(120_000)
    const behindNginx = server === 'nginx'
    const deployment = await closing(startDeployment({ port: 0, tell: () => {}, behindNginx }))
    const trusting = behindNginx ? await closing(startTrustingBrowser(Number(new URL(deployment.url).port))) : browser
    const context = await closing(trusting.newContext({ ignoreHTTPSErrors: true }))
    for (const hash of hashes) {
      const { page, uncaught } = await openDemo(context, `${deployment.url}#${hash}`, { user: 'ann' })
      await subscribed(page)
      await publish(page, 'demo/from', hash)
      await expect(messageRows(page).first(), hash).toContainText(hash)
      expect(uncaught).toEqual([])
      await page.close()
    }
    for (const file of ['worker.js', 'webapp-worker.js']) {
      const worker = await context.request.get(`${deployment.url}app/${file}`)
      expect(worker.headers()['content-type'], file).toMatch(/^(?:text|application)\/javascript/)
    }
  })
