import { parseArgs } from 'node:util'

export const usage = `npm run bench -- [options]
  --only <text>    rows whose name contains the text; may be repeated
  --peers <list>   of ours,paho,mqttjs,bare
  --rounds <n>     measurements of each row and library (7)
  --quick          one short round of everything: shows that the bench works, and measures nothing
  --write          puts the tables into docs/performance.md
  --list           names the rows`

export const allPeers = ['ours', 'paho', 'mqttjs', 'bare']

/** @param {string[]} args @param {string[]} known the libraries */
export function readOptions(args, known = allPeers) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      peers: { type: 'string', default: known.join() },
      rounds: { type: 'string', default: '7' },
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const peers = values.peers.split(',')
  const unknown = peers.find((peer) => !known.includes(peer))
  if (unknown !== undefined) throw new Error(`There is no library "${unknown}"; there are ${known.join(', ')}.`)
  const rounds = values.quick ? 1 : Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds wants a whole number from 1.')
  return {
    ...values,
    peers,
    rounds,
    milliseconds: values.quick ? { warmUp: 1, measured: 10 } : { warmUp: 250, measured: 500 },
    memoryMessages: values.quick ? 80_000 : 1_000_000,
    wants: (id) => values.only.length === 0 || values.only.some((text) => id.includes(text)),
  }
}
