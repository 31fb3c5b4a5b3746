// Dispatches an event of the client to the handlers of a layer.
#pragma once
#include "layer/context.hpp"

namespace wsmq::messaging {

/// True: it concerned only the layer. `Layer` is the Impl of a layer.
template <class Layer> bool dispatch(Layer& layer, const wsmq::Event& event, TimePoint now) {
    layer.context.now = now;
    if (const auto* message = std::get_if<Message>(&event)) return layer.handle_message(*message);
    if (const auto* completed = std::get_if<Completed>(&event)) {
        const auto operation = layer.context.broker.take(completed->id);
        if (operation) layer.handle_completed(*operation, *completed);
        return operation.has_value();
    }
    if (const auto* failed = std::get_if<Failed>(&event)) {
        const auto operation = layer.context.broker.take(failed->id);
        if (operation) layer.handle_failed(*operation, failed->error);
        return operation.has_value();
    }
    if (std::holds_alternative<OpenTransport>(event)) layer.handle_opening();
    if (const auto* connected = std::get_if<Connected>(&event)) layer.handle_connected(*connected);
    if (const auto* disconnected = std::get_if<Disconnected>(&event)) layer.handle_disconnected(*disconnected);
    if (const auto* lost = std::get_if<SubscriptionLost>(&event)) layer.handle_lost(*lost);
    return false;
}

}  // namespace wsmq::messaging
