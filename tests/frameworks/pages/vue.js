import { createApp, defineComponent, h, ref } from 'vue'
import { createMqtt, useConnection, useLatest, usePresence, useRequest, useSubscription } from 'websocket-mq/vue'
import { heard, join, run, topic } from './join.js'

const Page = defineComponent(() => {
  const filter = ref('a/+')
  const round = ref(1)
  const { state, error, retry } = useConnection()
  const latest = useLatest(() => topic(filter.value), { qos: 1 })
  const { isReady, error: refusal } = useSubscription(topic('heard/#'), (message) => heard.push(`${round.value} ${message.text()}`), {
    qos: 1,
  })
  const only = () => (filter.value === 'a/+' ? topic('a/only') : null)
  const { isReady: isOnlyReady } = useSubscription(only, (message) => heard.push(`only ${message.text()}`))
  const present = usePresence()
  const { request, cancel, state: asked } = useRequest('stock', 'count')
  const output = (id, text) => h('output', { id }, text)
  const button = (id, onClick) => h('button', { id, onClick }, id)
  return () => [
    output('state', state.value),
    output('error', error.value?.message),
    output('ready', `${isReady.value} ${isOnlyReady.value} ${refusal.value?.code ?? ''}`),
    output('latest', latest.value?.text()),
    output('round', round.value),
    h(
      'ul',
      { id: 'people' },
      [...present.value.values()].map(({ uid, user }) => h('li', { key: uid }, user)),
    ),
    output('request', JSON.stringify({ ...asked.value, error: undefined, failure: asked.value.error?.name })),
    button('switch', () => (filter.value = filter.value === 'a/+' ? 'b/#' : 'a/+')),
    button('next', () => (round.value += 1)),
    button('ask', () => void request({ items: 5 })),
    button('ask-nobody', () => void request({ items: -1 }, { timeout: 300 })),
    button('cancel', cancel),
    button('retry', retry),
  ]
})

run((element) => {
  const app = createApp(Page).use(createMqtt({ connect: join }))
  app.mount(element)
  return () => app.unmount()
})
