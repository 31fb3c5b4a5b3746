declare module '*.wasm' {
  /** The file's address, relative to the script. */
  const url: string
  export default url
}
