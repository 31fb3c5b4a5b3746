// What record_store.cpp imports. The functions that it calls are in glue/store.js.
addToLibrary({
  wsmq_store_changed: (connection) => storeChanged(connection),
  wsmq_store_put: (connection, kind, number, record, size) => collectPut(kind, number, record, size),
  wsmq_store_erased: (connection, kind, number) => collectErased(kind, number),
  wsmq_record_over: (connection, kind, number) => recordOver(connection, kind, number),
})
