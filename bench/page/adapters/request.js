// A request through websocket-mq/webapp to the demo service in C++, and its response.
import { Webapp } from '/dist/webapp.js'

let app

export const peer = {
  async open(url) {
    app = await Webapp.join(url, { org: 'bench', user: 'ann', root: 'bench/' })
  },
  trip: (text) => app.request('demo', 'echo', [text]).then(([answer]) => answer),
  close: () => app.leave(),
}
