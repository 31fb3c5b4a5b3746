import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'

/**
 * authority.pem, and server.pem with server.key for localhost and 127.0.0.1 that it signed.
 * @param {string} directory
 */
export function makeCertificate(directory) {
  /** @param {...string} args */
  const openssl = (...args) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'authority.key',
    '-out',
    'authority.pem',
    '-days',
    '2',
    '-subj',
    '/CN=websocket-mq test authority',
  )
  openssl(
    'req',
    ...key,
    '-keyout',
    'server.key',
    '-out',
    'server.csr',
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost,IP:127.0.0.1',
  )
  openssl(
    'x509',
    '-req',
    '-in',
    'server.csr',
    '-CA',
    'authority.pem',
    '-CAkey',
    'authority.key',
    '-CAcreateserial',
    '-days',
    '2',
    '-copy_extensions',
    'copy',
    '-out',
    'server.pem',
  )
}

/**
 * expired.pem, beside what makeCertificate() made: for the same names and the same key, and out of its time.
 * @param {string} directory
 */
export function makeExpiredCertificate(directory) {
  const configuration = ['[ca]', 'default_ca = test', '[test]', 'database = index.txt', 'serial = serial.txt', 'new_certs_dir = .']
  configuration.push('default_md = sha256', 'copy_extensions = copy', 'policy = any', '[any]', 'commonName = supplied', '')
  writeFileSync(join(directory, 'expired.conf'), configuration.join('\n'))
  writeFileSync(join(directory, 'index.txt'), '')
  writeFileSync(join(directory, 'serial.txt'), '1000\n')
  const signed = ['-cert', 'authority.pem', '-keyfile', 'authority.key', '-in', 'server.csr', '-out', 'expired.pem']
  const time = ['-startdate', '20200101000000Z', '-enddate', '20200201000000Z']
  execFileSync('openssl', ['ca', '-batch', '-notext', '-config', 'expired.conf', ...signed, ...time], { cwd: directory, stdio: 'pipe' })
}

/** The certificate that a newcomer is shown on loopback. @param {number} port */
async function shownAt(port) {
  const socket = connect({ host: 'localhost', port, servername: 'localhost', rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const certificate = /** @type {import('node:crypto').X509Certificate} */ (socket.getPeerX509Certificate())
  socket.destroy()
  return certificate
}

/** Its fingerprint. @param {number} port @returns {Promise<string>} */
export const certificateAt = async (port) => (await shownAt(port)).fingerprint256

/** The digest of its public key, as browsers name one (SHA-256 of the SPKI, base64). @param {number} port @returns {Promise<string>} */
export async function publicKeyAt(port) {
  const { publicKey } = await shownAt(port)
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64')
}
