// The messaging layer between the engine and JavaScript: patterns::Webapp, for a connection that joins; without join()
// the connection is as the plain build's.
#pragma once
#include <optional>

#include "wsmq/client.hpp"
#include "wsmq/patterns/webapp.hpp"

namespace wsmq::wasm {

class Connection;

class ConnectionLayer {
public:
    static constexpr bool exists = true;
    explicit ConnectionLayer(Connection& connection) noexcept : connection_{connection} {}

    /// For the start() that follows.
    void configure(patterns::Webapp::Options options) { options_ = std::move(options); }
    /// Null before start(), and for a connection that does not join.
    [[nodiscard]] patterns::Webapp* webapp() noexcept { return webapp_ ? &*webapp_ : nullptr; }

    // What Connection calls.
    /// Adds what the layer needs to the options of the client.
    [[nodiscard]] Errc begin(ConnectOptions&);
    void attach(Client&);
    void detach() { webapp_.reset(); }
    /// True: the event was about the layer alone.
    [[nodiscard]] bool handle(const Event&, TimePoint now);
    /// Whether handle() may have made events of the layer's.
    [[nodiscard]] bool has_news() const noexcept { return has_news_; }
    void handle_timeout(TimePoint now) {
        if (webapp_) webapp_->handle_timeout(now);
    }
    /// The next event, for hand_over(). False: there is none.
    [[nodiscard]] bool take_event(TimePoint now);
    /// Runs a handler, which may do anything to the connection but end its life. True: something waits until there are
    /// no more events.
    [[nodiscard]] bool hand_over();
    [[nodiscard]] std::optional<TimePoint> earlier(std::optional<TimePoint> deadline) const;

private:
    Connection& connection_;
    std::optional<patterns::Webapp::Options> options_;
    std::optional<patterns::Webapp> webapp_;
    patterns::Event event_;
    bool has_news_ = false;
};

}  // namespace wsmq::wasm
