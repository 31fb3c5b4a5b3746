// What the objects of this folder import. Each entry calls a typed function of glue/imports.ts.
addToLibrary({
  wsmq_layer_event: (connection, row) => dispatchLayerEvent(connection, row),
  wsmq_to_number: (text) => toNumber(text),
})
