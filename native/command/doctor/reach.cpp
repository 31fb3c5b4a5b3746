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
        co_await try_versions();
        if (attempt_.error == ReasonCode::client_identifier_not_valid && checkup_.client_id().empty())
            co_await try_own_identifier();
        if (attempt_.connection) co_return Reached{std::move(attempt_.connection), version_};
        add_error("connection", explanation(attempt_, url_, checkup_.options(version_)));
        if (is_about_the_account(attempt_.error)) {
            co_await look_at_account();
        } else {
            co_await look_elsewhere();
        }
        co_return not_connected(attempt_.error, {}).code();
    }

private:
    /// The last one is the verdict, unless said otherwise.
    void add_error(std::string_view check, std::string text) {
        diagnosis_.verdict = text;
        diagnosis_.add(check, Status::error, std::move(text));
    }

    /// The version that was asked for, and older ones where it may not be known.
    net::awaitable<void> try_versions() {
        const auto options = checkup_.options(version_);
        attempt_ = co_await attempt(checkup_, url_, options);
        if (attempt_.connection)
            diagnosis_.add("connection", Status::ok,
                           "The broker accepts the connection with " + std::string{named(version_)} + '.');
        if (attempt_.connection || !may_be_the_version(attempt_.error)) co_return;
        for (const Version older : older_versions) {
            if (older >= checkup_.version()) continue;
            const auto older_options = checkup_.options(older);
            auto result = co_await attempt(checkup_, url_, older_options);
            // Whoever is refused for another reason was understood.
            if (!result.connection && !is_about_the_account(result.error)) continue;
            diagnosis_.add("version", Status::warning,
                           "The broker does not accept " + std::string{named(version_)} + ", but " +
                               std::string{named(older)} + ": use -V " + std::string{digits_of(older)} + '.');
            attempt_ = std::move(result);
            version_ = older;
            co_return;
        }
    }

    net::awaitable<void> try_own_identifier() {
        auto options = checkup_.options(version_);
        options.connect.client_id = checkup_.new_client_id();
        auto result = co_await attempt(checkup_, url_, options);
        if (!result.connection) co_return;
        attempt_ = std::move(result);
        checkup_.require_client_ids();
        diagnosis_.add("client-identifier", Status::warning,
                       "The broker assigns no client identifiers: give each client one of its own (-i).");
    }

    net::awaitable<void> look_at_account() {
        if (!checkup_.has_username() && attempt_.error != ReasonCode::client_identifier_not_valid) {
            add_error("credentials",
                      "No credentials were given, and the broker wants some: pass -u and -P, or WSMQ_PASSWORD.");
            co_return;
        }
        // Many brokers bind an account to the client identifier that is its name.
        auto options = checkup_.options(version_);
        const auto username = options.connect.credentials.username.value_or("");
        if (username.empty() || options.connect.client_id == username) co_return;
        options.connect.client_id = username;
        const auto result = co_await attempt(checkup_, url_, options);
        if (result.connection)
            add_error("client-identifier",
                      "The broker binds this account to the client identifier that is its user name: pass it with -i.");
    }

    net::awaitable<void> look_elsewhere() {
        const auto others = other_addresses(url_, attempt_);
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
    Version version_ = checkup_.version();
    Attempt attempt_;  ///< the last one that says something
};

}  // namespace

net::awaitable<std::variant<Reached, ExitCode>> reach(Checkup& checkup, const native::Url& url, Diagnosis& diagnosis) {
    Search search{checkup, url, diagnosis};
    co_return co_await search.run();
}

}  // namespace wsmq::command
