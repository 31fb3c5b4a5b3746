import { ConnectionPanel } from './connection.js'
import { Messages } from './messages.js'
import { PublishForm } from './publish.js'
import { Subscriptions } from './subscriptions.js'
import { Together } from './together.js'

const subscriptions = new Subscriptions()
const messages = new Messages((topic) => subscriptions.markOf(topic))
const publishForm = new PublishForm()
const connection = new ConnectionPanel((mq) => {
  mq?.on('message', (message) => messages.add(message))
  subscriptions.use(mq)
  publishForm.use(mq)
})

subscriptions.add('demo/#', 1)
void connection.connect()
void new Together().join()
