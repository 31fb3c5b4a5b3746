// The rows of docs/troubleshooting.md that only a browser shows: each is provoked, and the doctor says the page's sentence.
import { createServer } from 'node:http'
import { readFile } from 'node:fs/promises'
import { inBrowsers, rowWith, troubleshootingRows } from '../support/troubleshooting.mjs'
import { freePort } from '../support/free-port.mjs'
import { dist, expect, test } from './support.js'

type Page = import('@playwright/test').Page

const diagnose = (page: Page, url: string) =>
  page.evaluate(async (address) => {
    const { diagnose } = (await import('/dist/doctor.js' as string)) as typeof import('websocket-mq/doctor')
    const { verdict, findings } = await diagnose(address, { timeout: 3000 })
    return [verdict, ...findings.map(({ text }) => text)]
  }, url)

/** What each takes, and what the doctor says. */
const symptoms: Record<(typeof inBrowsers)[number], (page: Page) => Promise<string[]>> = {
  'There is no network connection': async (page) => {
    await page.evaluate(() => import('/dist/doctor.js' as string)) // and not the scripts that it loads when it connects
    await page.context().setOffline(true)
    return diagnose(page, 'ws://127.0.0.1:9/mqtt')
  },
  'A web server answers at': async (page) => {
    const server = createServer((_, response) => response.writeHead(404).end())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      return await diagnose(page, `ws://127.0.0.1:${(server.address() as import('node:net').AddressInfo).port}/mqtt`)
    } finally {
      server.close()
      server.closeAllConnections()
    }
  },
  'The browser does not allow': async (page) => {
    // A page from https:, whose files are answered here.
    await page.route('https://site.example/**', async (route) => {
      const { pathname } = new URL(route.request().url())
      if (!pathname.startsWith('/dist/')) return route.fulfill({ contentType: 'text/html', body: '<!doctype html>' })
      const body = await readFile(`${dist}${pathname.slice('/dist/'.length)}`)
      return route.fulfill({ contentType: pathname.endsWith('.wasm') ? 'application/wasm' : 'text/javascript', body })
    })
    await page.goto('https://site.example/')
    return diagnose(page, 'ws://broker.example/ws_mqtt')
  },
  'No MQTT broker could be reached': async (page) => diagnose(page, `ws://127.0.0.1:${await freePort()}/mqtt`),
}

const rows = await troubleshootingRows()

for (const part of inBrowsers)
  test(`docs/troubleshooting.md: ${rowWith(rows, part).text}`, async ({ open }) => {
    const { page } = await open()
    const said = await symptoms[part](page)
    expect(said.some(rowWith(rows, part).isSaid), said.join('\n')).toBe(true)
  })
