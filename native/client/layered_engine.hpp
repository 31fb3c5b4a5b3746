// The engine, and the layer on top where there is one, as the one Protocol that a client drives.
#pragma once
#include <algorithm>
#include <optional>
#include <utility>

#include "client/layer.hpp"
#include "wsmq/client.hpp"

namespace wsmq::native {

class LayeredEngine final : public wsmq::Client {
public:
    using Client::Client;

    void set_layer(Layer* layer) noexcept { layer_ = layer; }
    /// In place, with other options; before the first start.
    void replace(ConnectOptions options) { static_cast<Client&>(*this) = Client{std::move(options)}; }

    void handle_timeout(TimePoint now) {
        Client::handle_timeout(now);
        if (layer_) layer_->handle_timeout(now);
    }
    [[nodiscard]] std::optional<TimePoint> next_deadline() const {
        const auto own = Client::next_deadline();
        const auto above = layer_ ? layer_->next_deadline() : std::nullopt;
        return own && above ? std::min(*own, *above) : (own ? own : above);
    }
    void dispatch_events() {
        if (layer_) layer_->dispatch_events();
    }

private:
    Layer* layer_ = nullptr;
};

}  // namespace wsmq::native
