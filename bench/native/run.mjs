// Measures wsmq::native beside its peers, in one run. The options are those of npm run bench.
import { existsSync } from 'node:fs'
import { startBroker } from '../../tests/support/broker.mjs'
import { buildPreset } from '../../scripts/lib/cmake.mjs'
import { setup } from '../../scripts/setup.mjs'
import { readOptions, usage } from '../options.mjs'
import { conditions, writeReport } from '../report.mjs'
import { comparison, spreads } from '../table.mjs'
import { measure, versionOf } from './programs.mjs'
import { programs, rows } from './rows.mjs'

const allPeers = Object.keys(programs)
const options = readOptions(process.argv.slice(2), allPeers)
// The programs that it has started end with it.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
if (options.help) console.log(usage.replaceAll('npm run bench', 'npm run bench:native').replace(/of ours.*/, `of ${allPeers.join()}`))
else if (options.list) console.log(rows.map((row) => row.id).join('\n'))
else await main()

async function main() {
  if (!existsSync('/usr/include/mosquitto.h') || !existsSync('/usr/include/MQTTAsync.h')) await setup(['build', 'broker', 'native bench'])
  await buildPreset('release', { targets: ['native_bench'] })
  const wanted = rows.filter((row) => options.wants(row.id))
  const mosquitto = wanted.some((row) => row.against === 'mosquitto') ? await startBroker() : null
  try {
    const results = []
    for (const row of wanted) results.push(await rounds(row, mosquitto?.tcpPort))
    const compared = comparison(results, options.peers)
    console.log(`\n${compared}\n\n${spreads(results, options.peers)}\n`)
    const versions = `libmosquitto ${await versionOf('libmosquitto')}, Paho C ${await versionOf('paho-c')}, GCC release build`
    if (options.write) await writeReport({ 'native-conditions': conditions(versions, options.rounds), native: compared })
  } finally {
    await mosquitto?.close()
  }
}

/** The rounds go through the clients in turn, so that what else the machine does hits all of them. */
async function rounds(row, brokerPort) {
  const where = { milliseconds: options.milliseconds.measured, brokerPort }
  const values = Object.fromEntries(options.peers.map((peer) => [peer, {}]))
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const peer of options.peers) {
      for (const [metric, value] of Object.entries(await measure(row, peer, where))) (values[peer][metric] ??= []).push(value)
    }
    process.stderr.write(`${round === 1 ? `${row.id}:` : ''} ${round}${round === options.rounds ? '\n' : ''}`)
  }
  return { title: row.title, budgets: row.budgets, values }
}
