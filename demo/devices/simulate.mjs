// node demo/devices/simulate.mjs [SERIAL NUMBER...]: devices that record now and then, as docs/protocol.md has them, with
// MQTT.js. Environment: WSMQ_URL (default mqtt://localhost), WSMQ_ROOT (default app/), WSMQ_PERIOD (milliseconds
// between two changes, default 2000; 0: none), WSMQ_READINGS (with each change a reading goes to {this}{serial number}/climate,
// beside the convention; default: none), WSMQ_PASSWORDS (a JSON object with the password of each serial number, where the
// broker takes accounts alone). SIGTERM switches them off.
import { connectAsync } from 'mqtt'

const { WSMQ_URL: url = 'mqtt://localhost', WSMQ_ROOT: root = 'app/', WSMQ_PERIOD: period = '2000', WSMQ_READINGS: readings } = process.env
/** @type {Record<string, string>} */
const passwords = JSON.parse(process.env['WSMQ_PASSWORDS'] ?? '{}')
const serialNumbers = process.argv.length > 2 ? process.argv.slice(2) : ['SN-1001', 'SN-1002', 'SN-2001']

/** @param {string} serialNumber */
async function startDevice(serialNumber) {
  const topic = `${root}device/status/${serialNumber}`
  const options = /** @type {const} */ ({ qos: 1, retain: true })
  const off = JSON.stringify({ online: false, recording: false, broadcasting: false, motionEnabled: false })
  const status = { online: true, recording: false, broadcasting: false, motionEnabled: true, battery: 100 }
  const client = await connectAsync(url, {
    clientId: serialNumber,
    ...(Object.hasOwn(passwords, serialNumber) ? { username: serialNumber, password: passwords[serialNumber] } : {}),
    protocolVersion: 5,
    will: { topic, payload: Buffer.from(off), ...options },
  })
  const tell = () => client.publishAsync(topic, JSON.stringify(status), options)
  // Published again at each reconnection: the will has been published meanwhile.
  client.on('connect', tell)
  await tell()
  const climate = { temperature: 21, humidity: 45, window: { open: false } }
  /** Something to look at, which a chart can show. */
  const measure = async () => {
    climate.temperature = drifted(climate.temperature, 0.3, 15, 30)
    climate.humidity = drifted(climate.humidity, 1, 20, 80)
    if (Math.random() < 0.05) climate.window.open = !climate.window.open
    await client.publishAsync(`${readings}${serialNumber}/climate`, JSON.stringify(climate))
  }
  const change = () => {
    if (Math.random() < 0.5) status.recording = !status.recording
    else status.broadcasting = !status.broadcasting
    status.battery = status.battery > 5 ? status.battery - 1 : 100
    void tell()
    if (readings !== undefined) void measure()
  }
  const timer = Number(period) > 0 ? setInterval(change, Number(period) * (0.5 + Math.random())) : undefined
  return async () => {
    clearInterval(timer)
    await client.publishAsync(topic, off, options)
    await client.endAsync()
  }
}

/** A step at random, within bounds, to a tenth. @param {number} value @param {number} most @param {number} low @param {number} high */
function drifted(value, most, low, high) {
  const next = value + (2 * Math.random() - 1) * most
  return Math.round(10 * Math.min(high, Math.max(low, next))) / 10
}

const switches = await Promise.all(serialNumbers.map(startDevice))
console.log(`Online: ${serialNumbers.join(' ')}`)
const stop = async () => {
  await Promise.all(switches.map((switchOff) => switchOff()))
  process.exit(0)
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
