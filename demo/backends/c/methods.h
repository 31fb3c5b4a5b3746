#pragma once
#include <jansson.h>

struct call;

/*
 * A method. It takes the parameters, NULL when there are none, and returns its result; or NULL, with an error from
 * rpc_error in *error, or with none when the call has ended.
 */
typedef json_t* (*method)(struct call* call, json_t* params, json_t** error);

/* NULL when there is none. */
method find_method(const json_t* name);
json_t* method_names(void);

/* `data`, which may be NULL, is taken over. */
json_t* rpc_error(json_int_t code, const char* message, json_t* data);
