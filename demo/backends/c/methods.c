#include "methods.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "calls.h"

json_t* rpc_error(json_int_t code, const char* message, json_t* data) {
    json_t* error = json_pack("{s:I, s:s}", "code", code, "message", message);
    if (data) json_object_set_new(error, "data", data);
    return error;
}

static json_t* invalid(json_t** error, const char* message) {
    *error = rpc_error(-32602, message, NULL);
    return NULL;
}

static json_t* echo(struct call* call, json_t* params, json_t** error) {
    (void)call, (void)error;
    return params ? json_incref(params) : json_null();
}

static json_t* sum(struct call* call, json_t* params, json_t** error) {
    (void)call;
    if (!json_is_array(params)) return invalid(error, "sum takes an array of numbers");
    double total = 0;
    size_t index;
    json_t* term;
    json_array_foreach(params, index, term) {
        if (!json_is_number(term)) return invalid(error, "sum takes an array of numbers");
        total += json_number_value(term);
    }
    if (!isfinite(total)) return invalid(error, "the sum is too large"); /* JSON has no infinite number */
    return json_real(total);
}

static json_t* slow(struct call* call, json_t* params, json_t** error) {
    const char* const usage = "slow takes {steps, delay}, delay in milliseconds";
    const json_t *steps = json_object_get(params, "steps"), *delay = json_object_get(params, "delay");
    if (params && !json_is_object(params)) return invalid(error, usage);
    if (steps && !json_is_integer(steps)) return invalid(error, usage);
    if (delay && !json_is_number(delay)) return invalid(error, usage);
    const json_int_t count = steps ? json_integer_value(steps) : 5;
    const double milliseconds = delay ? json_number_value(delay) : 500;
    if (count < 0 || count > INT32_MAX || milliseconds < 0 || milliseconds > 1e9) return invalid(error, usage);
    for (json_int_t step = 1; step <= count; ++step) {
        if (!call_sleep(call, milliseconds) || !call_progress(call, json_integer(step))) return NULL;
    }
    return json_integer(count);
}

static json_t* fail(struct call* call, json_t* params, json_t** error) {
    (void)call;
    const json_t *code = json_object_get(params, "code"), *message = json_object_get(params, "message");
    if (params && !json_is_object(params)) return invalid(error, "fail takes {code, message, data}");
    if (code && !json_is_integer(code)) return invalid(error, "fail takes {code, message, data}");
    if (message && !json_is_string(message)) return invalid(error, "fail takes {code, message, data}");
    *error = rpc_error(code ? json_integer_value(code) : 1, message ? json_string_value(message) : "failed on request",
                       json_incref(json_object_get(params, "data")));
    return NULL;
}

static json_t* devices_list(struct call* call, json_t* params, json_t** error) {
    (void)params, (void)error;
    if (call_is_of(call, "acme:ann")) return json_pack("[s, s]", "SN-1001", "SN-1002");
    if (call_is_of(call, "acme:bob")) return json_pack("[s]", "SN-2001");
    return json_array();
}

static const struct {
    const char* name;
    method implementation;
} methods[] = {
    {"echo", echo}, {"sum", sum}, {"slow", slow}, {"fail", fail}, {"devices.list", devices_list},
};
static const size_t method_count = sizeof methods / sizeof *methods;

method find_method(const json_t* name) {
    for (size_t n = 0; n < method_count; ++n) {
        if (text_is(name, methods[n].name)) return methods[n].implementation;
    }
    return NULL;
}

json_t* method_names(void) {
    json_t* names = json_array();
    for (size_t n = 0; n < method_count; ++n) json_array_append_new(names, json_string(methods[n].name));
    return names;
}
