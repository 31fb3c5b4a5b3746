// The classes and functions that JavaScript sees, by Embind; glue.js adds what takes more than
// numbers and texts.
#include <emscripten/bind.h>

#include "address.hpp"
#include "connection.hpp"
#include "wsmq/topic.hpp"

namespace wsmq::wasm {

namespace {

class ClientBinding {
public:
    ClientBinding(std::string host, int port, std::string path, std::string client_id)
        : ClientBinding{Address::from_parts(std::move(host), port, std::move(path)), std::move(client_id)} {}
    ClientBinding(std::string host, int port, std::string client_id)
        : ClientBinding{std::move(host), port, "/mqtt", std::move(client_id)} {}
    ClientBinding(std::string uri, std::string client_id)
        : ClientBinding{Address::from_uri(std::move(uri)), std::move(client_id)} {}
    ~ClientBinding() { connection_->destroy(); }
    ClientBinding(const ClientBinding&) = delete;
    ClientBinding& operator=(const ClientBinding&) = delete;

    [[nodiscard]] std::string host() const { return address_.host; }
    [[nodiscard]] int port() const { return address_.port; }
    [[nodiscard]] std::string path() const { return address_.path; }
    [[nodiscard]] std::string uri() const { return connection_->uri(); }
    [[nodiscard]] std::string client_id() const { return std::string{connection_->client_id()}; }
    [[nodiscard]] std::uint32_t unfinished_messages() const {
        const auto* client = connection_->client();
        return client ? static_cast<std::uint32_t>(client->unfinished_messages()) : 0;
    }
    [[nodiscard]] std::uint32_t unfinished_bytes() const {
        const auto* client = connection_->client();
        return client ? static_cast<std::uint32_t>(client->unfinished_bytes()) : 0;
    }
    [[nodiscard]] bool is_connected() const { return connection_->is_connected(); }
    /// What names this connection between here and glue.js.
    [[nodiscard]] std::uint32_t connection() const {
        return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(connection_));
    }
    void cancel(std::uint32_t operation) { connection_->cancel(OperationId{operation}); }
    void wake_up() { connection_->wake_up(); }
    void flush() { connection_->flush(); }

private:
    ClientBinding(Address address, std::string client_id)
        : address_{std::move(address)}, connection_{new Connection{address_.uri, std::move(client_id)}} {}

    Address address_;
    Connection* connection_;  ///< ends itself, in its own time
};

bool matches(const std::string& filter, const std::string& name) {
    return is_valid_topic_filter(filter) && is_valid_topic_name(name) && topic_matches(filter, name);
}

bool is_filter(const std::string& text) { return is_valid_topic_filter(text); }
bool is_name(const std::string& text) { return is_valid_topic_name(text); }

std::string describe_reason(int reason) { return std::string{describe(static_cast<ReasonCode>(reason))}; }
bool is_final(int reason) { return is_final_refusal(static_cast<ReasonCode>(reason)); }
std::string describe_error(int error) { return std::string{describe(static_cast<Errc>(error))}; }

}  // namespace

EMSCRIPTEN_BINDINGS(wsmq) {
    using emscripten::class_;
    class_<ClientBinding>("Client")
        .constructor<std::string, int, std::string, std::string>()
        .constructor<std::string, int, std::string>()
        .constructor<std::string, std::string>()
        .property("host", &ClientBinding::host)
        .property("port", &ClientBinding::port)
        .property("path", &ClientBinding::path)
        .property("uri", &ClientBinding::uri)
        .property("clientId", &ClientBinding::client_id)
        .property("unfinishedMessages", &ClientBinding::unfinished_messages)
        .property("unfinishedBytes", &ClientBinding::unfinished_bytes)
        .function("isConnected", &ClientBinding::is_connected)
        .function("connection", &ClientBinding::connection)
        .function("cancel", &ClientBinding::cancel)
        .function("wakeUp", &ClientBinding::wake_up)
        .function("flush", &ClientBinding::flush);

    emscripten::function("topicMatches", &matches);
    emscripten::function("isValidTopicFilter", &is_filter);
    emscripten::function("isValidTopicName", &is_name);
    emscripten::function("describeReason", &describe_reason);
    emscripten::function("describeError", &describe_error);
    emscripten::function("isFinalRefusal", &is_final);
}

}  // namespace wsmq::wasm
