// The phase of a load in which one member of each room sends messages to all the others.
#pragma once
#include <map>
#include <string>

#include "load/crowd.hpp"
#include "text/json_text.hpp"

namespace wsmq::command {

class RoomPhase {
public:
    RoomPhase(net::io_context& io, Crowd& crowd, const LoadArguments& arguments);
    ~RoomPhase() { crowd_.on_room_message = {}; }
    RoomPhase(const RoomPhase&) = delete;
    RoomPhase& operator=(const RoomPhase&) = delete;

    /// In each room a message follows when all have received the one before it.
    net::awaitable<void> run();
    [[nodiscard]] std::uint64_t delivered() const noexcept { return to_each_.count(); }
    [[nodiscard]] bool is_complete() const noexcept { return delivered() == wanted_; }
    /// Beside the meter's.
    void add_to(Json&) const;
    /// Whoever waits returns.
    void end() { changed_.cancel(); }

private:
    static constexpr unsigned messages_of_each = 10;

    struct Room {
        std::size_t sender = 0;  ///< its first member
        std::size_t others = 0;
        unsigned sent = 0;
        std::size_t received = 0;  ///< of the last one
        LoadClock::time_point sent_at{};
    };
    using Key = std::pair<std::size_t, std::string>;  ///< tenant and name

    void send(const Key&, Room&);
    void handle_message(std::size_t member, const messaging::RoomMessage&);

    Crowd& crowd_;
    std::map<Key, Room> rooms_;
    std::uint64_t wanted_ = 0;
    std::uint64_t sent_ = 0;
    Latencies to_each_;
    Latencies to_all_;
    net::steady_timer changed_;
};

}  // namespace wsmq::command
