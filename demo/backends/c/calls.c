#include "calls.h"

#include <pthread.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <time.h>

#include "methods.h"

enum {
    remembered = 60,   /* seconds that a response is kept for duplicates of its request */
    first_credit = 64, /* items of a stream that need no credit */
    most_credit = 256, /* items that are allowed and not yet sent */
    longest_id = 256,  /* bytes of JSON */
    stack = 2 << 20,   /* bytes for each thread: JSON may be nested 2,048 deep */
};

/* Whether a call has ended before its method, and why; nobody takes the answer of one that is dropped. */
enum end { not_yet, cancelled, stalled, dropped };

/* One request or notification while it is worked on, and its response afterwards. */
struct call {
    char* sender;
    char* id; /* as JSON; NULL for a notification */
    json_t* request;
    struct correlation correlation;
    json_t* response; /* NULL while it is worked on */
    json_int_t credit;
    json_int_t sent;
    enum end end;
    pthread_cond_t changed;
    struct timespec deadline;
    struct timespec answered;
    TAILQ_ENTRY(call) next;
};

/* Guards everything below and what changes in a call. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
/* By sender and id, so that nobody can reach the request of somebody else. */
static void* calls;
TAILQ_HEAD(list, call);
static struct list working = TAILQ_HEAD_INITIALIZER(working);
static struct list answered = TAILQ_HEAD_INITIALIZER(answered); /* the oldest first */
static int most_calls;
static int patience; /* milliseconds that a stream waits for credit */

void limit_calls(int limit, int stall) {
    most_calls = limit;
    patience = stall;
}

static struct timespec now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time;
}

static struct timespec in(double milliseconds) {
    struct timespec time = now();
    const long long nanoseconds = time.tv_nsec + (long long)(milliseconds * 1e6);
    time.tv_sec += nanoseconds / 1000000000;
    time.tv_nsec = nanoseconds % 1000000000;
    return time;
}

static bool is_before(struct timespec a, struct timespec b) {
    return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec;
}

bool text_is(const json_t* string, const char* text) {
    const size_t length = strlen(text);
    return json_string_length(string) == length && memcmp(json_string_value(string), text, length) == 0;
}

static int compare(const void* left, const void* right) {
    const struct call *a = left, *b = right;
    const int order = strcmp(a->sender, b->sender);
    return order ? order : strcmp(a->id, b->id);
}

/* The mutex is held. */
static struct call* find(const char* sender, const char* id) {
    const struct call key = {.sender = (char*)sender, .id = (char*)id};
    struct call** found = id ? tfind(&key, &calls, compare) : NULL;
    return found ? *found : NULL;
}

/* The sender is {org}:{user}:{random}. It comes from the topic, which the broker's access rules vouch for. */
static size_t user_length(const char* sender) {
    const char* colon = strchr(sender, ':');
    if (colon) colon = strchr(colon + 1, ':');
    return colon ? (size_t)(colon - sender) : strlen(sender);
}

static bool is_of_same_user(const struct call* a, const struct call* b) {
    const size_t length = user_length(a->sender);
    return user_length(b->sender) == length && memcmp(a->sender, b->sender, length) == 0;
}

/* The mutex is held. */
static bool has_place(const struct call* call) {
    const int share = most_calls > 2 ? most_calls / 2 : 1;
    int all = 0, own = 0;
    const struct call* other;
    TAILQ_FOREACH(other, &working, next) {
        ++all;
        own += is_of_same_user(call, other);
    }
    return all < most_calls && own < share;
}

static struct call* new_call(const char* sender, json_t* request, char* id, uint32_t life,
                             struct correlation correlation) {
    struct call* call = calloc(1, sizeof *call);
    call->sender = strdup(sender);
    call->id = id;
    call->request = request;
    call->correlation = correlation;
    call->credit = first_credit;
    call->deadline = in(life * 1e3);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&call->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    return call;
}

static void free_call(struct call* call) {
    pthread_cond_destroy(&call->changed);
    json_decref(call->request);
    json_decref(call->response);
    free(call->correlation.data);
    free(call->sender);
    free(call->id);
    free(call);
}

/* The mutex is held. */
static void forget_old_calls(void) {
    const time_t oldest = now().tv_sec - remembered;
    struct call* call;
    while ((call = TAILQ_FIRST(&answered)) && call->answered.tv_sec < oldest) {
        TAILQ_REMOVE(&answered, call, next);
        tdelete(call, &calls, compare);
        free_call(call);
    }
}

/* The JSON of an id that is sound, or NULL. */
static char* read_id(const json_t* id) {
    if (!json_is_string(id) && !json_is_number(id)) return NULL;
    char* text = json_dumps(id, JSON_ENCODE_ANY);
    if (text && strlen(text) <= longest_id) return text;
    free(text);
    return NULL;
}

static json_t* response_with(const char* id, const char* member, json_t* value) {
    json_t* told = id ? json_loads(id, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL) : json_null();
    return json_pack("{s:o, s:o}", "id", told, member, value);
}

static void refuse(const char* sender, const char* id, int code, const char* message,
                   const struct correlation* correlation) {
    send_to(sender, response_with(id, "error", rpc_error(code, message, NULL)), correlation);
}

/* The response, or NULL when nobody takes it. */
static json_t* answer(struct call* call) {
    const method implementation = find_method(json_object_get(call->request, "method"));
    json_t* error = NULL;
    json_t* result = NULL;
    if (implementation) {
        result = implementation(call, json_object_get(call->request, "params"), &error);
    } else {
        error = rpc_error(-32601, "There is no such method", NULL);
    }
    pthread_mutex_lock(&mutex);
    const enum end end = call->end;
    pthread_mutex_unlock(&mutex);
    if (!call->id || end == dropped) {
        json_decref(result);
        json_decref(error);
        return NULL;
    }
    if (!result && !error) error = rpc_error(-32003, end == stalled ? "Nobody takes the stream" : "Cancelled", NULL);
    if (error) return response_with(call->id, "error", error);
    json_t* response = response_with(call->id, "result", result);
    if (call->sent > 0) json_object_set_new(response, "count", json_integer(call->sent));
    return response;
}

/* The thread of one call. */
static void* work(void* argument) {
    struct call* call = argument;
    json_t* response = answer(call);
    if (response) send_to(call->sender, json_deep_copy(response), &call->correlation);
    pthread_mutex_lock(&mutex);
    TAILQ_REMOVE(&working, call, next);
    if (response) {
        call->response = response; /* from here on somebody else may forget the call */
        call->answered = now();
        TAILQ_INSERT_TAIL(&answered, call, next);
    } else {
        if (call->id) tdelete(call, &calls, compare);
        free_call(call);
    }
    pthread_mutex_unlock(&mutex);
    return NULL;
}

static bool start(struct call* call) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, stack);
    pthread_t thread;
    const int failure = pthread_create(&thread, &attributes, work, call);
    pthread_attr_destroy(&attributes);
    return failure == 0;
}

static bool is_request(json_t* request) {
    const json_t* params = json_object_get(request, "params");
    return text_is(json_object_get(request, "jsonrpc"), "2.0") && json_is_string(json_object_get(request, "method")) &&
           (!params || json_is_array(params) || json_is_object(params));
}

static bool is_answer(json_t* message) {
    const bool answers = json_object_get(message, "result") || json_object_get(message, "error");
    return answers && !json_object_get(message, "method");
}

/* A request: answered from memory, passed over, started or refused. It takes over all but the sender. */
static void take(const char* sender, json_t* request, char* id, uint32_t life, struct correlation correlation) {
    struct call* call = new_call(sender, request, id, life, correlation);
    pthread_mutex_lock(&mutex);
    forget_old_calls();
    struct call* earlier = find(sender, id);
    bool is_refused = false;
    if (earlier) {
        /* A duplicate; without a response yet, that is on its way. */
        if (earlier->response) send_to(sender, json_deep_copy(earlier->response), &earlier->correlation);
    } else if (has_place(call) && start(call)) {
        TAILQ_INSERT_TAIL(&working, call, next);
        if (id) tsearch(call, &calls, compare);
        call = NULL;
    } else {
        is_refused = true; /* and not remembered, so that it may be asked again */
    }
    pthread_mutex_unlock(&mutex);
    if (is_refused && id) refuse(sender, id, -32004, "Overloaded", &correlation);
    if (call) free_call(call);
}

void receive_request(const char* sender, const char* payload, size_t length, uint32_t life,
                     struct correlation correlation) {
    json_t* request = json_loadb(payload, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    json_t* given = json_object_get(request, "id");
    char* id = read_id(given);
    const bool is_sound = request && is_request(request) && (!given || id);
    const char* text = !is_sound || !id ? "" : json_is_string(given) ? json_string_value(given) : id;
    const size_t size = is_sound && json_is_string(given) ? json_string_length(given) : strlen(text);
    if (!is_ours(sender, text, size)) {
        free(id);
        free(correlation.data);
        json_decref(request);
        return;
    }
    if (is_sound) {
        take(sender, request, id, life, correlation);
        return;
    }
    if (!request) {
        refuse(sender, NULL, -32700, "Parse error", &correlation);
    } else if (!is_answer(request)) { /* or else two sides would answer each other for ever */
        refuse(sender, id, -32600, "Invalid request", &correlation);
    }
    free(id);
    free(correlation.data);
    json_decref(request);
}

bool calls_are_idle(void) {
    bool is_idle = true;
    const struct call* call;
    pthread_mutex_lock(&mutex);
    TAILQ_FOREACH(call, &working, next) is_idle = is_idle && !call->id;
    pthread_mutex_unlock(&mutex);
    return is_idle;
}

void receive_control(const char* sender, const char* payload, size_t length) {
    json_t* message = json_loadb(payload, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    const json_t* name = json_object_get(message, "method");
    json_t* params = json_object_get(message, "params");
    char* id = read_id(json_object_get(params, "id"));
    pthread_mutex_lock(&mutex);
    struct call* call = find(sender, id);
    if (call && text_is(name, "$/cancelRequest") && call->end == not_yet) call->end = cancelled;
    if (call && text_is(name, "$/more")) {
        const json_int_t n = json_integer_value(json_object_get(params, "n"));
        if (n > 0) call->credit = n < most_credit - call->credit ? call->credit + n : most_credit;
    }
    if (call) pthread_cond_signal(&call->changed);
    pthread_mutex_unlock(&mutex);
    free(id);
    json_decref(message);
}

/* The mutex is held. Returns whether something may have changed before that time; a call that expires is dropped. */
static bool wait_until(struct call* call, struct timespec time) {
    const bool expires = is_before(call->deadline, time);
    const bool has_changed = pthread_cond_timedwait(&call->changed, &mutex, expires ? &call->deadline : &time) == 0;
    if (!has_changed && expires) call->end = dropped;
    return has_changed;
}

bool call_sleep(struct call* call, double milliseconds) {
    const struct timespec until = in(milliseconds);
    pthread_mutex_lock(&mutex);
    while (call->end == not_yet && wait_until(call, until)) {
    }
    const bool goes_on = call->end == not_yet;
    pthread_mutex_unlock(&mutex);
    return goes_on;
}

bool call_progress(struct call* call, json_t* value) {
    const struct timespec until = in(patience);
    pthread_mutex_lock(&mutex);
    if (!call->id) call->end = dropped; /* nobody takes the items of a notification */
    while (call->end == not_yet && call->credit == 0) {
        if (!wait_until(call, until) && call->end == not_yet) call->end = stalled;
    }
    const bool goes_on = call->end == not_yet;
    if (goes_on) --call->credit;
    pthread_mutex_unlock(&mutex);
    if (!goes_on) {
        json_decref(value);
        return false;
    }
    json_t* id = json_incref(json_object_get(call->request, "id"));
    json_t* params = json_pack("{s:o, s:I, s:o, s:s}", "id", id, "seq", call->sent++, "value", value, "at", instance);
    send_to(call->sender, json_pack("{s:s, s:o}", "method", "$/progress", "params", params), NULL);
    return true;
}

bool call_is_of(const struct call* call, const char* user) {
    const size_t length = strlen(user);
    return user_length(call->sender) == length && memcmp(call->sender, user, length) == 0;
}
