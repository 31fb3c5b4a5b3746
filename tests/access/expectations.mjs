// What the rules allow and forbid, for ann, beside bob: the same for every form of them.
export const root = 'app/'
export const ann = 'acme:ann:aaaa'
export const bob = 'acme:bob:bbbb'

/** @param {string[]} topics */
const below = (topics) => topics.map((topic) => root + topic)

export const webapp = {
  publishes: below([
    `webapp/status/${ann}`,
    `webapp/req/${ann}`,
    `webapp/req/orders/${ann}`,
    `webapp/peer/${bob}/${ann}`,
    `webapp/room/hall/${ann}`,
    `webapp/svc/orders/one/${ann}`,
    `webapp/svc/orders/_all/${ann}`,
  ]),
  /** Of these, with the retain flag, where a broker can tell. */
  retains: below([`webapp/status/${ann}`]),
  cannotPublish: below([
    `webapp/status/${bob}`,
    'webapp/status/acme:ann:zzzz',
    `webapp/res/${ann}`,
    `webapp/res/${bob}`,
    `webapp/peer/${ann}/${bob}`,
    `webapp/room/hall/${bob}`,
    `webapp/req/${bob}`,
    `webapp/req/orders/${bob}`,
    `webapp/svc/orders/one/${bob}`,
    'webapp/svc/orders/one',
    'device/status/SN1',
    `device/status/${ann}`,
    'other',
  ]),
  subscribes: below([
    `webapp/res/${ann}`,
    `webapp/peer/${ann}/+`,
    'webapp/status/+',
    `webapp/status/${bob}`,
    'webapp/room/+/+',
    'webapp/room/hall/+',
    'webapp/svc/+/+',
    'device/status/+',
    'device/status/SN1',
  ]),
  cannotSubscribe: [
    '#',
    '+/webapp/res/' + ann,
    ...below([
      '#',
      `+/res/${bob}`,
      'webapp/#',
      'webapp/res/#',
      'webapp/res/+',
      `webapp/res/${bob}`,
      'webapp/peer/#',
      'webapp/peer/+/+',
      `webapp/peer/${bob}/+`,
      `webapp/peer/+/${ann}`,
      `webapp/+/${bob}`,
      'webapp/req/#',
      'webapp/req/+',
      'webapp/req/orders/+',
      'webapp/svc/+/#',
      'webapp/svc/orders/#',
      'webapp/svc/+/+/+',
    ]),
  ],
  /** Where a broker has shared subscriptions. */
  cannotShare: [
    `$share/orders/${root}webapp/req/orders/+`,
    `$share/mine/${root}webapp/res/${bob}`,
    `$share/mine/${root}webapp/peer/${bob}/+`,
  ],
}

/** For an instance of the service `stock`. */
export const service = {
  publishes: below([`webapp/res/${ann}`, 'webapp/svc/stock/one']),
  retains: below(['webapp/svc/stock/one']),
  cannotPublish: below([`webapp/status/${ann}`, `webapp/peer/${bob}/${ann}`, 'webapp/svc/orders/one', `webapp/req/stock/${ann}`]),
  subscribes: below(['webapp/req/stock/+', 'webapp/status/+', 'webapp/svc/+/+', 'webapp/svc/stock/one/+', 'device/status/+']),
  cannotSubscribe: below([
    'webapp/req/orders/+',
    'webapp/req/#',
    'webapp/req/+/+',
    'webapp/res/+',
    'webapp/peer/+/+',
    'webapp/svc/orders/one/+',
  ]),
}
