#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "service.h"

struct call;

/*
 * How many calls may be worked on at a time, half of them for one account, and how many milliseconds a stream waits for
 * credit. Before the first request.
 */
void limit_calls(int limit, int stall);

/* It lives so many seconds. The correlation data is taken over. */
void receive_request(const char* sender, const char* payload, size_t length, uint32_t life,
                     struct correlation correlation);
/* Whether no request is worked on; nobody waits for notifications. */
bool calls_are_idle(void);

void receive_control(const char* sender, const char* payload, size_t length);

/* For methods. Both return false once the call has ended: cancelled, expired, or a stream that nobody takes. */
bool call_sleep(struct call* call, double milliseconds);
/* Sends one item of a stream, once the caller has granted credit for it. The value is taken over. */
bool call_progress(struct call* call, json_t* value);
/* Whether {org}:{user} sent it. */
bool call_is_of(const struct call* call, const char* user);

/* Strings of JSON may hold a NUL. */
bool text_is(const json_t* string, const char* text);
