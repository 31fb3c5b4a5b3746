#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An MQTT 5 property of a request that its response repeats. */
struct correlation {
    void* data;
    uint16_t length;
};

/* The name of this process in the discovery record. */
extern char instance[];

/* Whether this instance answers; the id, as text, is empty where there is none. On the library's thread. */
bool is_ours(const char* sender, const char* id, size_t length);

/* Sends JSON to a webapp, in the order of these calls, from any thread. The message is taken over. */
void send_to(const char* sender, json_t* message, const struct correlation* correlation);
