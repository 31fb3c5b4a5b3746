#include "client/engine_options.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <bit>
#include <boost/asio/post.hpp>
#include <stdexcept>

namespace wsmq::native {

std::uint64_t random_seed() {
    std::array<unsigned char, 8> bytes{};
    if (RAND_bytes(bytes.data(), bytes.size()) != 1) throw std::runtime_error{"The system gives no random numbers"};
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

void ask_credentials(const ClientOptions& options, const boost::asio::any_io_executor& executor,
                     std::function<void(std::optional<Credentials>)> answer) {
    if (!options.credentials) return answer(std::nullopt);
    options.credentials([executor, answer = std::move(answer)](std::optional<Credentials> given) {
        boost::asio::post(executor, [answer, given = std::move(given)]() mutable { answer(std::move(given)); });
    });
}

}  // namespace wsmq::native
