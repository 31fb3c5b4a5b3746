// Functions of C++ (webapp_calls.cpp), and what the scripts of ../../glue have declared.

declare function _wsmq_webapp_cancel(...given: number[]): number
declare function _wsmq_webapp_configure(...given: number[]): number
declare function _wsmq_webapp_describe(...given: number[]): number
declare function _wsmq_webapp_discover(...given: number[]): number
declare function _wsmq_webapp_expose(...given: number[]): number
declare function _wsmq_webapp_fail(...given: number[]): number
declare function _wsmq_webapp_grant(...given: number[]): number
declare function _wsmq_webapp_leave(...given: number[]): number
declare function _wsmq_webapp_notify(...given: number[]): number
declare function _wsmq_webapp_progress(...given: number[]): number
declare function _wsmq_webapp_request(...given: number[]): number
declare function _wsmq_webapp_respond(...given: number[]): number
declare function _wsmq_webapp_room(...given: number[]): number
declare function _wsmq_webapp_send(...given: number[]): number
declare function _wsmq_webapp_set_state(...given: number[]): number
declare function _wsmq_webapp_watch_devices(...given: number[]): number
declare function _wsmq_webapp_watch_presence(...given: number[]): number
