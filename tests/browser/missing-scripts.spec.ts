// Scripts of the package that are not served, as after a deployment that removed those of the former version.
import { expect, test } from './support.js'

const scripts: Record<string, string> = {
  'open-outbox': '{ outbox: true }',
  'open-remote': '{ worker: true }',
  leader: "{ shared: { via: 'tab' } }",
  'packet-watch': "{ log: Object.assign(() => {}, { level: 'debug' }), packets: true, worker: true }",
}

for (const [script, options] of Object.entries(scripts))
  test(`connect() names a script that is not served: ${script}`, async ({ open, context }) => {
    await context.route(`**/index.${script}-*.js`, (route) => route.fulfill({ status: 404, body: 'not found' }))
    const tab = await open()
    const error = await tab.page.evaluate(
      async ([url, given]) => {
        const { connect, MqttError } = await import('/dist/index.js' as string)
        try {
          await connect(url, new Function(`return ${given}`)())
          return 'connected'
        } catch (thrown) {
          const { code, message, cause } = thrown as { code: string; message: string; cause: Error }
          return { isOurs: thrown instanceof MqttError, code, message, cause: cause.name }
        }
      },
      [tab.broker, options] as const,
    )
    expect(error).toEqual({
      isOurs: true,
      code: 'load_failed',
      message: expect.stringContaining(`The script ${script} `) as unknown,
      cause: 'TypeError',
    })
    // What was started before is ended.
    await expect.poll(() => tab.page.workers().length).toBe(0)
  })
