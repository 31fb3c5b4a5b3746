// One attempt to connect, and a connection that never comes back by itself.
#pragma once
#include <memory>
#include <optional>
#include <string_view>

#include "doctor/checkup.hpp"
#include "wsmq/native/url.hpp"

namespace wsmq::command {

class Connection {
public:
    Connection(Checkup& checkup, std::shared_ptr<native::Client> client)
        : checkup_{checkup}, client_{std::move(client)} {}
    /// Disconnects in order, in the background.
    ~Connection() {
        if (client_) checkup_.disconnect(std::move(client_));
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] native::Client& client() noexcept { return *client_; }
    [[nodiscard]] bool is_alive() const noexcept { return client_ && client_->is_connected(); }
    /// Ends it without DISCONNECT. Nothing else may be called then.
    void drop() { client_.reset(); }

    // They throw Stopped.
    net::awaitable<Ended<native::Answer>> publish(std::string_view topic, std::string_view payload,
                                                  const PublishOptions&);
    net::awaitable<Ended<native::Answer>> subscribe(const Subscription&, native::Client::MessageHandler);
    /// Whether it is still there after that time.
    net::awaitable<bool> lasts(Duration);

private:
    Checkup& checkup_;
    std::shared_ptr<native::Client> client_;
};

struct Attempt {
    std::unique_ptr<Connection> connection;  ///< null: it failed
    native::ErrorCode error;
    native::ConnectAnswer answer;
};

/// Throws Stopped.
net::awaitable<Attempt> attempt(Checkup&, const native::Url&, const native::ClientOptions&);

/// Whether somebody there speaks this version of MQTT. That somebody is refused is an answer, too. Throws Stopped.
net::awaitable<bool> answers(Checkup&, native::Url, native::ClientOptions);

/// With everything but username and password, which are among the options.
[[nodiscard]] std::string address_of(const native::Url&);

}  // namespace wsmq::command
