// What connection_layer.cpp and c_library.cpp import. The first function that is called is in glue/webapp.js.
addToLibrary({
  wsmq_layer_event: (connection, cells) => walkLayerEvent(connection, cells),
  wsmq_to_number: (text) => {
    let end = text
    while (HEAPU8[end] !== 0) end++
    return Number(decodeText(HEAPU8, text, end))
  },
})
