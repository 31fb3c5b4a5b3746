// What the types of the modern API infer, allow and refuse. Compiled, never run.
import { type AddressRequest, connect, type Connection, load, type MqttError, type TopicParams } from 'websocket-mq'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <T extends true>(): T | undefined => undefined

holds<Equal<keyof TopicParams<'lab/+room/temperature'>, 'room'>>()
holds<Equal<keyof TopicParams<'+a/x/+b/#rest'>, 'a' | 'b' | 'rest'>>()
holds<Equal<keyof TopicParams<'$share/g/+room'>, 'room'>>()
holds<Equal<keyof TopicParams<'a/+/#'>, never>>()
holds<Equal<TopicParams<string>, Record<string, string>>>()

export async function use(): Promise<void> {
  const mq: Connection = await connect(['wss://a/mqtt', new URL('wss://b/mqtt')], {
    protocolVersion: 5,
    credentials: async ({ lastError }) => ({ username: 'ann', password: String(lastError?.message) }),
    will: { topic: 'gone', payload: new Uint8Array(), qos: 1, retain: true, properties: { willDelayInterval: 5 } },
    reconnect: { maxDelay: 1000 },
  })

  const signed = async ({ lastError }: AddressRequest): Promise<string> => `wss://a/mqtt?${String(lastError?.code)}`
  void connect(signed)
  void connect([signed, () => new URL('wss://b/mqtt'), 'wss://c/mqtt'])
  // @ts-expect-error -- no address
  void connect(() => 7)

  mq.subscribe('lab/+room/temperature', ({ params }) => {
    const room: string = params.room
    // @ts-expect-error -- no such level
    return [room, params.floor]
  })

  for await (const message of mq.subscribe(['lab/+room/t', 'hall/+room/+seat'], { qos: 1 })) {
    const room: string = message.params.room
    const seat: string | undefined = message.params.seat
    // @ts-expect-error -- stands in one of the two filters only
    const certain: string = message.params.seat
    const value: { n: number } = message.json<{ n: number }>()
    console.log(room, seat, certain, value, message.text(), message.bytes.length)
  }

  mq.subscribe('lab/+room/t', { deliver: 'frame', conflate: true }, (messages) => messages.map(({ params }) => params.room))
  for await (const messages of mq.subscribe('lab/+room/t', { deliver: 'frame' })) console.log(messages.length, messages[0]?.params.room)
  // @ts-expect-error -- a batch has no topic
  mq.subscribe('lab/+room/t', { deliver: 'frame' }, ({ topic }) => topic)
  // @ts-expect-error -- only batches are conflated
  mq.subscribe('lab/+room/t', { conflate: true }, () => {})

  const { signal } = new AbortController()
  await mq.drained(10, { signal })
  await mq.subscribe('a').unsubscribe({ signal })
  await mq.disconnect({ signal })
  await load({ signal })

  const filter: string = ['a', 'b'].join('/')
  mq.subscribe(filter, {}, (message) => {
    const level: string | undefined = message.params['any']
    return level
  })

  const { reasonCode } = await mq.publish('a', 'x', { qos: 2, retain: true, properties: { userProperties: { a: 'b' } } })
  // @ts-expect-error -- no such QoS
  await mq.publish('a', 'x', { qos: 3 })
  // @ts-expect-error -- a number is no payload
  await mq.publish('a', reasonCode)
  await mq.publish('a', { json: { n: 1 } })
  // @ts-expect-error -- say that it is JSON
  await mq.publish('a', { n: 1 })

  const off: () => void = mq.on('state', ({ state, retryIn }) => console.log(state satisfies string, retryIn?.toFixed()))
  off()
  // @ts-expect-error -- no such event
  mq.on('states', () => {})

  const closed: { error: MqttError | undefined; unfinished: number } = await mq.disconnect({ timeout: 100 })
  console.log(closed)
}
