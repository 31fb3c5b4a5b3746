// Tests of applications: a broker in memory.
export { type Access, type PacketOnItsWay, TestBroker, type TestBrokerOptions, type TestClient, type Verdict } from './broker.js'
export type { Account, Packet } from './host.js'
export type { TestMessage } from './received.js'
