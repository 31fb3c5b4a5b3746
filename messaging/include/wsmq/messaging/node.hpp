// A client and a layer as one Protocol, for any driver of a client.
#pragma once
#include <algorithm>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "wsmq/client.hpp"

namespace wsmq::messaging {

namespace detail {

template <class First, class Second> struct Concatenated;
/// Both variants' alternatives in a row; the second one's NeedInput is the first one's.
template <class... First, class... Second>
struct Concatenated<std::variant<First...>, std::variant<NeedInput, Second...>> {
    using type = std::variant<First..., Second...>;
};

template <class To, class From> To widen(const From& event) {
    return std::visit([](const auto& alternative) { return To{alternative}; }, event);
}

}  // namespace detail

/// `Layer` is Webapp, Service or Device. Events of the client that concern only the layer are replaced by the layer's.
/// After a call on layer() or client(), drain the events and the output as after any input.
template <class Layer> class Node {
public:
    using Event = typename detail::Concatenated<wsmq::Event, typename Layer::Event>::type;

    /// `options` come from Layer::connect_options() of the same `layer_options`.
    Node(ConnectOptions options, typename Layer::Options layer_options)
        : client_{std::move(options)}, layer_{client_, std::move(layer_options)} {}
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    [[nodiscard]] Client& client() noexcept { return client_; }
    [[nodiscard]] const Client& client() const noexcept { return client_; }
    [[nodiscard]] Layer& layer() noexcept { return layer_; }
    [[nodiscard]] const Layer& layer() const noexcept { return layer_; }

    [[nodiscard]] Errc start(TimePoint now) { return client_.start(at(now)); }
    /// At once, without publishing that the layer is offline: see its leave().
    void stop(TimePoint now, ReasonCode reason = ReasonCode::success) { client_.stop(at(now), reason); }

    void transport_opened(TimePoint now) { client_.transport_opened(at(now)); }
    void receive(Bytes chunk, TimePoint now) { client_.receive(chunk, at(now)); }
    void transport_closed(TimePoint now, Errc why = Errc::transport_closed) { client_.transport_closed(at(now), why); }
    void transport_backlog(std::size_t bytes, TimePoint now) { client_.transport_backlog(bytes, at(now)); }
    void transport_progressed(TimePoint now) { client_.transport_progressed(at(now)); }
    void hold_input(bool held, TimePoint now) { client_.hold_input(held, at(now)); }
    void handle_wake_up(TimePoint now) { client_.handle_wake_up(at(now)); }
    void reconnect(TimePoint now) { client_.reconnect(at(now)); }
    void handle_timeout(TimePoint now) {
        client_.handle_timeout(at(now));
        layer_.handle_timeout(now);
    }
    void provide_credentials(Credentials credentials, TimePoint now) {
        client_.provide_credentials(std::move(credentials), at(now));
    }
    void fail_credentials(TimePoint now) { client_.fail_credentials(at(now)); }
    void fail_authentication(TimePoint now) { client_.fail_authentication(at(now)); }

    [[nodiscard]] Event next_event() {
        for (;;) {
            const auto own = layer_.next_event(now_);
            if (!std::holds_alternative<NeedInput>(own)) return detail::widen<Event>(own);
            const auto event = client_.next_event();
            if (std::holds_alternative<NeedInput>(event) || !layer_.handle(event, now_)) {
                return detail::widen<Event>(event);
            }
        }
    }
    bool take_output(std::vector<std::uint8_t>& out) { return client_.take_output(out); }
    [[nodiscard]] std::optional<TimePoint> next_deadline() const {
        const auto first = client_.next_deadline();
        const auto second = layer_.next_deadline();
        return first && second ? std::min(*first, *second) : (first ? first : second);
    }

private:
    TimePoint at(TimePoint now) noexcept { return now_ = now; }

    Client client_;
    Layer layer_;
    TimePoint now_{};
};

}  // namespace wsmq::messaging
