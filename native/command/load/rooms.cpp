#include "load/rooms.hpp"

#include "load/meter.hpp"

namespace wsmq::command {

RoomPhase::RoomPhase(net::io_context& io, Crowd& crowd, const LoadArguments& arguments)
    : crowd_{crowd}, changed_{io, net::steady_timer::time_point::max()} {
    for (std::size_t member = 0; arguments.rooms > 0 && member < crowd.members().size(); ++member) {
        const auto [found, is_new] = rooms_.try_emplace({crowd.tenant_of(member), crowd.room_of(member)});
        if (is_new)
            found->second.sender = member;
        else
            ++found->second.others;
    }
    std::erase_if(rooms_, [](const auto& each) { return each.second.others == 0; });
    for (const auto& [key, room] : rooms_) wanted_ += messages_of_each * room.others;
    crowd_.on_room_message = [this](std::size_t member, const auto& message) { handle_message(member, message); };
}

net::awaitable<void> RoomPhase::run() {
    for (auto& [key, room] : rooms_) send(key, room);
    while (!is_complete() && !crowd_.has_ended()) {
        native::ErrorCode cancelled;
        co_await changed_.async_wait(net::redirect_error(net::use_awaitable, cancelled));
    }
}

void RoomPhase::send(const Key& key, Room& room) {
    ++room.sent;
    ++sent_;
    room.received = 0;
    room.sent_at = LoadClock::now();
    (void)crowd_.members()[room.sender].app->send_room(key.second, std::to_string(room.sent));
}

void RoomPhase::handle_message(std::size_t member, const messaging::RoomMessage& message) {
    const auto found = rooms_.find({crowd_.tenant_of(member), std::string{message.room}});
    if (found == rooms_.end()) return;
    auto& [key, room] = *found;
    // QoS 1 may bring one twice, after a lost connection.
    if (message.body != std::to_string(room.sent) || room.received == room.others) return;
    const auto age = static_cast<std::uint64_t>((LoadClock::now() - room.sent_at).count());
    to_each_.add(age);
    if (++room.received < room.others) return;
    to_all_.add(age);
    if (room.sent < messages_of_each) return send(key, room);
    if (is_complete()) changed_.cancel();
}

void RoomPhase::add_to(Json& result) const {
    result["messages"] = sent_;
    result["delivered"] = delivered();
    result["missing"] = wanted_ - delivered();
    result["milliseconds"] = milliseconds_of(to_each_);
    result["to_all_milliseconds"] = milliseconds_of(to_all_);
}

}  // namespace wsmq::command
