// What the scripts here find in the scope that they share with Emscripten's code.

type ConnectOptions = import('../wsmq').ConnectOptions
type Payload = import('../wsmq').Payload
type Properties = import('../wsmq').Properties
type AnyMessage = import('../wsmq').ArrivedMessage
/** Embind's object under ours. */
type AnyClient = import('../wsmq').Client & { $link: Link }
/** Of subscribe() and of unsubscribe(). */
type OperationOptions = {
  invocationContext?: unknown
  onSuccess?: ((outcome: never) => void) | undefined
  onFailure?: ((failure: never) => void) | undefined
}

/** Newer than the browsers that we run in. */
interface String {
  isWellFormed?(): boolean
}

declare let HEAPU8: Uint8Array<ArrayBuffer>
declare let HEAPU32: Uint32Array<ArrayBuffer>
/** What Embind registered, and we replace. */
declare const Module: Omit<import('../wsmq').Module, 'Client'> & { Client: new (...given: unknown[]) => AnyClient }

declare function _malloc(size: number): number
declare function _free(address: number): void

// Functions of C++; each says in its file what it takes.
declare function _wsmq_add_record(...given: number[]): number
declare function _wsmq_arguments(...given: number[]): number
declare function _wsmq_authenticate(...given: number[]): number
declare function _wsmq_commit_publish(...given: number[]): number
declare function _wsmq_fail_authentication(...given: number[]): number
declare function _wsmq_fail_credentials(...given: number[]): number
declare function _wsmq_flush(...given: number[]): number
declare function _wsmq_is_started(...given: number[]): number
declare function _wsmq_negotiated(...given: number[]): number
declare function _wsmq_prepare_publish(...given: number[]): number
declare function _wsmq_provide_address(...given: number[]): number
declare function _wsmq_provide_credentials(...given: number[]): number
declare function _wsmq_publish(...given: number[]): number
declare function _wsmq_reauthenticate(...given: number[]): number
declare function _wsmq_receive_buffer(...given: number[]): number
declare function _wsmq_scratch(...given: number[]): number
declare function _wsmq_set_topic(...given: number[]): number
declare function _wsmq_socket_received(...given: number[]): number
declare function _wsmq_socket_received_rubbish(...given: number[]): number
declare function _wsmq_start(...given: number[]): number
declare function _wsmq_stop(...given: number[]): number
declare function _wsmq_subscribe(...given: number[]): number
declare function _wsmq_take_changes(...given: number[]): number
declare function _wsmq_unsubscribe(...given: number[]): number
declare function _wsmq_used_memory(...given: number[]): number
