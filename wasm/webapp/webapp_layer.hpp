// messaging::Webapp as the layer of a connection. join() installs it.
#pragma once
#include <optional>

#include "connection_layer.hpp"
#include "wsmq/messaging/webapp.hpp"

namespace wsmq::wasm {

class Connection;

class WebappLayer final : public ConnectionLayer {
public:
    WebappLayer(Connection& connection, messaging::Webapp::Options options)
        : connection_{connection}, options_{std::move(options)} {}

    /// For the next client.
    void configure(messaging::Webapp::Options options) { options_ = std::move(options); }
    /// Null before start().
    [[nodiscard]] messaging::Webapp* webapp() noexcept { return webapp_ ? &*webapp_ : nullptr; }

    [[nodiscard]] Errc prepare(ConnectOptions&) override;
    void attach(Client& client) override { webapp_.emplace(client, options_); }
    void detach() override { webapp_.reset(); }
    [[nodiscard]] bool handle(const Event&, TimePoint now) override;
    [[nodiscard]] bool has_news() const noexcept override { return has_news_; }
    void handle_timeout(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override;
    [[nodiscard]] bool take_event(TimePoint now) override;
    [[nodiscard]] bool hand_over() override;

private:
    Connection& connection_;
    messaging::Webapp::Options options_;
    std::optional<messaging::Webapp> webapp_;
    messaging::Event event_;
    bool has_news_ = false;
};

}  // namespace wsmq::wasm
