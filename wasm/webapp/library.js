// What connection_layer.cpp imports. The function that it calls is in glue/webapp.js.
addToLibrary({
  wsmq_layer_event: (connection, cells) => walkLayerEvent(connection, cells),
})
