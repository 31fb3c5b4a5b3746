/* The demo service in C, with libmosquitto. README.md says how to start it and how it works. */
#include "service.h"

#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "calls.h"
#include "methods.h"
#include "url.h"

enum {
    goodbye_patience = 5, /* seconds */
    life = 60,            /* seconds, of a call whose message has no expiry */
};

char instance[] = "c-00000000";
static const char *root, *service;
static char *requests, *record, *everyone; /* topics */
static struct mosquitto* client;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t acknowledged = PTHREAD_COND_INITIALIZER;
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

void send_to(const char* sender, json_t* message, const struct correlation* correlation) {
    json_object_set_new(message, "jsonrpc", json_string("2.0"));
    char* payload = json_dumps(message, JSON_COMPACT);
    char* topic = join(root, "webapp/res/", sender);
    mosquitto_property* properties = NULL;
    mosquitto_property_add_string(&properties, MQTT_PROP_CONTENT_TYPE, "application/json");
    if (correlation && correlation->data) {
        mosquitto_property_add_binary(&properties, MQTT_PROP_CORRELATION_DATA, correlation->data, correlation->length);
    }
    complain(topic, mosquitto_publish_v5(client, NULL, topic, (int)strlen(payload), payload, 1, false, properties));
    mosquitto_property_free_all(&properties);
    free(topic);
    free(payload);
    json_decref(message);
}

/* The retained record, which tells whether this instance answers. */
static char* announcement(bool is_online) {
    json_t* about = json_pack("{s:b, s:s, s:s}", "online", is_online, "service", service, "instance", instance);
    if (is_online) {
        json_object_set_new(about, "version", json_string("1.0.0"));
        json_object_set_new(about, "methods", method_names());
        json_object_set_new(about, "since", json_integer((json_int_t)time(NULL) * 1000));
    }
    char* payload = json_dumps(about, JSON_COMPACT);
    json_decref(about);
    return payload;
}

static void announce(bool is_online, int* id) {
    char* payload = announcement(is_online);
    complain(record, mosquitto_publish(client, id, record, (int)strlen(payload), payload, 1, true));
    free(payload);
}

/* After every reconnection too. */
static void on_connect(struct mosquitto* connected, void* data, int reason, int flags,
                       const mosquitto_property* properties) {
    (void)data, (void)flags, (void)properties;
    if (reason) {
        fprintf(stderr, "The broker refused the connection: %s\n", mosquitto_reason_string(reason));
        return;
    }
    char* shared = join("$share/", service, "/");
    char* filters[] = {join(shared, requests, "+"), join(record, "/+", ""), everyone};
    const int options = MQTT_SUB_OPT_SEND_RETAIN_NEVER;
    complain("subscribe", mosquitto_subscribe_multiple(connected, NULL, 3, filters, 1, options, NULL));
    free(shared);
    free(filters[0]);
    free(filters[1]);
}

static void on_subscribe(struct mosquitto* connected, void* data, int id, int count, const int* granted) {
    (void)connected, (void)data, (void)id;
    for (int n = 0; n < count; ++n) {
        if (granted[n] >= 0x80) {
            fprintf(stderr, "The broker refused a subscription: %s\n", mosquitto_reason_string(granted[n]));
            return;
        }
    }
    announce(true, NULL);
    printf("%s/%s answers\n", service, instance);
    fflush(stdout);
}

/* Runs on the library's thread, which must not be kept waiting. */
static void on_message(struct mosquitto* connected, void* data, const struct mosquitto_message* message,
                       const mosquitto_property* properties) {
    (void)connected, (void)data;
    if (message->retain) return; /* of the past; only records are ever retained */
    const char* payload = message->payload ? message->payload : "";
    const size_t length = (size_t)message->payloadlen;
    const char* sender = strrchr(message->topic, '/') + 1;
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
    pthread_mutex_lock(&mutex);
    if (id == goodbye) goodbye = -1;
    pthread_cond_signal(&acknowledged);
    pthread_mutex_unlock(&mutex);
}

/* Returns once the broker has the last record, or when that takes too long. */
static void say_goodbye(void) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += goodbye_patience;
    pthread_mutex_lock(&mutex);
    announce(false, &goodbye);
    while (goodbye != -1 && pthread_cond_timedwait(&acknowledged, &mutex, &until) == 0) {
    }
    pthread_mutex_unlock(&mutex);
}

static void make_names(void) {
    unsigned number;
    if (getrandom(&number, sizeof number, 0) != sizeof number) abort();
    snprintf(instance, sizeof instance, "c-%08x", number);
    root = variable("WSMQ_ROOT", "evsuites/");
    service = variable("WSMQ_SERVICE", "demo");
    char* control = join("webapp/svc/", service, "/");
    char* request = join("webapp/req/", service, "/");
    requests = join(root, request, "");
    record = join(root, control, instance);
    everyone = join(root, control, "_all/+");
    free(control);
    free(request);
}

static int connect_to(const struct url* url) {
    char* id = join(service, "-", instance);
    char* will = announcement(false);
    client = mosquitto_new(variable("WSMQ_CLIENT_ID", id), true, NULL);
    mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_reconnect_delay_set(client, 1, 30, true);
    mosquitto_will_set(client, record, (int)strlen(will), will, 1, true);
    if (url->user) mosquitto_username_pw_set(client, url->user, url->password);
    if (url->is_secure) mosquitto_int_option(client, MOSQ_OPT_TLS_USE_OS_CERTS, 1);
    mosquitto_connect_v5_callback_set(client, on_connect);
    mosquitto_subscribe_callback_set(client, on_subscribe);
    mosquitto_message_v5_callback_set(client, on_message);
    mosquitto_publish_callback_set(client, on_publish);
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
    int signal;
    sigwait(&signals, &signal);
    say_goodbye();
    mosquitto_disconnect(client);
    mosquitto_loop_stop(client, false);
    return 0; /* with the threads of streams that still wait */
}
