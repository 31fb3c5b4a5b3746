// Messages of the doctor's own, below a prefix that nobody else uses.
#pragma once
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "doctor/connection.hpp"
#include "wsmq/native/message.hpp"

namespace wsmq::command {

/// Why a question could not be asked.
class Unanswered : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The broker says itself that it has no such thing.
class NotOffered : public Unanswered {
public:
    using Unanswered::Unanswered;
};

/// The first message of a subscription.
class Arrival {
public:
    explicit Arrival(Checkup&);
    void receive(const Message&) const;
    /// Nothing where none comes in that time. Throws Stopped.
    [[nodiscard]] net::awaitable<std::optional<native::Message>> within(Duration) const;

private:
    struct State {
        explicit State(net::io_context& io) : timer{io} {}
        net::steady_timer timer;
        std::optional<native::Message> message;
    };
    Checkup& checkup_;
    std::shared_ptr<State> state_;
};

/// Everything throws Unanswered and Stopped.
class Lab {
public:
    /// For what should come at once.
    static constexpr Duration patience{3'000};

    Lab(Checkup& checkup, const native::Url& url, Version version, Connection& main, const std::string& prefix)
        : checkup_{checkup}, url_{url}, version_{version}, main_{main}, prefix_{prefix} {}

    [[nodiscard]] Checkup& checkup() noexcept { return checkup_; }
    [[nodiscard]] Version version() const noexcept { return version_; }
    [[nodiscard]] Connection& main() noexcept { return main_; }
    /// One that was not used before.
    [[nodiscard]] std::string new_topic() { return prefix_ + std::to_string(++topics_); }
    /// Beside the main one, with a last will. Unanswered also where the main one ended because of it.
    net::awaitable<std::unique_ptr<Connection>> another(Will, std::uint32_t session_expiry);
    /// At the maximum QoS of the broker, where that is less.
    net::awaitable<void> publish(std::string_view topic, std::string_view payload, PublishOptions);
    /// Throws Unanswered where the account has only one connection at a time.
    void check_not_displaced() const;
    net::awaitable<Arrival> subscribe(std::string_view filter);
    /// What comes back of a message, by the topic as filter behind a prefix.
    net::awaitable<std::optional<native::Message>> echo(std::string_view filter_prefix = {},
                                                        Qos qos = Qos::at_least_once);

private:
    [[noreturn]] void give_up(const std::string& what, const Ended<native::Answer>&) const;

    Checkup& checkup_;
    const native::Url& url_;
    Version version_;
    Connection& main_;
    const std::string& prefix_;
    unsigned topics_ = 0;
    bool is_displaced_ = false;
};

/// A retained message, which is removed again whatever happens.
class Kept {
public:
    Kept(Lab& lab, std::string topic) : lab_{lab}, topic_{std::move(topic)} {}
    ~Kept();
    Kept(const Kept&) = delete;
    Kept& operator=(const Kept&) = delete;

    [[nodiscard]] const std::string& topic() const noexcept { return topic_; }
    /// `expiry`: seconds; 0 is none.
    net::awaitable<void> publish(std::uint32_t expiry = 0);

private:
    Lab& lab_;
    std::string topic_;
};

}  // namespace wsmq::command
