/* The demo service in C, with libmosquitto. README.md says how to start it and how it works. */
#include "service.h"

#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "calls.h"
#include "election.h"
#include "methods.h"
#include "names.h"
#include "url.h"

enum {
    patience = 5, /* seconds for what is in hand when the service leaves */
    life = 60,    /* seconds, of a call whose message has no expiry */
};

char instance[] = "c-00000000";
static const char *root, *service;
static char *requests, *control, *record, *everyone; /* topics */
static struct mosquitto* client;

static atomic_bool shares; /* the requests, with the other instances */
static atomic_bool is_leaving;
static atomic_bool is_unsubscribed; /* from the requests */
static atomic_int unacknowledged;   /* messages */

static uint32_t record_expiry; /* seconds, for one that died with its broker */
static time_t since;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* locked while the record is published */
static bool is_told_online;                               /* by the record, on this connection */
static int goodbye = -1; /* the packet identifier of the last record, until it is acknowledged */

static const char* variable(const char* name, const char* otherwise) {
    const char* value = getenv(name);
    return value ? value : otherwise;
}

static char* join(const char* first, const char* second, const char* third) {
    char* text;
    if (asprintf(&text, "%s%s%s", first, second, third) < 0) abort();
    return text;
}

static void complain(const char* what, int error) {
    if (error) fprintf(stderr, "%s: %s\n", what, mosquitto_strerror(error));
}

static mosquitto_property* json_properties(void) {
    mosquitto_property* properties = NULL;
    mosquitto_property_add_string(&properties, MQTT_PROP_CONTENT_TYPE, "application/json");
    return properties;
}

/* The packet identifier. The payload and the properties are taken over. */
static int publish(const char* topic, char* payload, bool is_retained, mosquitto_property* properties) {
    ++unacknowledged;
    int id = -1;
    const int error =
        mosquitto_publish_v5(client, &id, topic, (int)strlen(payload), payload, 1, is_retained, properties);
    if (error) --unacknowledged;
    complain(topic, error);
    mosquitto_property_free_all(&properties);
    free(payload);
    return error ? -1 : id;
}

void send_to(const char* sender, json_t* message, const struct correlation* correlation) {
    json_object_set_new(message, "jsonrpc", json_string("2.0"));
    char* payload = json_dumps(message, JSON_COMPACT);
    char* topic = join(root, "webapp/res/", sender);
    mosquitto_property* properties = json_properties();
    if (correlation && correlation->data) {
        mosquitto_property_add_binary(&properties, MQTT_PROP_CORRELATION_DATA, correlation->data, correlation->length);
    }
    publish(topic, payload, false, properties);
    free(topic);
    json_decref(message);
}

/* The retained record, which tells whether this instance answers. */
static char* announcement(bool is_online) {
    json_t* about = json_pack("{s:b, s:s, s:s}", "online", is_online, "service", service, "instance", instance);
    if (is_online) {
        json_object_set_new(about, "version", json_string("1.0.0"));
        json_object_set_new(about, "methods", method_names());
        json_object_set_new(about, "since", json_integer((json_int_t)since * 1000));
    }
    char* payload = json_dumps(about, JSON_COMPACT);
    json_decref(about);
    return payload;
}

static mosquitto_property* record_properties(void) {
    mosquitto_property* properties = json_properties();
    mosquitto_property_add_int32(&properties, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, record_expiry);
    return properties;
}

static void announce(void) {
    pthread_mutex_lock(&mutex);
    is_told_online = !is_leaving;
    if (is_told_online) publish(record, announcement(true), true, record_properties());
    pthread_mutex_unlock(&mutex);
}

/* Tells again that this instance answers, before the record expires. */
static void renew(void) {
    pthread_mutex_lock(&mutex);
    if (is_told_online) publish(record, announcement(true), true, record_properties());
    pthread_mutex_unlock(&mutex);
}

static void* renew_later(void* milliseconds) {
    const int delay = *(int*)milliseconds;
    free(milliseconds);
    const struct timespec time = {.tv_sec = delay / 1000, .tv_nsec = delay % 1000 * 1000000L};
    nanosleep(&time, NULL);
    renew();
    return NULL;
}

static void receive_record(const char* name, const struct mosquitto_message* message, uint32_t expiry) {
    const int delay =
        election_record(instance, name, message->payload, (size_t)message->payloadlen, message->retain, expiry);
    if (delay < 0) return;
    int* milliseconds = malloc(sizeof delay);
    if (!milliseconds) abort();
    *milliseconds = delay;
    pthread_t thread;
    if (pthread_create(&thread, NULL, renew_later, milliseconds) == 0) pthread_detach(thread);
}

bool is_ours(const char* sender, const char* id, size_t length) {
    return shares || election_elects(instance, sender, id, length);
}

static char* requests_filter(void) {
    if (!shares) return join(requests, "+", "");
    char* shared = join("$share/", service, "/");
    char* filter = join(shared, requests, "+");
    free(shared);
    return filter;
}

static void subscribe(void) {
    if (!shares) { /* Who is there is heard of before the first request. */
        char* records = join(control, "+", "");
        complain("subscribe", mosquitto_subscribe_v5(client, NULL, records, 1, 0, NULL));
        free(records);
    }
    char* filters[] = {requests_filter(), join(record, "/+", ""), everyone};
    const int options = MQTT_SUB_OPT_SEND_RETAIN_NEVER;
    complain("subscribe", mosquitto_subscribe_multiple(client, NULL, 3, filters, 1, options, NULL));
    free(filters[0]);
    free(filters[1]);
}

/* After every reconnection too. */
static void on_connect(struct mosquitto* connected, void* data, int reason, int flags,
                       const mosquitto_property* properties) {
    (void)connected, (void)data, (void)flags;
    if (reason) {
        fprintf(stderr, "The broker refused the connection: %s\n", mosquitto_reason_string(reason));
        return;
    }
    uint8_t can_share = 1;
    mosquitto_property_read_byte(properties, MQTT_PROP_SHARED_SUB_AVAILABLE, &can_share, false);
    shares = can_share;
    election_clear();
    subscribe();
}

static void on_disconnect(struct mosquitto* disconnected, void* data, int reason,
                          const mosquitto_property* properties) {
    (void)disconnected, (void)data, (void)reason, (void)properties;
    pthread_mutex_lock(&mutex);
    is_told_online = false;
    pthread_mutex_unlock(&mutex);
}

static void on_subscribe(struct mosquitto* connected, void* data, int id, int count, const int* granted) {
    (void)connected, (void)data, (void)id;
    for (int n = 0; n < count; ++n) {
        if (granted[n] >= 0x80) {
            fprintf(stderr, "The broker refused a subscription: %s\n", mosquitto_reason_string(granted[n]));
            if (n == 0 && shares) {
                shares = false;
                subscribe();
            }
            return;
        }
    }
    if (count == 1) return; /* of the records; the requests follow */
    announce();
    printf("%s/%s answers\n", service, instance);
    fflush(stdout);
}

/* Runs on the library's thread, which must not be kept waiting. */
static void on_message(struct mosquitto* connected, void* data, const struct mosquitto_message* message,
                       const mosquitto_property* properties) {
    (void)connected, (void)data;
    const char* payload = message->payload ? message->payload : "";
    const size_t length = (size_t)message->payloadlen;
    const char* sender = strrchr(message->topic, '/') + 1;
    if ((size_t)(sender - message->topic) == strlen(control) &&
        strncmp(message->topic, control, strlen(control)) == 0) {
        uint32_t expiry = UINT32_MAX;
        mosquitto_property_read_int32(properties, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, &expiry, false);
        receive_record(sender, message, expiry);
        return;
    }
    if (message->retain || !is_uid(sender)) return; /* only records are ever retained */
    if (strncmp(message->topic, requests, strlen(requests)) == 0) {
        uint32_t seconds = life;
        mosquitto_property_read_int32(properties, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, &seconds, false);
        struct correlation correlation = {NULL, 0};
        mosquitto_property_read_binary(properties, MQTT_PROP_CORRELATION_DATA, &correlation.data, &correlation.length,
                                       false);
        receive_request(sender, payload, length, seconds, correlation);
    } else {
        receive_control(sender, payload, length);
    }
}

static void on_publish(struct mosquitto* connected, void* data, int id) {
    (void)connected, (void)data;
    --unacknowledged;
    pthread_mutex_lock(&mutex);
    if (id == goodbye) goodbye = -1;
    pthread_mutex_unlock(&mutex);
}

static void on_unsubscribe(struct mosquitto* connected, void* data, int id) {
    (void)connected, (void)data, (void)id;
    is_unsubscribed = true;
}

/* The library may hold it back behind others, and others must know before no more requests come here. */
static void say_goodbye(void) {
    pthread_mutex_lock(&mutex);
    is_told_online = false;
    goodbye = publish(record, announcement(false), true, record_properties());
    pthread_mutex_unlock(&mutex);
}

static bool has_said_goodbye(void) {
    pthread_mutex_lock(&mutex);
    const bool is_acknowledged = goodbye == -1;
    pthread_mutex_unlock(&mutex);
    return is_acknowledged;
}

/* Returns when what has come before the broker stops sending requests is answered, and acknowledged. */
static void leave(void) {
    const struct timespec moment = {.tv_nsec = 5000000};
    const time_t end = time(NULL) + patience;
    is_leaving = true;
    say_goodbye();
    while (!has_said_goodbye() && time(NULL) <= end) nanosleep(&moment, NULL);
    char* filter = requests_filter();
    complain(filter, mosquitto_unsubscribe(client, NULL, filter));
    free(filter);
    while ((!is_unsubscribed || !calls_are_idle() || unacknowledged > 0) && time(NULL) <= end) nanosleep(&moment, NULL);
}

static void make_names(void) {
    unsigned number;
    if (getrandom(&number, sizeof number, 0) != sizeof number) abort();
    snprintf(instance, sizeof instance, "c-%08x", number);
    root = variable("WSMQ_ROOT", "app/");
    service = variable("WSMQ_SERVICE", "demo");
    char* below = join("webapp/req/", service, "/");
    requests = join(root, below, "");
    free(below);
    below = join("webapp/svc/", service, "/");
    control = join(root, below, "");
    free(below);
    record = join(control, instance, "");
    everyone = join(control, "_all/+", "");
}

static int connect_to(const struct url* url) {
    char* id = join(service, "-", instance);
    char* will = announcement(false);
    client = mosquitto_new(variable("WSMQ_CLIENT_ID", id), true, NULL);
    mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_reconnect_delay_set(client, 1, 30, true);
    mosquitto_will_set_v5(client, record, (int)strlen(will), will, 1, true, record_properties());
    if (url->user) mosquitto_username_pw_set(client, url->user, url->password);
    if (url->is_secure) mosquitto_int_option(client, MOSQ_OPT_TLS_USE_OS_CERTS, 1);
    mosquitto_connect_v5_callback_set(client, on_connect);
    mosquitto_disconnect_v5_callback_set(client, on_disconnect);
    mosquitto_subscribe_callback_set(client, on_subscribe);
    mosquitto_message_v5_callback_set(client, on_message);
    mosquitto_publish_callback_set(client, on_publish);
    mosquitto_unsubscribe_callback_set(client, on_unsubscribe);
    free(id);
    free(will);
    return mosquitto_connect(client, url->host, url->port, 30);
}

int main(void) {
    static struct url url;
    if (!read_url(variable("WSMQ_URL", "mqtt://localhost"), &url)) {
        fputs("WSMQ_URL should be mqtt://[user:password@]host[:port], or mqtts://\n", stderr);
        return 1;
    }
    limit_calls(atoi(variable("WSMQ_LIMIT", "1000")), atoi(variable("WSMQ_STALL", "30000")));
    record_expiry = (uint32_t)atoi(variable("WSMQ_RECORD_EXPIRY", "600"));
    since = time(NULL);
    make_names();

    /* Before there are other threads, so that none of them gets these signals. */
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);

    mosquitto_lib_init();
    const int error = connect_to(&url);
    if (error) {
        complain(url.host, error);
        return 1;
    }
    mosquitto_loop_start(client);
    const struct timespec renewal = {.tv_sec = record_expiry / 2, .tv_nsec = record_expiry % 2 * 500000000L};
    while (sigtimedwait(&signals, NULL, &renewal) < 0) renew();
    leave();
    mosquitto_disconnect(client);
    mosquitto_loop_stop(client, false);
    return 0; /* with the threads of streams that still wait */
}
