// The common part of `wsmq presence` and `wsmq services`: watches records until the command ends.
#pragma once
#include <optional>
#include <string>

#include "arguments/messaging_arguments.hpp"
#include "output.hpp"
#include "records/record_watch.hpp"

namespace wsmq::command {

class WatchLoop {
public:
    /// `filter`: without the root.
    WatchLoop(const WatchArguments&, const std::string& filter);
    virtual ~WatchLoop() = default;
    WatchLoop(const WatchLoop&) = delete;
    WatchLoop& operator=(const WatchLoop&) = delete;

    ExitCode run();

protected:
    /// As RecordWatch.
    [[nodiscard]] virtual std::optional<Json> parse(std::string_view topic, std::string_view payload) = 0;
    virtual void changed(RecordWatch::Change, const std::string& topic, const Json&) = 0;
    /// Whether to exit once the records are there, and how to print them then.
    [[nodiscard]] virtual bool ends_when_settled() const = 0;
    [[nodiscard]] virtual ExitCode settled() = 0;
    virtual void subscribed() {}

    /// Prints a line, escaped for a terminal. The lines of one read of the connection leave in one write.
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
