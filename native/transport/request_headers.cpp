#include "transport/request_headers.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace wsmq::native {
namespace {

bool is_token_character(char c) {
    const bool is_alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_alphanumeric || std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

bool is_sound(const std::string& name, const std::string& value) {
    const bool is_token = !name.empty() && std::all_of(name.begin(), name.end(), is_token_character);
    // Line ends would begin another header; other control characters are no value's either.
    return is_token && std::none_of(value.begin(), value.end(), [](char c) {
               return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f';
           });
}

bool is_taken(std::string name) {
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    constexpr std::array<std::string_view, 5> taken{"host", "upgrade", "connection", "content-length",
                                                    "transfer-encoding"};
    return name.starts_with("sec-websocket-") || std::find(taken.begin(), taken.end(), name) != taken.end();
}

}  // namespace

std::optional<Failure> check_headers(const std::vector<std::pair<std::string, std::string>>& headers) {
    for (const auto& [name, value] : headers) {
        if (!is_sound(name, value)) return Failure{TransportError::invalid_options, "not an HTTP header: " + name};
        if (is_taken(name)) return Failure{TransportError::invalid_options, "the handshake's own header: " + name};
    }
    return std::nullopt;
}

}  // namespace wsmq::native
