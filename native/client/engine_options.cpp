#include "client/engine_options.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <bit>
#include <boost/asio/post.hpp>
#include <cstdint>
#include <iterator>
#include <stdexcept>

#include "wsmq/limits.hpp"

namespace wsmq::native {

std::uint64_t random_seed() {
    std::array<unsigned char, 8> bytes{};
    if (RAND_bytes(bytes.data(), bytes.size()) != 1)
        throw std::runtime_error{"RAND_bytes of OpenSSL failed: no random numbers"};
    return std::bit_cast<std::uint64_t>(bytes);
}

ConnectOptions engine_options(const ClientOptions& all, const Hosts& hosts) {
    ConnectOptions options = all.connect;
    options.host_count = std::max<std::size_t>(hosts.size(), 1);
    if (options.random_seed == 0) options.random_seed = random_seed();
    if (all.credentials) options.ask_credentials = true;
    if (all.store) options.store = all.store.get();
    if (!options.credentials.username && !options.credentials.password) options.credentials = hosts.credentials();
    return options;
}

std::string option_error(const ClientOptions& all, const Hosts& hosts) {
    const auto& options = all.connect;
    const auto& wait = options.reconnect;
    constexpr Duration none{0};
    struct Rule {
        bool holds;
        const char* says;
    };
    const Rule rules[] = {
        {options.keep_alive.count() >= 0 && options.keep_alive <= limits::longest_keep_alive,
         "keep_alive is 0 to 65535 s"},
        {options.connect_timeout > none, "connect_timeout is more than 0"},
        {wait.backoff_min >= none, "reconnect.backoff_min is 0 or more"},
        {wait.backoff_max >= none, "reconnect.backoff_max is 0 or more"},
        {wait.stable_after >= none, "reconnect.stable_after is 0 or more"},
        {options.receive_maximum != 0, "receive_maximum is 1 or more (MQTT 5.0, 3.1.2.11.3)"},
        {options.maximum_packet_size >= limits::smallest_maximum_packet_size,
         "maximum_packet_size is 64 bytes or more"},
        {options.subscribe_batch != 0, "subscribe_batch is 1 or more"},
        {options.output_high_water != 0, "output_high_water is 1 byte or more"},
        {!options.authentication_method.empty() || options.authentication_data.empty(),
         "authentication_data goes with an authentication_method"},
        {!options.will || options.will->payload.size() <= limits::longest_string,
         "will.payload is 65535 bytes or less"},
        {all.receive_maximum_messages != 0 && all.receive_maximum_bytes != 0,
         "receive_maximum_messages and receive_maximum_bytes are 1 or more"},
        {all.handover_maximum_messages != 0 && all.handover_maximum_bytes != 0,
         "handover_maximum_messages and handover_maximum_bytes are 1 or more"},
    };
    if (!hosts.error().empty()) return hosts.error();
    const auto broken = std::ranges::find_if(rules, [](const Rule& rule) { return !rule.holds; });
    return broken == std::end(rules) ? std::string{} : broken->says;
}

void ask_credentials(const ClientOptions& options, const boost::asio::any_io_executor& executor,
                     std::function<void(std::optional<Credentials>)> answer) {
    if (!options.credentials) return answer(std::nullopt);
    options.credentials([executor, answer = std::move(answer)](std::optional<Credentials> given) {
        boost::asio::post(executor, [answer, given = std::move(given)]() mutable { answer(std::move(given)); });
    });
}

}  // namespace wsmq::native
