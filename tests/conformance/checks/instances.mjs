import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'

/** Many callers, several instances, and how an instance comes and goes. These start and end instances, so they come last. @type {import('../support/check.mjs').Check[]} */
export default [
  {
    name: 'discovery',
    title: 'the discovery record is retained and tells what the service is',
    async run({ instance: { name }, watchAgain, names }) {
      const { record, retained, bytes } = await watchAgain(name)
      assert.ok(retained, 'the record is not retained')
      assert.ok(bytes <= 4096, `the record has ${bytes} bytes, which webapps ignore`)
      assert.deepEqual([record.online, record.service, record.instance], [true, names.service, name])
      assert.equal(typeof record.version, 'string', 'version is a string')
      for (const method of ['echo', 'sum', 'slow', 'fail', 'devices.list'])
        assert.ok(record.methods?.includes(method), `methods lack ${method}`)
    },
  },
  {
    name: 'load',
    title: '1,000 requests of 50 webapps at once, none lost or crossed',
    async run({ caller, join, quiet }) {
      const callers = await Promise.all(Array.from({ length: 50 }, (_, n) => join({ user: `acme:user${n}`, version: n % 2 ? 4 : 5 })))
      const sent = await Promise.all(
        callers.flatMap((caller) =>
          Array.from({ length: 20 }, async (_, n) => ({ caller, n, id: await caller.start('echo', [caller.uid, n]) })),
        ),
      )
      for (const { caller, n, id } of sent) assert.deepEqual((await caller.response(id)).result, [caller.uid, n])
      await quiet(caller)
      for (const each of callers) {
        const answers = each.received.filter(({ message }) => !String(message.id).startsWith('barrier'))
        assert.equal(answers.length, 20, `${each.uid} sent 20 requests`)
      }
    },
  },
  {
    name: 'receive-maximum',
    title: 'no more is sent unacknowledged than the broker takes, and 100 requests at once are answered all the same',
    ownBroker: true,
    needs: 5,
    async run({ caller, instances, tapped }) {
      for (const instance of instances()) await instance.stop()
      const receiveMaximum = 10
      await tapped(
        async ({ tap, instance }) => {
          const ids = await Promise.all(Array.from({ length: 100 }, (_, n) => caller.start('echo', [n])))
          const stream = await caller.start('slow', { steps: 64, delay: 0 })
          for (const [n, id] of ids.entries()) assert.deepEqual((await caller.response(id)).result, [n])
          assert.equal((await caller.response(stream)).count, 64)
          assert.ok(
            tap.mostUnacknowledged <= receiveMaximum,
            `${tap.mostUnacknowledged} messages were unacknowledged at a time; the broker takes ${receiveMaximum}`,
          )
          await instance.stop()
        },
        { receiveMaximum },
      )
    },
  },
  {
    name: 'sharing',
    title: 'two instances share the load',
    async run({ caller, startInstance }) {
      await startInstance()
      const ids = await Promise.all(Array.from({ length: 100 }, () => caller.start('slow', { steps: 1, delay: 1 })))
      await Promise.all(ids.map((id) => caller.response(id)))
      const by = ids.map((id) => caller.progress(id).map(({ at }) => at))
      assert.ok(
        by.every((each) => each.length === 1),
        'a request was executed by more than one instance',
      )
      assert.equal(new Set(by.flat()).size, 2, 'one instance did all the work')
    },
  },
  {
    name: 'killed',
    title: 'one of two instances killed in the middle: its will says so, and what it had in hand can be asked again',
    async run({ caller, instance: victim, startInstance, instances, records, quiet }) {
      if (instances().length < 2) await startInstance()
      const ids = await Promise.all(Array.from({ length: 200 }, (_, n) => caller.start('slow', { steps: 2, delay: n })))
      await caller.until(() => ids.filter((id) => caller.responses(id).length > 0).length >= 50, 'response 50 of 200')
      await victim.stop('SIGKILL')
      const record = await records().offline(victim.name)
      assert.equal(record.instance ?? victim.name, victim.name)
      // What it leaves behind has been answered once these have: sent after its end, they take longer than any before.
      const after = await Promise.all(Array.from({ length: 50 }, () => caller.start('slow', { steps: 1, delay: 600 })))
      await Promise.all(after.map((id) => caller.response(id)))
      await quiet(caller)
      const open = ids.filter((id) => caller.responses(id).length === 0)
      for (const id of open) await caller.start('echo', ['again'], id)
      await Promise.all(open.map((id) => caller.response(id)))
      for (const id of ids) assert.equal(caller.responses(id).length, 1, `responses to ${id}`)
    },
  },
  {
    name: 'reconnect',
    title: 'when the broker has been away, the service subscribes and tells its record again, and answers as before',
    ownBroker: true,
    async run({ join, instance, records, restartBroker, quiet }) {
      await restartBroker()
      await records().online(instance.name)
      assert.ok(instance.running, `the service ended:\n${instance.output}`)
      const caller = await join()
      const echo = await caller.start('echo', ['again'])
      assert.deepEqual((await caller.response(echo)).result, ['again'])
      // What was subscribed twice would come twice: the credit would count double.
      const id = await caller.start('slow', { steps: 100, delay: 0 })
      await caller.until(() => caller.progress(id).length >= 64, `item 64 of the stream ${id}`)
      await caller.control('$/more', { id, n: 10 }, caller.progress(id)[0].at)
      await caller.until(() => caller.progress(id).length >= 74, `item 74 of the stream ${id}`)
      await quiet(caller)
      assert.equal(caller.progress(id).length, 74, 'items without credit')
      await caller.control('$/cancelRequest', { id })
      assert.equal((await caller.response(id)).error?.code, -32003)
      await quiet(caller)
      for (const each of [echo, id]) assert.equal(caller.responses(each).length, 1, `responses to ${each}`)
      await instance.stop('SIGKILL')
      await records().offline(instance.name)
    },
  },
  {
    name: 'credentials',
    title: 'the user and the password of WSMQ_URL are given to the broker',
    ownBroker: true,
    async run({ startWithPassword }) {
      await startWithPassword('service:the user', 'p@ss/w%rd?#ä')
    },
  },
  {
    name: 'client-id',
    title: 'WSMQ_CLIENT_ID is the client identifier',
    ownBroker: true,
    async run({ startInstance, brokerLog }) {
      const id = `client-${randomBytes(4).toString('hex')}`
      await (await startInstance({ WSMQ_CLIENT_ID: id })).stop()
      assert.ok(brokerLog().includes(` as ${id} (`), `no client ${id} has connected`)
    },
  },
]
