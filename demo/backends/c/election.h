#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Who answers where the broker has no shared subscriptions: all instances receive everything, and come to the same one.
 * On one thread.
 */

/* On each connection the broker tells of everybody anew. */
void election_clear(void);

/*
 * A record; it expires after so many seconds. How many milliseconds to wait before this instance tells its own again;
 * -1 when it need not.
 */
int election_record(const char* own, const char* name, const char* payload, size_t length, bool is_retained,
                    uint32_t expiry);

/* Whether this instance answers; the id, as text, is empty where there is none. */
bool election_elects(const char* own, const char* uid, const char* id, size_t length);
