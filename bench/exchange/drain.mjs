/** Waits until a socket takes more, or will never: with one listener for each, however often it is asked. */
export function drainOf(socket) {
  let resume = () => {}
  socket.on('drain', () => resume())
  socket.on('close', () => resume())
  return () =>
    new Promise((resolve) => {
      if (socket.destroyed || !socket.writableNeedDrain) resolve()
      else resume = resolve
    })
}
