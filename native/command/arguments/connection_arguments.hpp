// The arguments that all subcommands share: the broker, the credentials, and the connection.
// Names are those of mosquitto_pub and mosquitto_sub where these have one.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "property_arguments.hpp"
#include "wsmq/native/client_options.hpp"

namespace CLI {
class App;
}

namespace wsmq::command {

struct ConnectionArguments {
    std::vector<std::string> urls;
    std::optional<std::string> host;  ///< by default localhost
    std::optional<std::uint16_t> port;
    std::string unix_socket;
    std::optional<std::string> username;
    std::optional<std::string> password;
    std::string client_id;
    std::string client_id_prefix;
    std::string version = "5";
    std::uint16_t keep_alive = 30;
    bool keep_session = false;
    std::optional<std::string> session_expiry;
    double connect_timeout = 30;
    std::uint32_t maximum_losses = 20;  ///< in a row, without progress; 0: without end

    std::optional<std::string> will_topic;
    std::optional<std::string> will_payload;
    std::optional<unsigned> will_qos;
    bool will_retain = false;

    std::string ca_file;
    std::string ca_path;
    std::string certificate_file;
    std::string key_file;
    std::string key_password;
    std::string tls_version;
    bool insecure = false;
    std::string proxy;
    std::vector<std::string> headers;
    std::vector<std::string> properties;

    std::string configuration;  ///< a file; empty: the user's, where there is one
    bool debug = false;
    bool quiet = false;
    bool json = false;

    /// Options that a command does not have are missing in its help.
    enum class Offer : std::uint8_t {
        everything,
        no_session,    ///< one connection of which nothing is kept, without a will and properties
        no_client_id,  ///< the same; who it is comes from elsewhere
        short_lived    ///< no session, and many connections to one address, which is a word of its own
    };
    void add_to(CLI::App&, Offer = Offer::everything);

    struct Resolved {
        std::vector<std::string> urls;
        native::ClientOptions client;
        PropertyArguments properties;
        std::vector<std::string> topics;  ///< from mqtt:// and mqtts:// URLs
    };
    /// Throws UsageError.
    [[nodiscard]] Resolved resolve() const;
    /// As above, for commands that use no topic of the URL.
    [[nodiscard]] Resolved resolve_without_topic() const;
};

}  // namespace wsmq::command
