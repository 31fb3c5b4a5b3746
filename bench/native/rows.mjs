// What is measured natively, and the budgets: each is a limit for the ratio of this project's figure to a peer's.

const sizes = { 64: '64 B', 4096: '4 KiB' }
const least = { publish: [8, 4], receive: [10, 4] } // times libmosquitto's rate, at QoS 0 and at QoS 1

/** @param {'null' | 'mosquitto'} against @param {'publish' | 'receive'} role @param {0 | 1} qos @param {64 | 4096} size */
function row(against, role, qos, size) {
  const through = against === 'mosquitto'
  return {
    id: `${through ? 'mosquitto-' : ''}${role}-qos${qos}-${size}`,
    title: `${through ? 'Mosquitto: ' : ''}${role} QoS ${qos}, ${sizes[size]}${qos === 1 ? ', window 20' : ''}`,
    ...{ against, role, qos, size },
    budgets: through
      ? [{ metric: 'processor', than: 'libmosquitto', most: 0.4 }]
      : size === 64
        ? [{ metric: 'rate', than: 'libmosquitto', least: least[role][qos] }]
        : [],
  }
}

export const rows = ['null', 'mosquitto'].flatMap((against) =>
  [0, 1].flatMap((qos) =>
    Object.keys(sizes).flatMap((size) => ['publish', 'receive'].map((role) => row(against, role, qos, Number(size)))),
  ),
)

/** The clients that are compared, and the program of each. */
export const programs = { ours: 'ours', libmosquitto: 'libmosquitto', 'paho-c': 'paho_c', socket: 'bare' }
