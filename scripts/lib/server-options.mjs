// What npm start and npm run dev have in common.
import { Failure } from './run.mjs'

/** The environment's PORT. @returns {number} 0 for any free port */
export function wantedPort() {
  const port = Number(process.env['PORT'] ?? 0)
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port
  throw new Failure(`PORT is "${process.env['PORT']}", which is not a port. Use a number up to 65535, or leave it out.`)
}

/** @param {NodeJS.ErrnoException} error @param {number} port */
export function explainListen(error, port) {
  if (error.code === 'EADDRINUSE') return new Failure(`Port ${port} is taken by another program. Choose another PORT, or leave it out.`)
  if (error.code === 'EACCES') return new Failure(`Port ${port} needs root. Choose a PORT from 1024 up, or leave it out.`)
  return error
}

/** Resolves on Ctrl-C, or on a supervisor's SIGTERM. */
export function askedToStop() {
  return new Promise((resolve) => {
    // Also heard again while stopping: a second Ctrl-C must not leave Mosquitto behind.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, resolve)
  })
}
