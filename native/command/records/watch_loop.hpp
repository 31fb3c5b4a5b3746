// What `wsmq presence` and `wsmq services` have in common: a connection that looks at records until it is ended.
#pragma once
#include <optional>
#include <string>

#include "arguments/messaging_arguments.hpp"
#include "output.hpp"
#include "records/record_watch.hpp"

namespace wsmq::command {

class WatchLoop {
public:
    /// `filter`: behind the root.
    WatchLoop(const WatchArguments&, const std::string& filter);
    virtual ~WatchLoop() = default;
    WatchLoop(const WatchLoop&) = delete;
    WatchLoop& operator=(const WatchLoop&) = delete;

    ExitCode run();

protected:
    /// As of RecordWatch.
    [[nodiscard]] virtual std::optional<Json> parse(std::string_view topic, std::string_view payload) = 0;
    virtual void changed(RecordWatch::Change, const std::string& topic, const Json&) = 0;
    /// Whether what is there is all that is asked for, and then what is printed of it.
    [[nodiscard]] virtual bool ends_when_settled() const = 0;
    [[nodiscard]] virtual ExitCode settled() = 0;
    virtual void subscribed() {}

    /// Prints a line, made fit for a terminal where it goes to one. What one read of the connection brought is written
    /// at once.
    void print(const std::string& line);
    [[nodiscard]] const RecordWatch::Records& records() const noexcept { return watch_.records(); }
    [[nodiscard]] Session& session() noexcept { return session_; }

private:
    net::awaitable<ExitCode> work();
    void end(ExitCode);

    const WatchArguments& arguments_;
    Report report_;
    net::io_context io_{1};
    Printer printer_{io_};
    Session session_;
    RecordWatch watch_;
    TimeLimit limit_;
    net::steady_timer ended_{io_, net::steady_timer::time_point::max()};
    bool is_set_up_ = false;
    std::optional<ExitCode> code_;
    std::optional<CommandError> failure_;
};

}  // namespace wsmq::command
