// What connection_layer.cpp and c_library.cpp import. The functions that they call are in glue/webapp.js.
addToLibrary({
  wsmq_layer_event: (connection, cells) => walkLayerEvent(connection, cells),
  wsmq_to_number: (text) => Number(textAt(text)),
})
