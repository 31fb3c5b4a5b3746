/** Loads a plain script, and returns when it has run. */
export function script(source) {
  return new Promise((resolve, reject) => {
    const element = document.createElement('script')
    element.src = source
    element.onload = () => resolve()
    element.onerror = () => reject(new Error(`${source} cannot be loaded`))
    document.head.append(element)
  })
}
