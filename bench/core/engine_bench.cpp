// How long a whole message takes in the engine, as a driver drives it, and what it takes from the heap. See cases.hpp
// for the arguments.
#include <cstdlib>
#include <new>

#include "cases.hpp"
#include "codec/encode.hpp"
#include "wsmq/client.hpp"

namespace {

using namespace wsmq;
using bench::Case;

constexpr std::string_view topic = "lab/floor-1/sensor-7";
const std::vector<std::uint8_t> payload(64, 0x61);
std::uint64_t allocations = 0;

/// A client whose broker has said yes, and the buffer of its driver.
class Connected {
public:
    explicit Connected(Version version) : client_{options(version)} {
        (void)client_.start(now);
        drain();
        client_.transport_opened(now);
        drain();
        const std::vector<std::uint8_t> yes = version == Version::v5 ? std::vector<std::uint8_t>{0x20, 3, 0, 0, 0}
                                                                     : std::vector<std::uint8_t>{0x20, 2, 0, 0};
        receive(yes);
        if (!client_.is_connected()) std::abort();
    }

    /// Returns how many messages came out.
    std::size_t receive(Bytes bytes) {
        client_.receive(bytes, now);
        return drain();
    }
    std::size_t drain() {
        std::size_t messages = 0;
        for (auto event = client_.next_event(); !std::holds_alternative<NeedInput>(event);
             event = client_.next_event()) {
            if (std::holds_alternative<Message>(event)) ++messages;
        }
        client_.take_output(output_);
        return messages;
    }
    void publish(const PublishOptions& options) {
        if (!client_.publish(topic, payload, options, now)) std::abort();
    }
    /// The packet identifiers of the PUBLISHes of QoS 1 that drain() took.
    [[nodiscard]] const std::vector<std::uint8_t>& output() const { return output_; }

private:
    static ConnectOptions options(Version version) { return {.version = version, .client_id = "bench"}; }

    static constexpr TimePoint now{};
    Client client_;
    std::vector<std::uint8_t> output_;
};

/// So many messages as 64 KiB hold in one read.
void receive(Version version, Qos qos, std::uint64_t count) {
    static constexpr std::uint64_t in_a_read = 500;
    std::vector<std::uint8_t> bytes;
    for (std::uint16_t i = 1; i <= in_a_read; ++i) {
        const auto identifier = static_cast<std::uint16_t>(qos == Qos::at_most_once ? 0 : i);
        codec::encode_publish(bytes, {.topic = topic, .payload = payload, .packet_identifier = identifier, .qos = qos},
                              version);
    }
    Connected client{version};
    for (int i = 0; i < 4; ++i) client.receive(bytes);  // until every buffer has its size
    const std::uint64_t before = allocations;
    std::uint64_t messages = 0;
    while (messages < count) messages += client.receive(bytes);
    if (allocations != before) {
        std::fprintf(stderr, "%llu allocations\n", static_cast<unsigned long long>(allocations - before));
        std::exit(1);
    }
}

void receive_qos0_v5(std::uint64_t count) { receive(Version::v5, Qos::at_most_once, count); }
void receive_qos0_v3(std::uint64_t count) { receive(Version::v3_1_1, Qos::at_most_once, count); }
void receive_qos1_v5(std::uint64_t count) { receive(Version::v5, Qos::at_least_once, count); }

void publish_qos0(std::uint64_t count) {
    Connected client{Version::v5};
    for (std::uint64_t i = 0; i < count; ++i) {
        client.publish({});
        if (i % 500 == 499) client.drain();
    }
}

/// With a window of 20: each turn publishes as many, and hears of as many.
void publish_qos1(std::uint64_t count) {
    Connected client{Version::v3_1_1};
    std::vector<std::uint8_t> acknowledgements;
    for (std::uint64_t done = 0; done < count; done += 20) {
        acknowledgements.clear();
        for (int i = 0; i < 20; ++i) client.publish({.qos = Qos::at_least_once});
        client.drain();
        const auto& output = client.output();
        for (std::size_t at = 0; at < output.size(); at += 2u + output[at + 1]) {
            const std::size_t identifier = at + 4 + topic.size();
            acknowledgements.insert(acknowledgements.end(), {0x40, 2, output[identifier], output[identifier + 1]});
        }
        client.receive(acknowledgements);
    }
}

constexpr std::array cases{
    Case{"receive_qos0_v5", receive_qos0_v5},      Case{"receive_qos0_v3", receive_qos0_v3},
    Case{"receive_qos1_v5", receive_qos1_v5},      Case{"publish_qos0", publish_qos0},
    Case{"publish_and_puback_qos1", publish_qos1},
};

}  // namespace

void* operator new(std::size_t size) {
    ++allocations;
    if (void* const memory = std::malloc(size)) return memory;
    throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

int main(int argc, char** argv) { return bench::run(cases, argc, argv); }
