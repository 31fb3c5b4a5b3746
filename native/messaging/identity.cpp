#include "identity.hpp"

#include <boost/asio/ip/host_name.hpp>
#include <chrono>

#include "client/engine_options.hpp"
#include "wsmq/messaging/json.hpp"
#include "wsmq/messaging/names.hpp"
#include "wsmq/native/webapp.hpp"

namespace wsmq::native {

std::string make_instance() {
    constexpr std::size_t longest_host = 40;
    boost::system::error_code error;
    std::string instance;
    for (const char c : boost::asio::ip::host_name(error).substr(0, longest_host)) {
        const bool is_sound = messaging::is_valid_instance(instance + c);
        instance += is_sound ? c : '-';
    }
    constexpr auto digits = "0123456789abcdef";
    instance += '-';
    auto chance = random_seed();
    for (int i = 0; i < 8; ++i, chance >>= 4) instance += digits[chance & 0xF];
    return instance;
}

std::string make_uid(std::string_view org, std::string_view user) {
    const auto uid = messaging::make_uid(org, user, messaging::make_rand(random_seed()));
    return uid ? *uid : std::string{};
}

std::int64_t milliseconds_since_1970() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

std::string text_of(const nlohmann::json& params) {
    return params.is_null() ? std::string{} : messaging::to_text(params);
}

}  // namespace wsmq::native
