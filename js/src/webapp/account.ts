/** Whether a uid is of this org and this user; empty: of any. */
export function isOf(uid: string, org: string, user: string): boolean {
  const [ofOrg, ofUser] = uid.split(':')
  return (org === '' || ofOrg === org) && (user === '' || ofUser === user)
}
