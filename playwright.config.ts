import { defineConfig, devices } from '@playwright/test'
import { launchOptions } from './tests/support/chromium.mjs'

const alike = /MQTT 3\.1|the demo service in (?!C\+\+)/

export default defineConfig<object, { defaults: object }>({
  testDir: 'tests/browser',
  globalSetup: './tests/browser/install.ts',
  outputDir: 'build/playwright',
  workers: 4, // for two processors: a test computes for less than half of its time
  fullyParallel: true,
  forbidOnly: Boolean(process.env['CI']),
  // A test that passes only the second time has found something, so there are no retries, except on CI, whose load is
  // unknown; there it is reported as flaky.
  retries: process.env['CI'] ? 1 : 0,
  // For a machine with much to do: tests wait for conditions, not for these times.
  timeout: 120_000,
  expect: { timeout: 30_000 },
  // Nothing hangs a run.
  globalTimeout: process.env['CI'] ? 30 * 60_000 : 0,
  // A fault that breaks every test is reported early, and not after each has timed out.
  maxFailures: process.env['CI'] ? 15 : 0,
  reporter: [['list'], ['json', { outputFile: 'build/reports/playwright.json' }]],
  use: {
    ...devices['Desktop Chrome'],
    trace: 'retain-on-failure',
    launchOptions,
  },
  projects: [
    { name: 'chromium', testIgnore: /tls.*\.spec\.ts/ },
    // What pages do with a connection of their own works over a worker, too, and shared. Which version of MQTT it speaks makes
    // no difference to that, nor does the language of a service.
    {
      name: 'over a worker',
      testMatch: /\/(messages|handlers|limits|broker-restart|refusals|wake-up|will|webapp)\.spec\.ts/,
      grepInvert: alike,
      use: { defaults: { worker: true } },
    },
    {
      name: 'over a shared connection',
      testMatch: /\/(messages|handlers|webapp)\.spec\.ts/,
      grepInvert: alike,
      use: { defaults: { shared: true } },
    },
    // Behind nginx with TLS: its certificate is made for the one run, so no browser knows the authority.
    { name: 'tls', testMatch: /tls.*\.spec\.ts/, use: { ignoreHTTPSErrors: true } },
  ],
})
