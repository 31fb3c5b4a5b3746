#include "process/job.hpp"

#include <sys/wait.h>

#include <array>
#include <system_error>

#include "text/json_text.hpp"
#include "wsmq/messaging/json_rpc.hpp"
#include "wsmq/messaging/names.hpp"
#include "wsmq/topic.hpp"

namespace wsmq::command {

namespace {

namespace code = messaging::json_rpc::code;
using native::Response;

constexpr std::size_t errors_kept = 8192;      // bytes
constexpr std::size_t longest_message = 1024;  // bytes, of an error

/// Bytes that are not UTF-8 become U+FFFD.
std::string as_utf8(std::string_view text) {
    if (is_valid_utf8(text)) return std::string{text};
    return Json::parse(Json(text).dump(-1, ' ', true, Json::error_handler_t::replace)).get<std::string>();
}

std::string_view without_line_end(std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    return text;
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

std::string string_of(std::string_view text) { return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::string Job::title() const { return std::string{request_.method()} + " of " + std::string{request_.from()}; }

std::vector<std::string> Job::variables() const {
    const auto variable = [](std::string_view name, std::string_view value) {
        // Nothing that is not text: a NUL would end it.
        const bool is_sound = value.find('\0') == std::string_view::npos;
        return std::string{name} + '=' + std::string{is_sound ? value : ""};
    };
    return {variable("WSMQ_METHOD", request_.method()), variable("WSMQ_FROM", request_.from()),
            variable("WSMQ_USER", request_.user()), variable("WSMQ_TRACEPARENT", request_.traceparent()),
            variable("WSMQ_CONTENT_TYPE", request_.content_type())};
}

net::awaitable<void> Job::run(Children& children) {
    const auto self = shared_from_this();
    if (is_over_ || request_.has_ended()) co_return;
    if (!messaging::is_valid_name(request_.method())) {
        request_.respond(Response::error(code::method_not_found, "Method not found"));
        co_return;
    }
    try {
        child_ = children.start(settings_.program, variables());
    } catch (const std::system_error& error) {
        report_.warn("The program could not be started: " + std::string{error.what()} + '.');
        request_.respond(Response::error(code::internal_error, "The program could not be started"));
        co_return;
    }
    report_.debug("Started for " + title() + '.');
    request_.on_end([weak = weak_from_this()](messaging::Error) {
        if (const auto job = weak.lock()) job->end();
    });
    const auto executor = co_await net::this_coro::executor;
    net::co_spawn(executor, child_->feed(request_.params_text()), [self, child = child_](std::exception_ptr) {});
    net::co_spawn(executor, read_errors(), [self](std::exception_ptr) {});
    if (settings_.lines)
        co_await read_lines();
    else
        co_await read_output();
    const int status = co_await child_->wait();
    while (!has_read_errors_) {
        native::ErrorCode cancelled;
        co_await errors_read_.async_wait(net::redirect_error(net::use_awaitable, cancelled));
    }
    if (!is_over_) answer(status);
}

void Job::end() {
    is_over_ = true;
    if (!child_) return;
    report_.debug("Cancelled: " + title() + '.');
    child_->terminate();
}

void Job::fail(Response response) {
    if (std::exchange(is_over_, true)) return;
    report_.debug("Failed: " + title() + ": " + response.message + '.');
    request_.respond(std::move(response));
    child_->terminate();
}

// --- What it prints --------------------------------------------------------------------------------

net::awaitable<void> Job::read_output() {
    std::array<char, 65'536> chunk;
    while (const auto size = co_await child_->output.read_some(chunk)) {
        if (is_over_ || request_.is_notification()) continue;
        if (output_.size() + size > settings_.maximum_output) {
            fail(Response::error(code::internal_error, "The program printed too much"));
            output_ = {};
        } else {
            output_.append(chunk.data(), size);
        }
    }
}

net::awaitable<void> Job::read_lines() {
    std::array<char, 16'384> chunk;
    std::size_t searched = 0;
    while (const auto size = co_await child_->output.read_some(chunk)) {
        if (is_over_) continue;
        output_.append(chunk.data(), size);
        std::size_t begin = 0;
        for (auto end = output_.find('\n', searched); end != std::string::npos && !is_over_;
             end = output_.find('\n', begin)) {
            // What the caller does not take is not read from the program.
            co_await send_item(std::string_view{output_}.substr(begin, end - begin));
            begin = end + 1;
        }
        output_.erase(0, begin);
        searched = output_.size();
        if (searched > settings_.maximum_output)
            fail(Response::error(code::internal_error, "The program printed too long a line"));
    }
    if (!is_over_ && !output_.empty()) co_await send_item(output_);
}

net::awaitable<void> Job::send_item(std::string_view line) {
    line = without_line_end(line);
    if (!settings_.text && is_blank(line)) co_return;
    if (!settings_.text && !messaging::json_rpc::is_json(line)) {
        fail(Response::error(code::internal_error, "The program printed a line that is not JSON"));
        co_return;
    }
    std::string item = settings_.text ? string_of(line) : std::string{line};
    native::ErrorCode error;
    co_await request_.async_progress_text(std::move(item), net::redirect_error(net::use_awaitable, error));
    if (error && !request_.has_ended())
        fail(Response::error(code::internal_error, "An item could not be sent: " + error.message()));
}

net::awaitable<void> Job::read_errors() {
    std::array<char, 4096> chunk;
    while (const auto size = co_await child_->errors.read_some(chunk)) {
        errors_.append(chunk.data(), size);
        if (errors_.size() > 2 * errors_kept) errors_.erase(0, errors_.size() - errors_kept);
    }
    has_read_errors_ = true;
    errors_read_.cancel();
}

// --- What is answered ------------------------------------------------------------------------------

void Job::answer(int status) {
    is_over_ = true;
    const int number = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    if (WIFSIGNALED(status)) {
        const std::string name = strsignal(WTERMSIG(status));
        report_.debug("Ended by a signal: " + title() + ": " + name + '.');
        request_.respond(Response::error(code::internal_error, "The program was ended by a signal: " + name));
    } else if (number != 0) {
        const auto message = last_error();
        report_.debug("Exit status " + std::to_string(number) + ": " + title() + ": " + message);
        request_.respond(Response::error(number, message));
    } else {
        report_.debug("Done: " + title() + '.');
        request_.respond(result());
    }
}

Response Job::result() {
    if (settings_.lines) return Response::json_text("null");
    if (!request_.content_type().empty()) {
        const auto& type = settings_.content_type;
        return Response::raw(std::move(output_), type.empty() ? std::string{request_.content_type()} : type);
    }
    if (settings_.text) return Response::json_text(string_of(without_line_end(output_)));
    if (is_blank(output_)) return Response::json_text("null");
    if (messaging::json_rpc::is_json(output_)) return Response::json_text(std::move(output_));
    report_.debug("Not JSON, so that it takes --text: " + title() + '.');
    return Response::error(code::internal_error, "The program did not print JSON");
}

std::string Job::last_error() const {
    std::string_view rest = errors_;
    while (!rest.empty() && is_blank(rest.substr(rest.size() - 1))) rest.remove_suffix(1);
    const auto begin = rest.rfind('\n');
    if (begin != std::string_view::npos) rest.remove_prefix(begin + 1);
    return rest.empty() ? "The program failed" : as_utf8(rest.substr(0, longest_message));
}

}  // namespace wsmq::command
