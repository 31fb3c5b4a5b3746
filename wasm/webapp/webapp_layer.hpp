// patterns::Webapp as the layer of a connection. join() installs it.
#pragma once
#include <optional>

#include "connection_layer.hpp"
#include "wsmq/patterns/webapp.hpp"

namespace wsmq::wasm {

class Connection;

class WebappLayer final : public ConnectionLayer {
public:
    WebappLayer(Connection& connection, patterns::Webapp::Options options)
        : connection_{connection}, options_{std::move(options)} {}

    /// For the next client.
    void configure(patterns::Webapp::Options options) { options_ = std::move(options); }
    /// Null before start().
    [[nodiscard]] patterns::Webapp* webapp() noexcept { return webapp_ ? &*webapp_ : nullptr; }

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
    patterns::Webapp::Options options_;
    std::optional<patterns::Webapp> webapp_;
    patterns::Event event_;
    bool has_news_ = false;
};

}  // namespace wsmq::wasm
