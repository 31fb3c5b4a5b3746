// What stands between the engine and JavaScript: in this build, nothing. webapp/connection_layer.hpp is the other
// build's.
#pragma once
#include <optional>

#include "wsmq/client.hpp"

namespace wsmq::wasm {

class Connection;

class ConnectionLayer {
public:
    static constexpr bool exists = false;
    explicit constexpr ConnectionLayer(Connection&) noexcept {}
    [[nodiscard]] static constexpr Errc begin(ConnectOptions&) noexcept { return Errc::none; }
    static constexpr void attach(Client&) noexcept {}
    static constexpr void detach() noexcept {}
    [[nodiscard]] static constexpr bool handle(const Event&, TimePoint) noexcept { return false; }
    [[nodiscard]] static constexpr bool has_news() noexcept { return false; }
    [[nodiscard]] static constexpr bool take_event(TimePoint) noexcept { return false; }
    [[nodiscard]] static constexpr bool hand_over() noexcept { return false; }
    static constexpr void handle_timeout(TimePoint) noexcept {}
    [[nodiscard]] static constexpr std::optional<TimePoint> earlier(std::optional<TimePoint> deadline) noexcept {
        return deadline;
    }
};

}  // namespace wsmq::wasm
