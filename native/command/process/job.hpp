// A request that a program answers.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "process/child.hpp"
#include "report.hpp"
#include "wsmq/native/request.hpp"

namespace wsmq::command {

/// How programs are run, and how their output becomes answers.
struct JobSettings {
    std::vector<std::string> program;  ///< and its arguments
    bool text = false;                 ///< what it prints is text, and becomes a JSON string
    bool lines = false;                ///< each line is an item of a stream
    std::string content_type;          ///< of raw answers; empty: that of the request
    std::size_t maximum_output = 0;    ///< bytes; of a line where each is an item
};

class Job : public std::enable_shared_from_this<Job> {
public:
    /// The settings outlive it.
    Job(net::io_context& io, const JobSettings& settings, native::Request request, const Report& report)
        : settings_{settings},
          request_{std::move(request)},
          report_{report},
          errors_read_{io, net::steady_timer::time_point::max()} {}

    /// Runs the program and answers the request.
    net::awaitable<void> run(Children&);
    /// The request has ended.
    void end();

private:
    [[nodiscard]] std::vector<std::string> variables() const;
    net::awaitable<void> read_output();
    net::awaitable<void> read_lines();
    net::awaitable<void> read_errors();
    net::awaitable<void> send_item(std::string_view line);
    void fail(native::Response);
    void answer(int status);
    [[nodiscard]] native::Response result();
    [[nodiscard]] std::string last_error() const;
    [[nodiscard]] std::string title() const;

    const JobSettings& settings_;
    native::Request request_;
    const Report& report_;
    std::shared_ptr<Child> child_;
    net::steady_timer errors_read_;
    std::string output_;
    std::string errors_;  ///< the last of what it has said
    bool has_read_errors_ = false;
    bool is_over_ = false;  ///< answered, or no longer wanted
};

}  // namespace wsmq::command
