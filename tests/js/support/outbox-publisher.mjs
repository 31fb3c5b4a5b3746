// node outbox-publisher.mjs URL FOLDER TOPIC QOS [COUNT]: publishes numbers, prints each that was accepted, and waits for
// its end. Run by outbox.test.mjs, which kills it.
import { connect } from '../../../dist/index.js'

const [url = '', folder = '', topic = '', qos = '1', count = 'Infinity'] = process.argv.slice(2)
const mq = await connect(url, { outbox: { folder }, reconnect: { minDelay: 20, maxDelay: 50 } })
mq.on('error', () => {})
process.stdout.write(`client ${mq.clientId}\n`)
for (let number = 1; number <= Number(count); number++) {
  void mq.publish(topic, String(number), { qos: /** @type {1 | 2} */ (Number(qos)) }).catch(() => {})
  process.stdout.write(`${number}\n`)
  await new Promise((resolve) => setTimeout(resolve, number % 10 === 0 ? 2 : 0))
}
process.stdout.write('done\n')
setInterval(() => {}, 1000)
