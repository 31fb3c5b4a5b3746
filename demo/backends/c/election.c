#include "election.h"

#include <jansson.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum {
    longest_record = 4096, /* bytes */
    longest_name = 64,
    longest_delay = 500,   /* ms until a newcomer is told that this instance is there */
    shortest_pause = 2000, /* ms between two times, twice as long after each, */
    longest_pause = 64000, /* up to this; from the beginning when nobody has come for so long */
};

/* As the broker tells on this connection, this instance included. */
struct sibling {
    char* name;
    long long expires; /* its record */
};
static struct sibling* online;
static size_t count;

static long long pause;
static long long due = LLONG_MIN / 2; /* when newcomers are told, or were */
static long long last_newcomer = LLONG_MIN / 2;

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

void election_clear(void) {
    while (count > 0) free(online[--count].name);
}

static size_t find(const char* name) {
    size_t n = 0;
    while (n < count && strcmp(online[n].name, name) != 0) ++n;
    return n;
}

static bool is_sound(const char* name) {
    const char* const allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
    const size_t length = strlen(name);
    return length > 0 && length <= longest_name && *name != '_' && strspn(name, allowed) == length;
}

/* A newcomer may be at a broker that does not deliver what is retained. */
static int greet(void) {
    const long long time = now();
    if (time - last_newcomer >= longest_pause) pause = 0;
    last_newcomer = time;
    if (time < due) return -1; /* it is about to be told */
    unsigned random;
    if (getrandom(&random, sizeof random, 0) != sizeof random) abort();
    const long long soon = time + random % (longest_delay + 1);
    const long long paced = due + (pause > shortest_pause ? pause : shortest_pause);
    due = soon > paced ? soon : paced;
    pause = pause == 0 ? shortest_pause : 2 * pause < longest_pause ? 2 * pause : longest_pause;
    return (int)(due - time);
}

int election_record(const char* own, const char* name, const char* payload, size_t length, bool is_retained,
                    uint32_t expiry) {
    if (length > longest_record || !is_sound(name)) return -1;
    json_t* record = json_loadb(payload, length, JSON_ALLOW_NUL, NULL);
    const bool is_online = json_is_true(json_object_get(record, "online"));
    json_decref(record);
    const size_t found = find(name);
    if (!is_online) {
        if (found < count) {
            free(online[found].name);
            online[found] = online[--count];
        }
        return -1;
    }
    const long long expires = now() + expiry * 1000LL;
    if (found < count) {
        online[found].expires = expires;
        return -1;
    }
    online = realloc(online, (count + 1) * sizeof *online);
    if (!online) abort();
    online[count++] = (struct sibling){strdup(name), expires};
    return is_retained || strcmp(name, own) == 0 ? -1 : greet();
}

static uint64_t add(uint64_t hash, const char* text, size_t length) {
    for (size_t n = 0; n < length; ++n) hash = (hash ^ (unsigned char)text[n]) * 0x100000001B3;
    return hash;
}

/* FNV-1a of 64 bits and MurmurHash3's finalizer. */
static uint64_t weight(const char* name, const char* uid, const char* id, size_t length) {
    uint64_t hash = add(0xCBF29CE484222325, name, strlen(name));
    hash = add(add(hash, "/", 1), uid, strlen(uid));
    hash = add(add(hash, "/", 1), id, length);
    hash = (hash ^ hash >> 33) * 0xFF51AFD7ED558CCD;
    hash = (hash ^ hash >> 33) * 0xC4CEB9FE1A85EC53;
    return hash ^ hash >> 33;
}

bool election_elects(const char* own, const char* uid, const char* id, size_t length) {
    const char* winner = "";
    uint64_t highest = 0;
    const long long time = now();
    for (size_t n = 0; n < count; ++n) {
        if (online[n].expires <= time) continue; /* it died with its broker, which said nothing */
        const char* name = online[n].name;
        const uint64_t its = weight(name, uid, id, length);
        if (its < highest || (its == highest && strcmp(name, winner) < 0)) continue;
        winner = name;
        highest = its;
    }
    return strcmp(winner, own) == 0;
}
