// libmosquitto in one thread, which is how it is fastest: a publish is written by the call itself.
#include <mosquitto.h>

#include <string>

#include "frames.hpp"
#include "traffic.hpp"

namespace {

using namespace bench;

struct State {
    explicit State(const Parameters& given) : parameters{given}, checker{given.size} {}

    Parameters parameters;
    Checker checker;
    Meter meter;
    bool connected = false;
    bool done = false;
    std::size_t in_flight = 0;
};

State& state_of(void* object) { return *static_cast<State*>(object); }

void turn(mosquitto* client) {
    if (mosquitto_loop(client, 1000, 1) != MOSQ_ERR_SUCCESS) fail("libmosquitto lost its broker");
}

void send(mosquitto* client, const std::vector<std::uint8_t>& payload, unsigned qos) {
    const int result =
        mosquitto_publish(client, nullptr, std::string{data_topic}.c_str(), static_cast<int>(payload.size()),
                          payload.data(), static_cast<int>(qos), false);
    if (result != MOSQ_ERR_SUCCESS) fail("libmosquitto refused to publish");
}

void publish_all(mosquitto* client, State& state) {
    const unsigned qos = state.parameters.qos;
    Payloads payloads{state.parameters.size};
    Schedule schedule{state.parameters.duration};
    state.meter.start();
    while (!schedule.is_over()) {
        send(client, payloads.next(), qos);
        if (qos == 0) {
            while (mosquitto_want_write(client)) turn(client);
        } else if (++state.in_flight >= state.parameters.window) {
            while (state.in_flight >= state.parameters.window) turn(client);
        }
    }
    while (state.in_flight > 0) turn(client);
    send(client, payloads.last(), 1);
    for (state.in_flight = 1; state.in_flight > 0;) turn(client);
    state.meter.report(payloads.count());
}

void receive_all(mosquitto* client, State& state) {
    mosquitto_subscribe(client, nullptr, std::string{data_topic}.c_str(), static_cast<int>(state.parameters.qos));
    while (!state.done) turn(client);
    state.meter.report(state.checker.count(), state.checker.wrong());
}

}  // namespace

int main(int argc, char** argv) {
    int major = 0;
    int minor = 0;
    int revision = 0;
    mosquitto_lib_version(&major, &minor, &revision);
    tell_version(argc, argv, std::to_string(major) + '.' + std::to_string(minor) + '.' + std::to_string(revision));
    State state{parameters(argc, argv)};
    mosquitto_lib_init();
    mosquitto* const client = mosquitto_new("libmosquitto", true, &state);
    mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_int_option(client, MOSQ_OPT_SEND_MAXIMUM, static_cast<int>(state.parameters.window));
    mosquitto_connect_callback_set(client, [](mosquitto*, void* object, int) { state_of(object).connected = true; });
    // It also reports QoS 0 messages, at once.
    mosquitto_publish_callback_set(client, [](mosquitto*, void* object, int) {
        if (state_of(object).in_flight > 0) --state_of(object).in_flight;
    });
    mosquitto_subscribe_callback_set(client, [](mosquitto*, void* object, int, int, const int*) {
        state_of(object).meter.start();
        tell_ready();
    });
    mosquitto_message_callback_set(client, [](mosquitto*, void* object, const mosquitto_message* message) {
        State& own = state_of(object);
        own.done = own.checker.check(message->topic, data_topic, message->payload,
                                     static_cast<std::size_t>(message->payloadlen));
    });
    if (mosquitto_connect(client, "127.0.0.1", state.parameters.port, 60) != MOSQ_ERR_SUCCESS) fail("cannot connect");
    while (!state.connected) turn(client);
    state.parameters.role == "receive" ? receive_all(client, state) : publish_all(client, state);
    mosquitto_disconnect(client);
    mosquitto_destroy(client);
    mosquitto_lib_cleanup();
    return 0;
}
