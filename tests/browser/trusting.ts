// A browser that takes one server's key for good, whoever signed it. Playwright's ignoreHTTPSErrors does not reach the scripts of
// shared workers; this does.
import { chromium } from '@playwright/test'
import { publicKeyAt } from '../support/certificate.mjs'
import { launchOptions } from '../support/chromium.mjs'

/** @param port of the server, on loopback */
export async function startTrustingBrowser(port: number) {
  return chromium.launch({
    ...launchOptions,
    args: [...launchOptions.args, `--ignore-certificate-errors-spki-list=${await publicKeyAt(port)}`],
  })
}
