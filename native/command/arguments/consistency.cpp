#include "consistency.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "exit_code.hpp"

namespace wsmq::command {

namespace {

void refuse(bool condition, const std::string& sentence) {
    if (condition) throw UsageError{sentence};
}

/// "--insecure needs mqtts:// or wss://."
void check_needed(bool is_given, const char* option, bool is_there, const char* needed) {
    refuse(is_given && !is_there, std::string{option} + " needs " + needed + '.');
}

void check_readable(const std::string& name, const char* option) {
    if (name.empty() || ::access(name.c_str(), R_OK) == 0) return;
    throw UsageError{name + " of " + option + " cannot be read: " + std::generic_category().message(errno) + '.'};
}

void check_will(const ConnectionArguments& arguments, bool has_properties) {
    const bool any = arguments.will_payload || arguments.will_qos || arguments.will_retain || has_properties;
    refuse(any && !arguments.will_topic, "A last will needs a topic: --will-topic.");
}

void check_tls(const ConnectionArguments& arguments, const std::vector<native::Url>& addresses) {
    const bool any = std::ranges::any_of(addresses, [](const auto& url) { return uses_tls(url.scheme); });
    constexpr auto needed = "TLS: mqtts:// or wss://";
    check_needed(!arguments.ca_file.empty(), "--cafile", any, needed);
    check_needed(!arguments.ca_path.empty(), "--capath", any, needed);
    check_needed(!arguments.certificate_file.empty(), "--cert", any, needed);
    check_needed(!arguments.key_file.empty(), "--key", any, needed);
    check_needed(!arguments.tls_version.empty(), "--tls-version", any, needed);
    check_needed(arguments.insecure, "--insecure", any, "TLS: mqtts:// or wss://, or -p 8883");
    check_needed(!arguments.certificate_file.empty(), "--cert", !arguments.key_file.empty(), "its --key");
    check_needed(!arguments.key_file.empty(), "--key", !arguments.certificate_file.empty(), "its --cert");
    check_readable(arguments.ca_file, "--cafile");
    check_readable(arguments.ca_path, "--capath");
    check_readable(arguments.certificate_file, "--cert");
    check_readable(arguments.key_file, "--key");
}

}  // namespace

void check_consistency(const ConnectionArguments& arguments, const ConnectionArguments::Resolved& resolved,
                       const std::vector<native::Url>& addresses) {
    const bool is_5 = resolved.client.connect.version == Version::v5;
    refuse(!arguments.urls.empty() && (arguments.host || arguments.port), "-L cannot be combined with -h or -p.");
    const bool says_where = !arguments.urls.empty() || arguments.host || arguments.port;
    refuse(!arguments.unix_socket.empty() && says_where, "--unix cannot be combined with -L, -h or -p.");
    refuse(!arguments.unix_socket.empty() && !arguments.proxy.empty(), "--unix cannot be combined with a proxy.");
    const bool any_websocket =
        std::ranges::any_of(addresses, [](const auto& url) { return uses_websocket(url.scheme); });
    check_needed(!arguments.headers.empty(), "--header", any_websocket, "a WebSocket: ws:// or wss://");
    check_needed(arguments.session_expiry.has_value(), "-x", is_5, "MQTT 5: -V 5");
    check_will(arguments, !resolved.properties.will.bytes().empty());
    check_tls(arguments, addresses);
}

void check_consistency(const SubArguments& arguments, Version version) {
    refuse(arguments.format && arguments.connection.json, "-F and --json cannot be combined.");
    refuse(arguments.no_retained && arguments.retained_only, "-R and --retained-only cannot be combined.");
    refuse(arguments.no_retained && arguments.remove_retained, "-R and --remove-retained cannot be combined.");
    check_needed(arguments.pretty, "--pretty", arguments.connection.json, "--json");
    const bool is_5 = version == Version::v5;
    constexpr auto needed = "MQTT 5: -V 5";
    check_needed(arguments.no_local, "--no-local", is_5, needed);
    check_needed(arguments.retain_as_published, "--retain-as-published", is_5, needed);
    check_needed(arguments.retain_handling.has_value(), "--retain-handling", is_5, needed);
}

}  // namespace wsmq::command
