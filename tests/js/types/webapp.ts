// What the types of the webapp infer, allow and refuse. Compiled, never run.
import { type Call, Raw, RemoteError, Webapp } from 'websocket-mq/webapp'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <T extends true>(...used: unknown[]): T | undefined => (used.length, undefined)

interface Shop {
  services: {
    orders: {
      create(params: { item: number }): { id: string }
      list(): string[]
      watch(params: { id: string }): AsyncGenerator<'packed' | 'sent', { signature: string }>
      label(image: Raw): Promise<Raw>
    }
  }
  peers: { sum(numbers: number[]): number; count(params: { to: number }): AsyncGenerator<number, string> }
  state: { name: string }
  message: { hello: string }
  rooms: { lobby: { text: string }; cinema: number }
  device: { battery: number }
}

export async function use(): Promise<void> {
  const app = await Webapp.join<Shop>('/ws_mqtt', { org: 'acme', user: 'ann', state: { name: 'Ann' } })
  const created = app.request('orders', 'create', { item: 7 }, { timeout: 5000, signal: AbortSignal.timeout(1) })
  holds<Equal<typeof created, Call<{ id: string }, never>>>(created)
  holds<Equal<Awaited<typeof created>, { id: string }>>()
  const list: string[] = await app.request('orders', 'list')
  const watch = app.request('orders', 'watch', { id: 'x' }, {})
  for await (const step of watch) holds<Equal<typeof step, 'packed' | 'sent'>>(step)
  const { signature } = await watch
  const { bytes } = await app.request('orders', 'label', new Raw(new Uint8Array(), 'image/png'))
  app
    .request('orders', 'watch', { id: 'x' }, { onProgress: (step) => holds<Equal<typeof step, 'packed' | 'sent'>>(step) })
    .catch(console.error)
  // @ts-expect-error -- no such service
  await app.request('order', 'create', { item: 7 })
  // @ts-expect-error -- no such method
  await app.request('orders', 'make', { item: 7 })
  // @ts-expect-error -- wrong parameters
  await app.request('orders', 'create', { item: '7' })
  // @ts-expect-error -- no parameters
  await app.request('orders', 'create')
  app.notify('orders', 'create', { item: 1 })

  app.expose({
    sum: (numbers) => numbers.reduce((a, b) => a + b, 0),
    async *count({ to }, { from, signal }) {
      for (let n = 0; n < to && !signal.aborted; n++) yield n
      if (to < 0) throw new RemoteError(1, 'No', { from })
      return 'done'
    },
  })
  // @ts-expect-error -- a wrong result
  app.expose({ sum: () => 'text' })

  const peer = app.peer('acme:bob:cd34')
  const sum: number = await peer.request('sum', [1, 2])
  peer.send({ hello: 'Bob' })
  // @ts-expect-error -- not what was declared
  peer.send({ bye: 'Bob' })
  for await (const { from, data } of app.room('lobby')) console.log(from.length, data.text)
  app.room('cinema').send(3)
  // @ts-expect-error -- no such room
  app.room('cellar')
  for await (const { type, key, value } of app.presence) {
    holds<Equal<typeof type, 'appeared' | 'changed' | 'gone'>>(type)
    console.log(key.length, value.state.name)
    for (const { id, since, state } of value.tabs ?? []) console.log(id.length, since.getTime(), state.name)
  }
  for (const { id, state } of app.presence.tabs.values()) console.log(id === app.tab, state.name)
  app.presence.watch({ org: 'acme' })
  app.presence.unwatch()
  // @ts-expect-error -- no such option
  app.presence.watch({ organisation: 'acme' })
  for (const [serialNumber, status] of app.devices(['SN-1'])) console.log(serialNumber, status.online, status.battery.toFixed())
  console.log(list, signature, bytes, sum, (await app.mq.disconnect()).unfinished)
}

/** Of what was not declared, everything goes and nothing is known. */
export async function useUndeclared(): Promise<void> {
  const app = await Webapp.join('/ws_mqtt', { org: 'acme', user: 'ann' })
  const result = await app.request('any', 'thing', { at: 'all' }, { timeout: 1 })
  holds<Equal<typeof result, unknown>>(result)
  await app.request('any', 'thing')
  app.expose({ sum: (numbers: unknown) => numbers })
  app.room('any').send({ thing: 1 })
  app.peer('a:b:cd34').send('x')
}
