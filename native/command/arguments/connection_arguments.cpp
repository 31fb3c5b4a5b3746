#include "connection_arguments.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>

#include "arguments/consistency.hpp"
#include "arguments/option_kinds.hpp"
#include "exit_code.hpp"
#include "wsmq/native/url.hpp"
#include "wsmq/topic.hpp"

namespace wsmq::command {

namespace {

void add_addresses(CLI::App& app, ConnectionArguments& arguments, bool is_single) {
    const std::string begin = "mqtt://, mqtts://, ws:// or wss:// [user:password@]host[:port]";
    const std::string end = ", or mqtt+unix://[user:password@]/path";
    auto* const option =
        add_repeated(app, is_single ? "-L,--url,URL" : "-L,--url", arguments.urls,
                     begin + "[/topic, or path of the WebSocket]" + end + "; several are tried in turn");
    if (is_single) option->description(begin + "[/path of the WebSocket]" + end);
    option->type_name("URL");
}

void add_client_id(CLI::App& app, ConnectionArguments& arguments) {
    app.add_option("-i,--id", arguments.client_id, "Client identifier; default: assigned by the broker");
    app.add_option("-I,--id-prefix", arguments.client_id_prefix,
                   "Prefix of the client identifier, followed by the process ID");
}

void add_identity(CLI::App& app, ConnectionArguments& arguments) {
    app.add_option("-u,--username", arguments.username, "User name");
    app.add_option("-P,--pw,--password", arguments.password,
                   "Password; default: the environment variable WSMQ_PASSWORD");
}

void add_connection(CLI::App& app, ConnectionArguments& arguments, bool is_short_lived) {
    app.add_option("-V,--protocol-version", arguments.version, "MQTT version: 5, 311 or 31 (or mqttv5 ...)")
        ->capture_default_str();
    app.add_option("--connect-timeout", arguments.connect_timeout, "Timeout of an attempt to connect, in seconds")
        ->capture_default_str()
        ->check(seconds());
    if (is_short_lived) return;
    app.add_option("-k,--keepalive", arguments.keep_alive, "Keep alive in seconds; 0 turns it off")
        ->check(whole_number(0, 65'535))
        ->capture_default_str();
    app.add_option("--max-losses", arguments.maximum_losses,
                   "Exit after this many connection losses in a row without progress; 0: never")
        ->check(whole_number(0, UINT32_MAX))
        ->capture_default_str();
}

void add_session(CLI::App& app, ConnectionArguments& arguments) {
    app.add_flag("-c,--disable-clean-session", arguments.keep_session, "Resume the session of this client identifier");
    app.add_option("-x,--session-expiry-interval", arguments.session_expiry,
                   "MQTT 5: Session Expiry Interval in seconds; -1: the session does not expire (default with -c)");
    add_repeated(app, "-D,--property", arguments.properties,
                 "MQTT 5 property: PACKET NAME VALUE, or PACKET user-property NAME VALUE; PACKET is connect, will, "
                 "publish, subscribe or unsubscribe")
        ->type_name("WORD ...");
}

void add_will(CLI::App& app, ConnectionArguments& arguments) {
    app.add_option("--will-topic", arguments.will_topic, "Topic of the last will");
    app.add_option("--will-payload", arguments.will_payload, "Payload of the last will");
    app.add_option("--will-qos", arguments.will_qos, "QoS of the last will")->check(whole_number(0, 2));
    app.add_flag("--will-retain", arguments.will_retain, "Retain the last will");
}

void add_tls(CLI::App& app, ConnectionArguments& arguments) {
    app.add_option("--cafile", arguments.ca_file, "File of trusted CA certificates (PEM)");
    app.add_option("--capath", arguments.ca_path, "Directory of trusted CA certificates");
    app.add_option("--cert", arguments.certificate_file, "Client certificate (PEM)");
    app.add_option("--key", arguments.key_file, "Private key of the client certificate (PEM)");
    app.add_option("--key-password", arguments.key_password, "Passphrase of the private key")
        ->envname("WSMQ_KEY_PASSWORD");
    app.add_option("--tls-version", arguments.tls_version, "Use exactly this TLS version: tlsv1.2 or tlsv1.3");
    app.add_flag("--insecure", arguments.insecure, "Do not verify the broker's certificate");
}

void add_output(CLI::App& app, ConnectionArguments& arguments) {
    app.add_option(
           "--config", arguments.configuration,
           "File with one option per line, instead of $XDG_CONFIG_HOME/wsmq or ~/.config/wsmq; the command line "
           "takes precedence")
        ->type_name("FILE");
    app.add_flag("-d,--debug", arguments.debug, "Log connection events and packets to standard error");
    app.add_flag("--quiet", arguments.quiet, "Do not print errors");
    app.add_flag("--json", arguments.json, "Print results and errors as lines of JSON");
}

Version version_of(std::string_view text) {
    if (text.starts_with("mqttv")) text.remove_prefix(5);
    if (text == "5" || text == "5.0") return Version::v5;
    if (text == "311" || text == "3.1.1" || text == "4") return Version::v3_1_1;
    if (text == "31" || text == "3.1" || text == "3") return Version::v3_1;
    throw UsageError{"MQTT versions are 5, 311 and 31."};
}

std::uint32_t session_expiry_of(const ConnectionArguments& arguments) {
    constexpr std::uint32_t for_ever = 0xFFFF'FFFF;
    if (!arguments.session_expiry) return arguments.keep_session ? for_ever : 0;
    const std::string& text = *arguments.session_expiry;
    if (text == "-1") return for_ever;
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
        throw UsageError{"A session expiry interval is -1 or a number from 0 to 4294967295."};
    }
    return value;
}

Will will_of(const ConnectionArguments& arguments, const PropertyWriter& properties) {
    if (!is_valid_topic_name(*arguments.will_topic)) throw UsageError{"The will's topic is not a topic name."};
    const Bytes block = properties.bytes();
    const std::string payload = arguments.will_payload.value_or("");
    return {.topic = *arguments.will_topic,
            .payload = {payload.begin(), payload.end()},
            .qos = static_cast<Qos>(arguments.will_qos.value_or(0)),
            .retain = arguments.will_retain,
            .encoded_properties = {block.begin(), block.end()}};
}

/// The topic of an mqtt:// or mqtts:// address, which stands where other addresses have a path.
std::string take_topic(std::string& url) {
    if (!url.starts_with("mqtt") || url.starts_with("mqtt+unix:")) return {};
    // A token there would be a part of the topic, for everybody to read.
    if (url.find('?') != std::string::npos)
        throw UsageError{"mqtt:// and mqtts:// have no query (?): -t takes such a topic, a password has %3F for it."};
    const auto authority = url.find("://");
    const auto slash = authority == std::string::npos ? authority : url.find('/', authority + 3);
    if (slash == std::string::npos) return {};
    std::string topic = url.substr(slash + 1);
    url.resize(slash);
    return topic;
}

native::TlsVersion tls_version_of(const std::string& text) {
    if (text.empty()) return native::TlsVersion::any;
    if (text == "tlsv1.2") return native::TlsVersion::v1_2;
    if (text == "tlsv1.3") return native::TlsVersion::v1_3;
    throw UsageError{"TLS versions are tlsv1.2 and tlsv1.3."};
}

bool asks_for_tls(const ConnectionArguments& arguments) {
    return !arguments.ca_file.empty() || !arguments.ca_path.empty() || !arguments.certificate_file.empty() ||
           !arguments.tls_version.empty();
}

std::string socket_address_of(const ConnectionArguments& arguments) {
    if (asks_for_tls(arguments)) throw UsageError{"--unix cannot be combined with TLS."};
    const auto path = std::filesystem::absolute(arguments.unix_socket).string();
    if (path.size() > native::longest_socket_path) throw UsageError{"The path of --unix is longer than 107 bytes."};
    return native::socket_url(path);
}

std::string address_of(const ConnectionArguments& arguments) {
    const bool secure = asks_for_tls(arguments);
    const std::string host = arguments.host.value_or("localhost");
    const bool is_ipv6 = host.find(':') != std::string::npos && !host.starts_with('[');
    std::string url = secure || arguments.port == 8883 ? "mqtts://" : "mqtt://";
    url += is_ipv6 ? '[' + host + ']' : host;
    if (arguments.port) url += ':' + std::to_string(*arguments.port);
    return url;
}

}  // namespace

void ConnectionArguments::add_to(CLI::App& app, Offer offer) {
    const bool is_short_lived = offer == Offer::short_lived;
    add_addresses(app, *this, is_short_lived);
    app.add_option("-h,--host", host, "Host of the broker; default: localhost");
    app.add_option("-p,--port", port, "Port of the broker; default: 1883, with TLS 8883")
        ->check(whole_number(1, 65'535));
    app.add_option("--unix", unix_socket, "Unix domain socket of the broker")->type_name("PATH");
    if (offer != Offer::no_client_id) add_client_id(app, *this);
    add_identity(app, *this);
    add_connection(app, *this, is_short_lived);
    if (offer == Offer::everything) {
        add_session(app, *this);
        add_will(app, *this);
    }
    add_tls(app, *this);
    app.add_option("--proxy", proxy, "HTTP proxy (CONNECT): http://[user:password@]host:port");
    add_repeated(app, "--header", headers, "Additional header of the WebSocket handshake: 'Name: value'");
    add_output(app, *this);
}

namespace {

/// It may hold a password, of which nobody can say where it ends in a URL that is none: it is not repeated.
native::Url parse(const std::string& text, const std::string& what) {
    const auto parsed = native::parse_url(text);
    if (const auto* url = std::get_if<native::Url>(&parsed)) return *url;
    throw UsageError{what + " cannot be used: " + std::string{describe(std::get<native::UrlError>(parsed))} + '.'};
}

native::TransportOptions transport_of(const ConnectionArguments& arguments) {
    native::TransportOptions transport;
    transport.tls = {.ca_file = arguments.ca_file,
                     .ca_path = arguments.ca_path,
                     .certificate_file = arguments.certificate_file,
                     .private_key_file = arguments.key_file,
                     .private_key_password = arguments.key_password,
                     .version = tls_version_of(arguments.tls_version),
                     .insecure = arguments.insecure};
    if (!arguments.proxy.empty()) {
        transport.proxy = parse(arguments.proxy, "The proxy");
        if (transport.proxy->scheme != native::Scheme::http) throw UsageError{"A proxy's address begins with http://."};
    }
    for (const auto& header : arguments.headers) {
        const auto colon = header.find(':');
        if (colon == std::string::npos) throw UsageError{"A header is 'Name: value'."};
        const auto value = header.find_first_not_of(' ', colon + 1);
        transport.headers.emplace_back(header.substr(0, colon), value == std::string::npos ? "" : header.substr(value));
    }
    return transport;
}

/// What stands on the command line, then what the addresses have, then the environment's password.
void set_credentials(ConnectOptions& connect, const ConnectionArguments& arguments,
                     const std::vector<native::Url>& addresses) {
    const auto has_any = [](const native::Url& url) { return url.username || url.password; };
    const auto found = std::ranges::find_if(addresses, has_any);
    const native::Url of_address = found != addresses.end() ? *found : native::Url{};
    if (arguments.username && of_address.username)
        throw UsageError{"-u and the user name of an address cannot be combined."};
    if (arguments.password && of_address.password)
        throw UsageError{"-P and the password of an address cannot be combined."};

    const auto& username = arguments.username ? arguments.username : of_address.username;
    auto password = arguments.password ? arguments.password : of_address.password;
    const char* const environment = std::getenv("WSMQ_PASSWORD");
    if (!password && environment != nullptr) password = environment;
    // [MQTT-3.1.2-22] of 3.1.1; MQTT 5 lifted it (3.1.2.9).
    if (password && !username && connect.version != Version::v5)
        throw UsageError{"A password needs a user name (-u), or MQTT 5 (-V 5)."};
    connect.credentials.username = username;
    if (password) connect.credentials.password.emplace(password->begin(), password->end());
}

void set_identity(ConnectOptions& connect, const ConnectionArguments& arguments) {
    connect.client_id = arguments.client_id;
    if (!arguments.client_id_prefix.empty()) {
        if (!arguments.client_id.empty()) throw UsageError{"-i and -I cannot be combined."};
        connect.client_id = arguments.client_id_prefix + std::to_string(getpid());
    }
    if (connect.client_id.empty() && arguments.keep_session) throw UsageError{"-c needs a client identifier: -i."};
    // MQTT 3.1 has none that the broker assigns.
    if (connect.client_id.empty() && connect.version == Version::v3_1)
        connect.client_id = "wsmq-" + std::to_string(getpid());
}

}  // namespace

ConnectionArguments::Resolved ConnectionArguments::resolve() const {
    Resolved resolved;
    ConnectOptions& connect = resolved.client.connect;
    connect.version = version_of(version);
    connect.keep_alive = std::chrono::seconds{keep_alive};
    connect.clean_start = !keep_session;
    connect.session_expiry_interval = session_expiry_of(*this);
    connect.connect_timeout = std::chrono::milliseconds{static_cast<std::int64_t>(connect_timeout * 1000)};
    resolved.properties = PropertyArguments::parse(properties, connect);
    if (resolved.properties.any && connect.version != Version::v5) throw UsageError{"Properties need MQTT 5: -V 5."};
    const Bytes block = resolved.properties.connect.bytes();
    connect.encoded_properties.assign(block.begin(), block.end());
    set_identity(connect, *this);
    if (will_topic) connect.will = will_of(*this, resolved.properties.will);
    resolved.client.transport = transport_of(*this);

    std::vector<native::Url> addresses;
    for (std::string url : urls) {
        const auto place = urls.size() == 1 ? "The address" : "Address " + std::to_string(resolved.urls.size() + 1);
        if (std::string topic = take_topic(url); !topic.empty()) {
            // Not repeated either: behind a slash that should have been escaped it is the rest of a password.
            if (!is_valid_topic_filter(topic)) throw UsageError{place + " has an invalid topic."};
            resolved.topics.push_back(std::move(topic));
        }
        addresses.push_back(parse(url, place));
        if (addresses.back().scheme == native::Scheme::http)
            throw UsageError{"Brokers are at mqtt://, mqtts://, ws://, wss:// or mqtt+unix://."};
        resolved.urls.push_back(std::move(url));
    }
    if (resolved.urls.empty()) {
        resolved.urls.push_back(unix_socket.empty() ? address_of(*this) : socket_address_of(*this));
        addresses.push_back(parse(resolved.urls.front(), "The address"));
    }
    set_credentials(connect, *this, addresses);
    check_consistency(*this, resolved, addresses);
    return resolved;
}

ConnectionArguments::Resolved ConnectionArguments::resolve_without_topic() const {
    auto resolved = resolve();
    if (!resolved.topics.empty())
        throw UsageError{"The address has a topic, which this command does not use; leave it out."};
    return resolved;
}

}  // namespace wsmq::command
