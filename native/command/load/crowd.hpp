// The webapps and services of a load, each with a connection of its own, on one loop.
#pragma once
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "arguments/load_arguments.hpp"
#include "latencies.hpp"
#include "session.hpp"
#include "wsmq/native/service.hpp"
#include "wsmq/native/webapp.hpp"

namespace wsmq::command {

using LoadClock = std::chrono::steady_clock;

class Crowd {
public:
    struct Member {
        std::unique_ptr<native::Webapp> app{};
        std::size_t others = 0;  ///< under its root
        std::size_t known = 0;   ///< of them, by their presence
        LoadClock::time_point began{};
        bool joined = false;  ///< on this connection
        bool knows_all = false;
        bool is_awaited = false;  ///< it has to join again
    };

    Crowd(net::io_context&, const LoadArguments&, const ConnectionArguments::Resolved&);

    /// Services first. Returns when all have joined, and know all others where they watch; or after end().
    /// Throws CommandError where one cannot join.
    net::awaitable<void> join();
    /// From now on each has to lose its connection, and to join again.
    void expect_losses();
    /// Until all have done so.
    net::awaitable<void> rejoin();
    /// Each leaves in order.
    net::awaitable<void> leave();
    /// Whoever waits returns.
    void end();
    [[nodiscard]] bool has_ended() const noexcept { return ended_; }

    [[nodiscard]] std::vector<Member>& members() noexcept { return members_; }
    [[nodiscard]] const std::vector<Member>& members() const noexcept { return members_; }
    [[nodiscard]] std::string service_name(std::size_t number) const { return "load-" + std::to_string(number); }
    [[nodiscard]] std::string room_of(std::size_t member) const;
    [[nodiscard]] std::size_t tenant_of(std::size_t member) const { return member % arguments_.tenants; }
    /// Bytes that webapps have sent and received.
    [[nodiscard]] native::Traffic traffic() const;

    std::size_t joined = 0;         ///< webapps that have joined, and are connected
    std::size_t returned = 0;       ///< since expect_losses()
    std::size_t knowing = 0;        ///< webapps that know all others
    std::uint64_t losses = 0;       ///< connections that were lost, and attempts that failed
    std::uint64_t appearances = 0;  ///< that webapps have heard of
    std::uint64_t departures = 0;
    Latencies to_join;      ///< from the attempt to connect until others can reach it
    Latencies to_know_all;  ///< from the same until it knows all others
    Latencies to_return;    ///< from expect_losses() until it has joined again
    std::function<void(std::size_t member, const messaging::RoomMessage&)> on_room_message;

private:
    [[nodiscard]] std::string root_of(std::size_t tenant) const;
    [[nodiscard]] native::ClientOptions client_options();
    void make_member(std::size_t number);
    net::awaitable<void> join_services();
    net::awaitable<void> join_one(Member&);
    net::awaitable<void> join_members();
    void handle_joined(Member&, bool again);
    void handle_presence(Member&, const messaging::PresenceChanged&);
    void handle_disconnected(Member&);
    void check_knowledge(Member&);
    template <class Condition> net::awaitable<void> until(Condition);

    net::io_context& io_;
    const LoadArguments& arguments_;
    const ConnectionArguments::Resolved& resolved_;
    std::vector<std::unique_ptr<native::Service>> services_;
    std::vector<Member> members_;
    net::steady_timer changed_;
    std::size_t next_ = 0;  ///< member that joins next
    bool is_first_ = true;  ///< nobody has tried to connect
    bool ended_ = false;
    bool leaving_ = false;
    LoadClock::time_point down_since_{};
    std::optional<CommandError> failure_;
};

}  // namespace wsmq::command
