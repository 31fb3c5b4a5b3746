#include "wsmq/native/url.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <charconv>

#include "transport/sanitize.hpp"

namespace wsmq::native {
namespace {

struct SchemeEntry {
    Scheme scheme;
    std::string_view name;
    std::uint16_t port;
    bool tls;
    bool websocket;
};

/// In the order of the enumeration. IANA's ports, and those of RFC 9110 and RFC 6455.
constexpr std::array schemes{
    SchemeEntry{Scheme::mqtt, "mqtt", 1883, false, false}, SchemeEntry{Scheme::mqtts, "mqtts", 8883, true, false},
    SchemeEntry{Scheme::ws, "ws", 80, false, true},        SchemeEntry{Scheme::wss, "wss", 443, true, true},
    SchemeEntry{Scheme::http, "http", 80, false, false},   SchemeEntry{Scheme::mqtt_unix, "mqtt+unix", 0, false, false},
};

const SchemeEntry& entry(Scheme scheme) { return schemes[static_cast<std::size_t>(scheme)]; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_alphanumeric(char c) { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z'); }

std::string lowered(std::string_view text) {
    std::string result{text};
    std::transform(result.begin(), result.end(), result.begin(), lower);
    return result;
}

/// What RFC 3986 allows nowhere in a URL.
bool is_forbidden(char c) {
    return c <= ' ' || c > '~' || std::string_view{"\"<>\\^`{|}"}.find(c) != std::string_view::npos;
}

int hex_digit(char c) {
    if (is_digit(c)) return c - '0';
    const char small = lower(c);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            result += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const int high = hex_digit(text[i + 1]);
        const int low = hex_digit(text[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        result += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return result;
}

/// A name as it is looked up, or an IPv4 address. An underscore is no host name's, but common.
bool is_sound_name(std::string_view host) {
    if (host.empty() || host.size() > 253 || host.front() == '-' || host.front() == '.') return false;
    if (host.find("..") != std::string_view::npos) return false;
    return std::all_of(host.begin(), host.end(),
                       [](char c) { return is_alphanumeric(c) || c == '-' || c == '.' || c == '_'; });
}

bool is_ipv6(const std::string& host) {
    boost::system::error_code error;
    return boost::asio::ip::make_address_v6(host, error), !error;
}

/// Takes the part up to `end` off, and `end` with it; all where it is not found.
std::string_view take_until(std::string_view& text, std::size_t end) {
    const auto part = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return part;
}

using Fault = std::optional<UrlError>;

Fault read_credentials(std::string_view text, Url& url) {
    const bool has_password = text.find(':') != std::string_view::npos;
    url.username = percent_decoded(take_until(text, text.find(':')));
    if (has_password) url.password = percent_decoded(text);
    return !url.username || (has_password && !url.password) ? Fault{UrlError::invalid_character} : Fault{};
}

Fault read_host(std::string_view& text, Url& url) {
    if (!text.starts_with('[')) {
        url.host = lowered(text.substr(0, text.find(':')));
        text.remove_prefix(url.host.size());
        return is_sound_name(url.host) ? Fault{} : UrlError::invalid_host;
    }
    const auto end = text.find(']');
    if (end == std::string_view::npos) return UrlError::invalid_host;
    // The zone's "%" is written "%25" (RFC 6874).
    const auto host = percent_decoded(text.substr(1, end - 1));
    text.remove_prefix(end + 1);
    if (!host || !is_ipv6(*host)) return UrlError::invalid_host;
    url.host = *host;
    return {};
}

Fault read_port(std::string_view text, Url& url) {
    url.port = default_port(url.scheme);
    if (text.empty()) return {};
    if (text.front() != ':') return UrlError::invalid_host;
    text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), url.port);
    const bool is_whole = error == std::errc{} && end == text.data() + text.size();
    return is_whole && url.port != 0 ? Fault{} : UrlError::invalid_port;
}

Fault read_authority(std::string_view text, Url& url) {
    // The last one: a password may hold an "@" that was not escaped.
    if (const auto at = text.rfind('@'); at != std::string_view::npos) {
        if (const auto failure = read_credentials(take_until(text, at), url)) return failure;
    }
    if (const auto failure = read_host(text, url)) return failure;
    return read_port(text, url);
}

/// What is behind the scheme of mqtt+unix: [user[:password]@]/path.
Fault read_socket(std::string_view text, Url& url) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return UrlError::invalid_socket_path;
    auto authority = text.substr(0, slash);
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
        if (const auto failure = read_credentials(take_until(authority, at), url)) return failure;
    }
    url.target = text.substr(slash);
    const auto path = percent_decoded(url.target);
    if (!path) return UrlError::invalid_character;
    const bool is_sound = authority.empty() && path->size() > 1 && path->size() <= longest_socket_path &&
                          path->find('\0') == std::string::npos && url.target.find('?') == std::string::npos;
    return is_sound ? Fault{} : UrlError::invalid_socket_path;
}

}  // namespace

std::string_view name(Scheme scheme) noexcept { return entry(scheme).name; }
std::uint16_t default_port(Scheme scheme) noexcept { return entry(scheme).port; }
bool uses_tls(Scheme scheme) noexcept { return entry(scheme).tls; }
bool uses_websocket(Scheme scheme) noexcept { return entry(scheme).websocket; }

std::string_view describe(UrlError error) noexcept {
    switch (error) {
        case UrlError::invalid_character: return "The URL holds a character that must be percent-encoded";
        case UrlError::unknown_scheme:
            return "The URL does not begin with mqtt://, mqtts://, ws://, wss://, mqtt+unix:// or http://";
        case UrlError::invalid_host: return "The URL's host is neither a name nor an address";
        case UrlError::invalid_port: return "The URL's port is not a number from 1 to 65535";
        case UrlError::fragment: return "The URL has a fragment (#), which no request carries";
        case UrlError::missing_scheme: return "The URL has no scheme: write mqtt:// before the host";
        case UrlError::invalid_socket_path:
            return "The URL does not name a socket as mqtt+unix:///path does, in 107 bytes at most, with %3F for \"?\"";
    }
    return "Unknown error";
}

std::variant<Url, UrlError> parse_url(std::string_view text) {
    if (std::any_of(text.begin(), text.end(), is_forbidden)) return UrlError::invalid_character;
    if (text.find('#') != std::string_view::npos) return UrlError::fragment;
    const auto colon = text.find("://");
    if (colon == std::string_view::npos) return UrlError::missing_scheme;
    const auto scheme = lowered(text.substr(0, colon));
    const auto* known = std::find_if(schemes.begin(), schemes.end(), [&](const auto& e) { return e.name == scheme; });
    if (known == schemes.end()) return UrlError::unknown_scheme;
    text.remove_prefix(colon + 3);

    Url url;
    url.scheme = known->scheme;
    if (url.scheme == Scheme::mqtt_unix) {
        const auto failure = read_socket(text, url);
        return failure ? std::variant<Url, UrlError>{*failure} : url;
    }
    const auto end = std::min(text.find_first_of("/?"), text.size());
    if (const auto failure = read_authority(text.substr(0, end), url)) return *failure;
    text.remove_prefix(end);
    // A request has a path at least (RFC 9112, 3.2.1).
    url.target = text.starts_with('/') ? std::string{text} : "/" + std::string{text};
    if (!percent_decoded(url.target)) return UrlError::invalid_character;
    return url;
}

std::string socket_path(const Url& url) { return percent_decoded(url.target).value_or(std::string{}); }

std::string socket_url(std::string_view path) {
    constexpr auto digits = "0123456789ABCDEF";
    std::string result = "mqtt+unix://";
    for (const char c : path) {
        if (is_alphanumeric(c) || std::string_view{"/-._~"}.find(c) != std::string_view::npos) {
            result += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        result += {'%', digits[byte >> 4], digits[byte & 0xF]};
    }
    return result;
}

std::string to_string(const Url& url) {
    const bool has_brackets = url.host.find(':') != std::string::npos;
    auto result = std::string{name(url.scheme)} + "://" + (has_brackets ? "[" + url.host + "]" : url.host);
    if (url.port != default_port(url.scheme)) result += ":" + std::to_string(url.port);
    return url.target == "/" ? result : result + without_secrets(url.target);
}

}  // namespace wsmq::native
