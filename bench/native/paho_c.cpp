// Eclipse Paho C, the asynchronous client: it has threads of its own.
#include <MQTTAsync.h>

#include <condition_variable>
#include <mutex>
#include <string>

#include "frames.hpp"
#include "traffic.hpp"

namespace {

using namespace bench;

/// What its threads report to the main one.
struct State {
    explicit State(const Parameters& given) : parameters{given}, checker{given.size} {}

    void change(auto how) {
        const std::lock_guard lock{mutex};
        how();
        changed.notify_one();
    }
    void await(auto until) {
        std::unique_lock lock{mutex};
        changed.wait(lock, until);
    }

    Parameters parameters;
    Checker checker;
    Meter meter;
    std::mutex mutex;
    std::condition_variable changed;
    bool connected = false;
    bool subscribed = false;
    bool done = false;
    std::size_t in_flight = 0;
};

State& state_of(void* context) { return *static_cast<State*>(context); }

/// At QoS 0 too something must bound what it holds; a thousand are never what it waits for.
std::size_t window_of(const Parameters& parameters) { return parameters.qos == 0 ? 1000 : parameters.window; }

void send(MQTTAsync client, State& state, const std::vector<std::uint8_t>& payload, unsigned qos) {
    MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
    response.context = &state;
    response.onSuccess = [](void* context, MQTTAsync_successData*) {
        state_of(context).change([&] { --state_of(context).in_flight; });
    };
    response.onFailure = [](void*, MQTTAsync_failureData*) { fail("Paho C could not publish"); };
    state.change([&] { ++state.in_flight; });
    if (MQTTAsync_send(client, std::string{data_topic}.c_str(), static_cast<int>(payload.size()), payload.data(),
                       static_cast<int>(qos), 0, &response) != MQTTASYNC_SUCCESS) {
        fail("Paho C refused to publish");
    }
}

void publish_all(MQTTAsync client, State& state) {
    Payloads payloads{state.parameters.size};
    Schedule schedule{state.parameters.duration};
    state.meter.start();
    while (!schedule.is_over()) {
        send(client, state, payloads.next(), state.parameters.qos);
        state.await([&] { return state.in_flight < window_of(state.parameters); });
    }
    state.await([&] { return state.in_flight == 0; });
    send(client, state, payloads.last(), 1);
    state.await([&] { return state.in_flight == 0; });
    state.meter.report(payloads.count());
}

void receive_all(MQTTAsync client, State& state) {
    MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
    response.context = &state;
    response.onSuccess = [](void* context, MQTTAsync_successData*) {
        state_of(context).change([&] { state_of(context).subscribed = true; });
    };
    state.meter.start();
    MQTTAsync_subscribe(client, std::string{data_topic}.c_str(), static_cast<int>(state.parameters.qos), &response);
    state.await([&] { return state.subscribed; });
    tell_ready();
    state.await([&] { return state.done; });
    state.meter.report(state.checker.count(), state.checker.wrong());
}

int arrived(void* context, char* topic, int length, MQTTAsync_message* message) {
    State& state = state_of(context);
    // A length of 0 says that the topic ends with NUL.
    const std::string_view name = length > 0 ? std::string_view{topic, static_cast<std::size_t>(length)} : topic;
    if (state.checker.check(name, data_topic, message->payload, static_cast<std::size_t>(message->payloadlen))) {
        state.change([&] { state.done = true; });
    }
    MQTTAsync_freeMessage(&message);
    MQTTAsync_free(topic);
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    tell_version(argc, argv, MQTTAsync_getVersionInfo()[1].value);
    State state{parameters(argc, argv)};
    const std::string url = "tcp://127.0.0.1:" + std::to_string(state.parameters.port);
    MQTTAsync client = nullptr;
    MQTTAsync_create(&client, url.c_str(), "paho-c", MQTTCLIENT_PERSISTENCE_NONE, nullptr);
    MQTTAsync_setCallbacks(client, &state, nullptr, arrived, nullptr);
    MQTTAsync_connectOptions options = MQTTAsync_connectOptions_initializer;
    options.context = &state;
    options.cleansession = 1;
    options.maxInflight = static_cast<int>(window_of(state.parameters)) + 1;
    options.onSuccess = [](void* context, MQTTAsync_successData*) {
        state_of(context).change([&] { state_of(context).connected = true; });
    };
    options.onFailure = [](void*, MQTTAsync_failureData*) { fail("Paho C cannot connect"); };
    if (MQTTAsync_connect(client, &options) != MQTTASYNC_SUCCESS) fail("Paho C cannot connect");
    state.await([&] { return state.connected; });
    state.parameters.role == "receive" ? receive_all(client, state) : publish_all(client, state);
    MQTTAsync_disconnectOptions bye = MQTTAsync_disconnectOptions_initializer;
    MQTTAsync_disconnect(client, &bye);
    MQTTAsync_destroy(&client);
    return 0;
}
