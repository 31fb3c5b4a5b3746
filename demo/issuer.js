// Credentials, where the site has an issuer (deploy/issuer); else the broker takes everybody.

/** @param {string} path @param {object} body */
const post = (path, body) => fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })

/** @param {string} user @returns {Promise<boolean>} whether there is an issuer, in which the user is now logged in */
const logIn = async (user) => (await post('/issuer/login', { user })).ok

/**
 * The `credentials` option for a user.
 * @param {string} user
 * @returns {Promise<{} | { credentials: (request: { clientId: string }) => Promise<import('/dist/index.js').ExpiringCredentials> }>}
 */
export async function credentialsOf(user) {
  if (!(await logIn(user))) return {}
  return {
    credentials: async ({ clientId: uid }) => {
      await logIn(user) // tabs share a session, and may be different users
      const response = await post('/issuer/credential', { uid })
      if (!response.ok) throw new Error(`The issuer answered ${response.status}.`)
      return response.json()
    },
  }
}
