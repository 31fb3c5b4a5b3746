// The demo page, in tabs of a browser: what its specs share.
import { fileURLToPath } from 'node:url'
import { type BrowserContext, type Page } from '@playwright/test'
import type { Broker } from '../support/broker.mjs'
import { demoContentSecurityPolicy, startPageServer } from '../support/page-server.mjs'
import { dist, expect } from './support.js'

export const demo = fileURLToPath(new URL('../../demo/', import.meta.url))
export const demoRoots = { '/': `${demo}page/`, '/dist/': dist }

export interface DemoTab {
  page: Page
  console: string[]
  uncaught: string[]
}

/** Serves the page as npm start does, before this broker. */
export function startDemoPage(broker: Pick<Broker, 'webSocketPort'>) {
  return startPageServer({ roots: demoRoots, brokerPort: broker.webSocketPort, contentSecurityPolicy: demoContentSecurityPolicy })
}

/** @param options `hash`: what a link says; `user`: who one is there */
export async function openDemo(context: BrowserContext, url: string, { hash = '', user = '' } = {}): Promise<DemoTab> {
  const page = await context.newPage()
  const tab: DemoTab = { page, console: [], uncaught: [] }
  page.on('console', (message) => {
    // The page asks its server for credentials, and Chromium reports that there is no issuer.
    if (!message.location().url.endsWith('/issuer/login')) tab.console.push(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => tab.uncaught.push(String(error)))
  if (user !== '') await page.addInitScript((name) => sessionStorage.setItem('websocket-mq demo user', JSON.stringify(name)), user)
  await page.goto(url + hash)
  return tab
}

export async function connected(page: Page): Promise<void> {
  await expect(page.locator('#status')).toHaveAttribute('data-state', 'connected', { timeout: 30_000 })
}

/** Its filters are subscribed. */
export async function subscribed(page: Page): Promise<void> {
  await connected(page)
  const filters = page.getByRole('list', { name: 'Subscriptions' }).getByRole('listitem')
  await expect(filters.filter({ hasText: 'QoS' })).toHaveCount(await filters.count())
}

export async function show(page: Page, view: 'Messages' | 'Topics' | 'People' | 'Services' | 'Packets' | 'Publish'): Promise<void> {
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: view }).click()
}

export async function publish(page: Page, topic: string, payload: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Topic', exact: true }).fill(topic)
  await page.getByRole('textbox', { name: 'Payload' }).fill(payload)
  await page.getByRole('button', { name: 'Publish', exact: true }).last().click()
}

export const messageRows = (page: Page) => page.getByRole('list', { name: 'Messages that arrived' }).getByRole('listitem')

/** The newest message on a topic. */
export function message(page: Page, topic: string) {
  return messageRows(page).filter({ hasText: topic }).first()
}
