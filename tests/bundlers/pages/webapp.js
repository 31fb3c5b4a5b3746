import { Webapp } from 'websocket-mq/webapp'
import { talk } from './talk.js'

Object.assign(globalThis, { result: talk(Webapp) })
