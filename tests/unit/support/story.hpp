// A generated sequence of publishes, losses and reconnections, and what it published and asked for.
#pragma once
#include <optional>
#include <random>

#include "support/link.hpp"

namespace wsmq::test {

/// std::mt19937 is the same everywhere; the standard's distributions are not.
class Dice {
public:
    explicit Dice(std::uint32_t seed) : engine_{seed} {}
    std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(engine_() % bound); }
    bool once_in(std::uint32_t times) { return below(times) == 0; }

private:
    std::mt19937 engine_;
};

struct Scenario {
    Version version = Version::v5;
    bool session_persists = true;
    bool broker_forgets = false;   ///< now and then, between connections
    bool client_restarts = false;  ///< now and then, with its store
    /// The user cancels, stops, starts and publishes more than there is room for; the broker refuses now and then.
    bool everybody_meddles = false;
    /// Connections break right after something was sent, so often that little is ever answered.
    bool cuts_follow_sends = false;
    /// The user replaces connections; nothing else ends them, and no answer takes long.
    bool is_replaced = false;
    /// The broker ends the connection over some messages and filters.
    bool has_poison = false;
    int steps = 60;
};

class Story {
public:
    Story(const Scenario&, std::uint32_t seed);

    /// All steps, and then without further loss to the end.
    void play();

    [[nodiscard]] Link& link() noexcept { return link_; }
    /// Payloads in their order.
    [[nodiscard]] const std::vector<std::string>& published(Qos qos) const { return published_[index(qos)]; }
    [[nodiscard]] const std::vector<std::string>& broker_published(Qos qos) const {
        return broker_published_[index(qos)];
    }
    /// Those that must end: of QoS 1 and 2, and of subscriptions.
    [[nodiscard]] const std::vector<OperationId>& operations() const noexcept { return operations_; }
    [[nodiscard]] const std::set<std::string>& wanted_filters() const noexcept { return wanted_filters_; }
    /// Operations that the broker does not survive.
    [[nodiscard]] const std::set<OperationId>& poisons() const noexcept { return poisons_; }

private:
    static std::size_t index(Qos qos) noexcept { return static_cast<std::size_t>(qos); }
    ConnectOptions make_options();
    BrokerLimits make_limits();
    void start();
    void step();
    void publish();
    void broker_publish();
    void cut();
    void open_or_restart();
    void restart();
    void change_subscriptions();
    void subscribe(const std::string& filter);
    void unsubscribe(const std::string& filter);
    void meddle();
    void replace_connection();
    void storm();

    Scenario scenario_;
    Dice dice_;
    MemoryStore store_;
    ConnectOptions options_;
    Link link_;
    int last_payload_ = 0;
    std::array<std::vector<std::string>, 3> published_;
    std::array<std::vector<std::string>, 3> broker_published_;
    std::vector<OperationId> operations_;
    std::set<std::string> wanted_filters_;
    std::set<OperationId> poisons_;
};

}  // namespace wsmq::test
