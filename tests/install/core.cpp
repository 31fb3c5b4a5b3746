// Uses the engine from outside: a connection as far as the CONNECT, and a store of its own.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <variant>
#include <vector>

#include "wsmq/client.hpp"
#include "wsmq/property.hpp"
#include "wsmq/store.hpp"
#include "wsmq/topic.hpp"

namespace {

/// Needs what the compiler keeps of the interface: its virtual table and its type.
class CountingStore final : public wsmq::Store {
public:
    bool put(wsmq::StoreKey key, wsmq::Bytes record) override {
        ++puts;
        return inner_.put(key, record);
    }
    void erase(wsmq::StoreKey key) override { inner_.erase(key); }
    void clear() override { inner_.clear(); }
    void for_each(Visitor& visitor) const override { inner_.for_each(visitor); }

    int puts = 0;

private:
    wsmq::MemoryStore inner_;
};

bool sends_a_connect(wsmq::Store& store) {
    const wsmq::TimePoint now{};
    wsmq::Client client{{.client_id = "consumer", .store = &store}};
    if (client.start(now) != wsmq::Errc::none) return false;
    if (!std::holds_alternative<wsmq::OpenTransport>(client.next_event())) return false;
    client.transport_opened(now);
    const wsmq::Bytes payload{};
    if (!client.publish("lab/1", payload, {.qos = wsmq::Qos::at_least_once}, now)) return false;
    std::vector<std::uint8_t> output;
    constexpr std::string_view name = "MQTT";
    return client.take_output(output) && output.front() == 0x10 &&
           std::search(output.begin(), output.end(), name.begin(), name.end()) != output.end();
}

bool counts(const wsmq::Store& store) { return dynamic_cast<const CountingStore*>(&store) != nullptr; }

}  // namespace

int main() {
    CountingStore store;
    if (!sends_a_connect(store) || store.puts == 0 || !counts(store)) return 1;
    wsmq::PropertyWriter writer;
    writer.user_property("name", "value");
    for (const wsmq::Property& property : wsmq::PropertyView{writer.bytes()}) {
        std::printf("%s\n", wsmq::describe(property.id).data());
    }
    return wsmq::topic_matches("lab/+", "lab/1") ? 0 : 1;
}
