#include "doctor/connection.hpp"

#include <utility>

namespace wsmq::command {

net::awaitable<Ended<native::Answer>> Connection::publish(std::string_view topic, std::string_view payload,
                                                          const PublishOptions& options) {
    const auto start = [&](auto handler) { client_->async_publish(topic, payload, options, std::move(handler)); };
    co_return co_await checkup_.answer_of<native::Answer>(start, checkup_.limit());
}

net::awaitable<Ended<native::Answer>> Connection::subscribe(const Subscription& subscription,
                                                            native::Client::MessageHandler on_message) {
    const auto start = [&](auto handler) {
        client_->async_subscribe(subscription, std::move(on_message), std::move(handler));
    };
    co_return co_await checkup_.answer_of<native::Answer>(start, checkup_.limit());
}

net::awaitable<bool> Connection::lasts(Duration duration) {
    const auto timer = std::make_shared<net::steady_timer>(checkup_.io(), duration);
    client_->on_disconnected([timer](const native::Disconnection&) { timer->cancel(); });
    if (client_->is_connected()) co_await checkup_.wait(*timer);
    co_return client_->is_connected();
}

std::string address_of(const native::Url& url) {
    if (url.scheme == native::Scheme::mqtt_unix) return native::socket_url(native::socket_path(url));
    std::string host = url.host;
    if (const auto zone = host.find('%'); zone != std::string::npos) host.insert(zone + 1, "25");
    if (host.find(':') != std::string::npos) host = '[' + host + ']';
    return std::string{name(url.scheme)} + "://" + host + ':' + std::to_string(url.port) +
           (uses_websocket(url.scheme) ? url.target : "");
}

net::awaitable<Attempt> attempt(Checkup& checkup, const native::Url& url, const native::ClientOptions& options) {
    auto complete = options;
    // MQTT 3.1 has none that the broker assigns.
    const bool needs_one = complete.connect.version == Version::v3_1 || checkup.needs_client_ids();
    if (needs_one && complete.connect.client_id.empty()) complete.connect.client_id = checkup.new_client_id();
    auto client = std::make_shared<native::Client>(checkup.io().get_executor(), address_of(url), std::move(complete));
    const auto start = [&](auto handler) { client->async_connect(std::move(handler)); };
    auto ended = co_await checkup.answer_of<native::ConnectAnswer>(start, 2 * checkup.connect_limit());
    Attempt result{nullptr, ended.error, std::move(ended.result)};
    if (!result.error) result.connection = std::make_unique<Connection>(checkup, std::move(client));
    co_return result;
}

net::awaitable<bool> answers(Checkup& checkup, native::Url url, native::ClientOptions options) {
    const auto result = co_await attempt(checkup, url, options);
    if (result.connection) co_return true;
    co_return result.error.category() == reason_category() && result.error != ReasonCode::unsupported_protocol_version;
}

}  // namespace wsmq::command
