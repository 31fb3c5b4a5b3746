#include "doctor/reach.hpp"

#include <array>
#include <utility>

#include "doctor/addresses.hpp"
#include "session.hpp"
#include "wsmq/native/transport_error.hpp"

namespace wsmq::command {

namespace {

using Status = Finding::Status;

bool is_one_of(const native::ErrorCode& error, std::initializer_list<ReasonCode> reasons) {
    for (const ReasonCode each : reasons)
        if (error == each) return true;
    return false;
}

/// A broker that closed before it answered, or that said that it does not know the version.
bool may_be_the_version(const native::ErrorCode& error) {
    return is_one_of(error, {ReasonCode::unsupported_protocol_version, ReasonCode::malformed_packet,
                             ReasonCode::protocol_error, ReasonCode::unspecified_error}) ||
           error == native::TransportError::closed_by_peer || error == native::TransportError::connection_lost ||
           error == native::TransportError::subprotocol_refused;
}

bool is_about_the_account(const native::ErrorCode& error) {
    return is_one_of(error, {ReasonCode::bad_user_name_or_password, ReasonCode::not_authorized,
                             ReasonCode::client_identifier_not_valid});
}

constexpr std::array older_versions{Version::v3_1_1, Version::v3_1};

/// What -V takes.
std::string_view digits_of(Version version) { return version == Version::v3_1 ? "31" : "311"; }

class Search {
public:
    Search(Checkup& checkup, const native::Url& url, Diagnosis& diagnosis)
        : checkup_{checkup}, url_{url}, diagnosis_{diagnosis} {}

    net::awaitable<std::variant<Reached, ExitCode>> run() {
        const auto options = checkup_.options(checkup_.version());
        first_ = co_await attempt(checkup_, url_, options);
        if (first_.connection) {
            diagnosis_.add("connection", Status::ok,
                           "The broker accepts the connection with " + std::string{named(checkup_.version())} + '.');
            co_return Reached{std::move(first_.connection), checkup_.version()};
        }
        if (may_be_the_version(first_.error)) {
            auto older = co_await with_older_version();
            if (older.connection) co_return older;
        }
        if (first_.error == ReasonCode::client_identifier_not_valid && checkup_.client_id().empty()) {
            auto with_identifier = co_await with_own_identifier();
            if (with_identifier.connection) co_return with_identifier;
        }
        add_error("connection", explanation(first_, url_, options));
        if (is_about_the_account(first_.error)) {
            co_await look_at_account();
        } else {
            co_await look_elsewhere();
        }
        co_return not_connected(first_.error, {}).code();
    }

private:
    /// The last one is the verdict, unless said otherwise.
    void add_error(std::string_view check, std::string text) {
        diagnosis_.verdict = text;
        diagnosis_.add(check, Status::error, std::move(text));
    }

    net::awaitable<Reached> with_older_version() {
        for (const Version older : older_versions) {
            if (older >= checkup_.version()) continue;
            const auto options = checkup_.options(older);
            auto result = co_await attempt(checkup_, url_, options);
            if (!result.connection) continue;
            diagnosis_.add("version", Status::warning,
                           "The broker does not accept " + std::string{named(checkup_.version())} + ", but " +
                               std::string{named(older)} + ": use -V " + std::string{digits_of(older)} + '.');
            co_return Reached{std::move(result.connection), older};
        }
        co_return Reached{};
    }

    net::awaitable<Reached> with_own_identifier() {
        auto options = checkup_.options(checkup_.version());
        options.connect.client_id = checkup_.new_client_id();
        auto result = co_await attempt(checkup_, url_, options);
        if (!result.connection) co_return Reached{};
        checkup_.require_client_ids();
        diagnosis_.add("client-identifier", Status::warning,
                       "The broker assigns no client identifiers: give each client one of its own (-i).");
        co_return Reached{std::move(result.connection), checkup_.version()};
    }

    net::awaitable<void> look_at_account() {
        if (!checkup_.has_username() && first_.error != ReasonCode::client_identifier_not_valid) {
            add_error("credentials",
                      "No credentials were given, and the broker wants some: pass -u and -P, or WSMQ_PASSWORD.");
            co_return;
        }
        // Many brokers bind an account to the client identifier that is its name.
        auto options = checkup_.options(checkup_.version());
        const auto username = options.connect.credentials.username.value_or("");
        if (username.empty() || options.connect.client_id == username) co_return;
        options.connect.client_id = username;
        const auto result = co_await attempt(checkup_, url_, options);
        if (result.connection)
            add_error("client-identifier",
                      "The broker binds this account to the client identifier that is its user name: pass it with -i.");
    }

    net::awaitable<void> look_elsewhere() {
        const auto others = other_addresses(url_, first_);
        std::vector<net::awaitable<bool>> trials;
        for (const auto& other : others) trials.push_back(answers(checkup_, other, options_for(checkup_, url_, other)));
        const auto found = co_await checkup_.all(std::move(trials));
        for (std::size_t i = 0; i < others.size(); ++i) {
            if (!found[i]) continue;
            add_error("address", comparison(url_, others[i]));
            co_return;
        }
    }

    Checkup& checkup_;
    const native::Url& url_;
    Diagnosis& diagnosis_;
    Attempt first_;
};

}  // namespace

net::awaitable<std::variant<Reached, ExitCode>> reach(Checkup& checkup, const native::Url& url, Diagnosis& diagnosis) {
    Search search{checkup, url, diagnosis};
    co_return co_await search.run();
}

}  // namespace wsmq::command
