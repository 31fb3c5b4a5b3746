import { openDemo, publish, show, startDemoPage, subscribed } from './demo-page.js'
import { expect, test } from './support.js'

test('a message is published with its MQTT 5 properties, and its packets are in the timeline', async ({ context, ownBroker, closing }) => {
  const server = await closing(startDemoPage(ownBroker))
  const { page, uncaught } = await openDemo(context, server.url)
  await subscribed(page)
  await page.getByText('MQTT 5 properties').click()
  await page.getByLabel('Content type').fill('text/plain')
  await page.getByLabel('Expiry, s').fill('60')
  await page.getByLabel('Response topic').fill('demo/answers')
  await page.getByLabel('Correlation data').fill('abc')
  await page.getByLabel('User properties').fill('colour=red\nsize=12')
  await page.getByRole('combobox', { name: 'QoS' }).first().selectOption('2')
  await page.getByLabel('Retain').check()
  await publish(page, 'demo/full', 'with everything')

  await show(page, 'Messages')
  await page.getByRole('list', { name: 'Messages that arrived' }).getByRole('button', { name: 'demo/full' }).click()
  const message = page.getByRole('article', { name: 'Chosen message' })
  for (const fact of ['Content typetext/plain', 'Response topicdemo/answers', 'Correlation dataabc', 'Retainedyes'])
    await expect(message).toContainText(fact)
  await expect(message).toContainText('colour')

  await show(page, 'Packets')
  const packets = page.getByRole('list', { name: 'Packets' }).getByRole('listitem')
  await expect(packets.filter({ hasText: 'CONNACK' })).toHaveCount(0) // far down: the newest come first
  await page.getByRole('combobox', { name: 'Type' }).selectOption('PUBLISH')
  await page.getByRole('combobox', { name: 'Direction' }).selectOption('sent')
  await page.getByRole('searchbox', { name: 'Search packets' }).fill('full')
  await expect(packets).toHaveCount(1)
  await packets.getByRole('button').click()
  const packet = page.getByRole('article', { name: 'Chosen packet' })
  await expect(packet).toContainText('Sent PUBLISH')
  for (const fact of ['Qos2', 'Topicdemo/full', 'Message expiry interval60', 'with everything']) await expect(packet).toContainText(fact)

  await page.getByRole('searchbox', { name: 'Search packets' }).fill('')
  await page.getByRole('combobox', { name: 'Direction' }).selectOption('received')
  await page.getByRole('combobox', { name: 'Type' }).selectOption('CONNACK')
  await packets.getByRole('button').click()
  await expect(packet).toContainText('Reason code0x00')
  expect(uncaught).toEqual([])

  await page.getByLabel('User properties').fill('no pair')
  await publish(page, 'demo/full', 'again')
  await expect(page.locator('#publish-outcome')).toContainText('"no pair" is no user property')
})
