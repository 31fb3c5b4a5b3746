// The whole client against a hostile broker, a jumping clock and a user who calls anything at any time.
//
// Input: three bytes of options, then a program. Each step is a byte that names it (the upper bits are its argument)
// and what it needs after it; docs are the enumeration below. corpus/client comes from make-client-corpus.mjs.
#include <array>
#include <cstddef>
#include <cstdint>

#include "client_rig.hpp"

namespace {

using namespace wsmq;
using fuzz::ClientRig;

enum class Step : std::uint8_t {
    receive,         ///< length, bytes
    receive_pieces,  ///< length, bytes: in pieces of the argument's size
    receive_long,    ///< two bytes of length, bytes
    open,
    close,
    tick,
    sleep,    ///< by 2^argument * 100 ms
    answer,   ///< the oldest answers that a friendly broker has for the client; argument: how many
    publish,  ///< options, topic, length of the payload
    prepare,  ///< the same
    subscribe,
    unsubscribe,
    cancel,
    start,
    stop,
    react,  ///< argument: to the next event
    credentials,
    authenticate,
    backlog,  ///< two bytes, in units of 16 bytes
    wake_up,
    replace,  ///< the client, with the same store
    reconnect,
    count
};

class Program {
public:
    explicit Program(Bytes bytes) : rest_{bytes} {}
    [[nodiscard]] bool at_end() const { return rest_.empty(); }
    std::uint8_t byte() {
        const auto taken = bytes(1);
        return taken.empty() ? std::uint8_t{0} : taken[0];
    }
    std::uint16_t two_bytes() {
        const std::uint8_t high = byte();
        return static_cast<std::uint16_t>(high << 8 | byte());
    }
    Bytes bytes(std::size_t size) {
        const auto taken = rest_.first(std::min(size, rest_.size()));
        rest_ = rest_.subspan(taken.size());
        return taken;
    }

private:
    Bytes rest_;
};

ConnectOptions options_of(Program& program) {
    const std::uint8_t a = program.byte();
    const std::uint8_t b = program.byte();
    const std::uint8_t c = program.byte();
    ConnectOptions options;
    options.version = static_cast<Version>(5 - a % 3);
    options.client_id = (a & 4) != 0 ? "" : "me";
    options.clean_start = (a & 8) == 0;
    options.ask_credentials = (a & 16) != 0;
    options.session_expiry_interval = (a & 32) != 0 ? 3600 : 0;
    if ((a & 64) != 0) options.authentication_method = "M";
    if ((a & 128) != 0) options.will = Will{.topic = "w", .payload = {1, 2, 3}, .encoded_properties = {}};
    options.keep_alive = std::chrono::seconds{b % 8 * 5};
    options.host_count = 1 + b / 8 % 4;
    options.reconnect.retry_first_connection = (b & 32) != 0;
    options.reconnect.enabled = (b & 64) == 0;
    options.receive_maximum = static_cast<std::uint16_t>((b & 128) != 0 ? 2 : 100);
    options.maximum_packet_size = (c & 1) != 0 ? 256 : 1u << 16;
    options.topic_alias_maximum = static_cast<std::uint16_t>(c / 2 % 4);
    options.queue_maximum_messages = c / 8 % 8;
    options.queue_maximum_bytes = (c & 64) != 0 ? 300 : 1u << 20;
    options.output_high_water = (c & 128) != 0 ? 200 : 1u << 20;
    return options;
}

constexpr std::array<std::string_view, 8> topics{"a",          "a/b", "long/topic/with/levels", "a/#", "", "+",
                                                 "$share/g/a", "x"};

PublishOptions publish_options(std::uint8_t byte) {
    static constexpr std::array<std::uint8_t, 4> properties{0x03, 0x00, 0x01, 't'};
    PublishOptions options;
    options.qos = static_cast<Qos>(byte & 3);
    options.retain = (byte & 4) != 0;
    options.when_blocked = static_cast<WhenBlocked>(byte / 8 % 4);
    if ((byte & 32) != 0) options.encoded_properties = properties;
    return options;
}

void publish(ClientRig& rig, Program& program, bool prepared) {
    static const std::vector<std::uint8_t> payload(4096, 'p');
    const PublishOptions options = publish_options(program.byte());
    const auto topic = topics[program.byte() % topics.size()];
    const std::size_t size = program.byte() * std::size_t{16};
    const bool always_ends = options.qos != Qos::at_most_once;
    if (!prepared) {
        rig.accepted(rig.client().publish(topic, Bytes{payload}.first(size), options, rig.now()), always_ends);
        return rig.settle();
    }
    const auto place = rig.client().prepare_publish(topic, size, options, rig.now());
    if (place) {
        fuzz::require(place->payload.size() == size);
        std::fill(place->payload.begin(), place->payload.end(), std::uint8_t{'q'});
        rig.accepted(place->id, always_ends);
    }
    rig.client().commit_publish(rig.now());
    rig.settle();
}

void subscribe(ClientRig& rig, std::uint8_t argument, bool away) {
    const auto filter = topics[argument % topics.size()];
    const Subscription subscription{.topic_filter = filter, .qos = Qos::exactly_once};
    rig.accepted(away ? rig.client().unsubscribe({&filter, 1}, {}, rig.now())
                      : rig.client().subscribe({&subscription, 1}, {}, rig.now()),
                 true);
    rig.settle();
}

void receive_pieces(ClientRig& rig, Bytes bytes, std::size_t piece) {
    while (!bytes.empty()) {
        const auto size = std::min(piece, bytes.size());
        rig.receive(bytes.first(size));
        bytes = bytes.subspan(size);
    }
}

void answer(ClientRig& rig, std::size_t count) {
    for (; count > 0 && !rig.answers().empty(); --count) {
        const auto one = std::move(rig.answers().front());
        rig.answers().pop_front();
        rig.receive(one);
    }
}

void give_credentials(ClientRig& rig, std::uint8_t argument) {
    if (argument == 0) {
        rig.client().fail_credentials(rig.now());
    } else {
        rig.client().provide_credentials({.username = "u", .password = std::vector<std::uint8_t>(argument)}, rig.now());
    }
    rig.settle();
}

void authenticate(ClientRig& rig, std::uint8_t argument) {
    static constexpr std::array<std::uint8_t, 3> data{1, 2, 3};
    if (argument == 0) rig.client().fail_authentication(rig.now());
    if (argument == 1) (void)rig.client().reauthenticate(data, rig.now());
    if (argument > 1) (void)rig.client().authenticate(data, rig.now());
    rig.settle();
}

void call(ClientRig& rig, Step step, std::uint8_t argument) {
    if (step == Step::cancel) rig.client().cancel(rig.last_operation());
    if (step == Step::start) (void)rig.client().start(rig.now());
    if (step == Step::stop) rig.client().stop(rig.now(), static_cast<ReasonCode>(argument == 0 ? 0 : 4));
    if (step == Step::wake_up) rig.client().handle_wake_up(rig.now());
    if (step == Step::reconnect) rig.client().reconnect(rig.now());
    rig.settle();
}

void run(ClientRig& rig, Program& program) {
    const std::uint8_t byte = program.byte();
    const auto step = static_cast<Step>(byte % 32 % static_cast<std::uint8_t>(Step::count));
    const auto argument = static_cast<std::uint8_t>(byte / 32);
    switch (step) {
        case Step::receive: return rig.receive(program.bytes(program.byte()));
        case Step::receive_pieces: return receive_pieces(rig, program.bytes(program.byte()), argument + 1u);
        case Step::receive_long: return rig.receive(program.bytes(program.two_bytes()));
        case Step::open: return rig.open();
        case Step::close: return rig.close(argument == 0 ? Errc::transport_closed : Errc::transport_failed);
        case Step::tick: return rig.tick();
        case Step::sleep: return rig.sleep(Duration{100} * (1 << argument));
        case Step::answer: return answer(rig, argument + 1u);
        case Step::publish: return publish(rig, program, false);
        case Step::prepare: return publish(rig, program, true);
        case Step::subscribe: return subscribe(rig, argument, false);
        case Step::unsubscribe: return subscribe(rig, argument, true);
        case Step::react: return rig.react(static_cast<ClientRig::Reaction>(argument));
        case Step::credentials: return give_credentials(rig, argument);
        case Step::authenticate: return authenticate(rig, argument);
        case Step::backlog:
            rig.client().transport_backlog(program.two_bytes() * std::size_t{16}, rig.now());
            return rig.settle();
        case Step::replace: return rig.replace();
        default: return call(rig, step, argument);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Program program{{data, size}};
    ClientRig rig{options_of(program)};
    (void)rig.client().start(rig.now());
    rig.settle();
    while (!program.at_end()) run(rig, program);
    // In the end everything that was accepted has an end.
    rig.react(ClientRig::Reaction::none);
    rig.client().stop(rig.now());
    rig.settle();
    return 0;
}
