#include "load/crowd.hpp"

#include <utility>

#include "membership.hpp"

namespace wsmq::command {

namespace {

std::uint64_t nanoseconds_since(LoadClock::time_point start) {
    return static_cast<std::uint64_t>((LoadClock::now() - start).count());
}

}  // namespace

Crowd::Crowd(net::io_context& io, const LoadArguments& arguments, const ConnectionArguments::Resolved& resolved)
    : io_{io},
      arguments_{arguments},
      resolved_{resolved},
      members_(arguments.webapps),
      changed_{io, net::steady_timer::time_point::max()} {}

std::string Crowd::root_of(std::size_t tenant) const {
    return arguments_.tenants == 1 ? arguments_.root : arguments_.root + std::to_string(tenant) + '/';
}

std::string Crowd::room_of(std::size_t member) const {
    return "room-" + std::to_string(member / arguments_.tenants % arguments_.rooms);
}

/// The first one reports what is wrong with the address; a broker that is busy later is tried again.
native::ClientOptions Crowd::client_options() {
    auto options = resolved_.client;
    options.connect.reconnect.retry_first_connection = !std::exchange(is_first_, false);
    return options;
}

void Crowd::make_member(std::size_t number) {
    auto& member = members_[number];
    const auto tenant = tenant_of(number);
    member.others = (members_.size() - tenant + arguments_.tenants - 1) / arguments_.tenants - 1;
    const auto uid = native::make_uid("bench", "w" + std::to_string(number));
    member.app = std::make_unique<native::Webapp>(io_.get_executor(), resolved_.urls,
                                                  native::Webapp::Options{.root = root_of(tenant), .uid = uid},
                                                  client_options());
    auto& app = *member.app;
    app.on_joined([this, &member](bool again) { handle_joined(member, again); });
    app.on_disconnected([this, &member](const native::Disconnection&) { handle_disconnected(member); });
    if (arguments_.watches()) {
        app.on_presence([this, &member](const auto& changed) { handle_presence(member, changed); });
        (void)app.watch_presence();
    }
    if (arguments_.rooms > 0) {
        app.on_room_message([this, number](const auto& message) {
            if (on_room_message) on_room_message(number, message);
        });
        (void)app.join_room(room_of(number));
    }
}

net::awaitable<void> Crowd::join() {
    co_await join_services();
    const auto workers = std::min<std::size_t>(arguments_.join_at_once, members_.size());
    for (std::size_t i = 0; i < workers; ++i) {
        net::co_spawn(io_, join_members(), [this](const std::exception_ptr& thrown) {
            if (!thrown) return;
            try {
                std::rethrow_exception(thrown);
            } catch (const CommandError& error) {
                failure_ = error;
            }
            end();
        });
    }
    co_await until(
        [this] { return joined == members_.size() && (!arguments_.watches() || knowing == members_.size()); });
    if (failure_) throw CommandError{*failure_};
}

net::awaitable<void> Crowd::join_services() {
    for (std::size_t tenant = 0; tenant < arguments_.tenants; ++tenant) {
        for (std::size_t i = 0; i < arguments_.services && !ended_; ++i) {
            auto& service = *services_.emplace_back(std::make_unique<native::Service>(
                io_.get_executor(), resolved_.urls,
                native::Service::Options{.root = root_of(tenant), .service = service_name(i)}, client_options()));
            service.on("echo", [](const native::Request& request) {
                return native::Response::json_text(std::string{request.params_text()});
            });
            native::ErrorCode error;
            const auto answer = co_await service.async_join(net::redirect_error(net::use_awaitable, error));
            if (error && !ended_ && !leaving_) throw not_connected(error, answer.detail);
        }
    }
}

net::awaitable<void> Crowd::join_members() {
    while (next_ < members_.size() && !ended_ && !leaving_) {
        const auto number = next_++;
        make_member(number);
        co_await join_one(members_[number]);
    }
}

net::awaitable<void> Crowd::join_one(Member& member) {
    member.began = LoadClock::now();
    native::ErrorCode error;
    const auto answer = co_await member.app->async_join(net::redirect_error(net::use_awaitable, error));
    if (error && !ended_ && !leaving_) throw not_connected(error, answer.detail);
}

void Crowd::expect_losses() {
    down_since_ = LoadClock::now();
    returned = 0;
    for (auto& member : members_) member.is_awaited = true;
}

net::awaitable<void> Crowd::rejoin() {
    co_await until([this] { return returned == members_.size(); });
}

net::awaitable<void> Crowd::leave() {
    std::size_t leaving = 0;
    leaving_ = true;
    ended_ = false;
    const auto leaves = [&](auto& party, auto... patience) {
        ++leaving;
        party.async_leave(patience..., [&](const native::ErrorCode&) {
            if (--leaving == 0) changed_.cancel();
        });
    };
    for (auto& member : members_) {
        if (member.app) leaves(*member.app);
    }
    for (auto& service : services_) leaves(*service, std::chrono::seconds{2});
    co_await until([&] { return leaving == 0; });
}

void Crowd::end() {
    ended_ = true;
    changed_.cancel();
}

native::Traffic Crowd::traffic() const {
    native::Traffic total;
    for (const auto& member : members_) {
        if (!member.app) continue;
        const auto own = member.app->client().traffic();
        total.sent += own.sent;
        total.received += own.received;
    }
    return total;
}

void Crowd::handle_joined(Member& member, bool again) {
    member.joined = true;
    ++joined;
    if (!again) to_join.add(nanoseconds_since(member.began));
    if (again && std::exchange(member.is_awaited, false)) {
        ++returned;
        to_return.add(nanoseconds_since(down_since_));
    }
    check_knowledge(member);
    if (joined == members_.size()) changed_.cancel();
}

void Crowd::handle_disconnected(Member& member) {
    ++losses;
    if (std::exchange(member.joined, false)) --joined;
}

void Crowd::handle_presence(Member& member, const messaging::PresenceChanged& changed) {
    using Change = messaging::PresenceChanged::Change;
    if (changed.change == Change::appeared) {
        ++appearances;
        ++member.known;
    } else if (changed.change == Change::gone) {
        ++departures;
        --member.known;
    }
    check_knowledge(member);
}

void Crowd::check_knowledge(Member& member) {
    const bool knows_all = arguments_.watches() && member.known == member.others;
    if (std::exchange(member.knows_all, knows_all) == knows_all) return;
    if (!knows_all) {
        --knowing;
        return;
    }
    ++knowing;
    // Only once for each: whom others leave later is another matter.
    if (to_know_all.count() < members_.size()) to_know_all.add(nanoseconds_since(member.began));
    if (knowing == members_.size()) changed_.cancel();
}

template <class Condition> net::awaitable<void> Crowd::until(Condition condition) {
    while (!ended_ && !condition()) {
        native::ErrorCode cancelled;
        co_await changed_.async_wait(net::redirect_error(net::use_awaitable, cancelled));
    }
}

}  // namespace wsmq::command
