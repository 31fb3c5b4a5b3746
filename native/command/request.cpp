// wsmq request: asks a service, the unnamed backend or another webapp, and prints the answer.
#include <pwd.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <iostream>

#include "commands.hpp"
#include "membership.hpp"
#include "messages/payload.hpp"
#include "output.hpp"
#include "session.hpp"
#include "text/base64.hpp"
#include "text/json_text.hpp"
#include "text/printable.hpp"
#include "wsmq/native/cancel.hpp"
#include "wsmq/native/webapp.hpp"
#include "wsmq/topic.hpp"

namespace wsmq::command {

namespace {

using native::Reply;
using native::Target;

const CommandError no_answer{ExitCode::timed_out, "No answer arrived in time."};

std::string login_name() {
    const passwd* account = getpwuid(getuid());
    return account != nullptr ? account->pw_name : "nobody";
}

std::string uid_of(const RequestArguments& arguments) {
    if (!arguments.uid.empty()) {
        if (!messaging::is_valid_uid(arguments.uid)) throw UsageError{"A uid is ORG:USER:RAND, not " + arguments.uid};
        return arguments.uid;
    }
    std::string uid = native::make_uid(arguments.org, arguments.user.empty() ? login_name() : arguments.user);
    if (uid.empty()) throw UsageError{account_rule};
    return uid;
}

/// Whom and what, out of the words of the command line.
struct Question {
    explicit Question(const RequestArguments& arguments) {
        const bool names_service = !arguments.peer && !arguments.backend;
        if (arguments.peer && arguments.backend) throw UsageError{"--peer and --backend cannot be combined."};
        const auto* word = arguments.words;
        if (names_service) {
            if (*word) target = Target::service(**word);
            if (!messaging::is_valid_name(target.name)) throw UsageError{std::string{"Name the service: "} + name_rule};
            ++word;
        } else if (arguments.peer) {
            target = Target::peer(*arguments.peer);
            if (!messaging::is_valid_uid(target.name)) throw UsageError{"--peer needs a uid: ORG:USER:RAND."};
        }
        if (!*word || !messaging::is_valid_name(**word)) throw UsageError{std::string{"Name the method: "} + name_rule};
        method = **word++;
        if (word != std::end(arguments.words)) {
            if (*word) params_word = *word++;
            if (word != std::end(arguments.words) && *word) throw UsageError{"There are too many arguments."};
        }
    }

    Target target = Target::backend();
    std::string method;
    std::optional<std::string> params_word;
};

std::string params_of(const RequestArguments& arguments, const Question& question) {
    if (arguments.file && question.params_word) throw UsageError{"PARAMS and -f cannot be combined."};
    const bool from_input = question.params_word == "-";
    std::string params = from_input ? "" : question.params_word.value_or("");
    if (arguments.file || from_input) {
        PayloadArguments from;
        from.file = arguments.file.value_or("-");
        const auto bytes = read_payload(from);
        params.assign(bytes.begin(), bytes.end());
    }
    if (!arguments.content_type.empty()) return params;
    const auto first = params.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) return {};
    if (!messaging::json_rpc::is_json(params)) throw UsageError{"The params are not JSON: " + params.substr(0, 60)};
    if (params[first] != '[' && params[first] != '{') throw UsageError{"Params are an array or an object."};
    return params;
}

class RequestCommand {
public:
    explicit RequestCommand(const RequestArguments& arguments)
        : arguments_{arguments},
          report_{arguments.connection},
          resolved_{arguments.connection.resolve_without_topic()},
          question_{arguments},
          uid_{uid_of(arguments)} {
        check_root(arguments.root);
        if (!arguments.content_type.empty()) check_raw();
        params_ = params_of(arguments, question_);
    }

    ExitCode run() {
        return run_loop(io_, work(), [this] { interrupt(); });
    }

private:
    void check_raw() const {
        if (question_.target.kind != Target::Kind::service)
            throw UsageError{"Raw bodies are for services with a name."};
        if (resolved_.client.connect.version != Version::v5) throw UsageError{"Raw bodies need MQTT 5: -V 5."};
        if (arguments_.notify) throw UsageError{"A notification has no raw body."};
        const bool is_json = arguments_.content_type == "application/json";
        if (is_json || !is_valid_utf8(arguments_.content_type))
            throw UsageError{"--content-type is that of a raw body, and not JSON's."};
    }

    net::awaitable<ExitCode> work() {
        membership_.on_lost = [this](const CommandError& error) {
            lost_ = error;
            give_up();
        };
        ExitCode code = ExitCode::success;
        if (arguments_.notify) {
            code = co_await notify();
        } else {
            code = co_await ask();
        }
        co_await leave();
        co_return code;
    }

    net::awaitable<void> leave() {
        membership_.end();
        native::ErrorCode error;  // it ends all the same
        co_await app_.async_leave(net::redirect_error(net::use_awaitable, error));
    }

    net::awaitable<ExitCode> notify() {
        net::steady_timer limit{io_, timeout()};
        limit.async_wait([this](const native::ErrorCode& error) {
            if (error) return;
            timed_out_ = true;
            interrupt();
        });
        const bool joined = co_await membership_.join();
        limit.cancel();
        if (timed_out_) throw CommandError{ExitCode::timed_out, "No answer arrived in time."};
        if (lost_) throw CommandError{*lost_};
        if (!joined) throw CommandError{ExitCode::cancelled, "The notification was not sent."};
        if (const auto error = app_.notify_text(question_.target, question_.method, params_))
            throw CommandError{ExitCode::failed, "Not sent: " + explain(error)};
        co_return ExitCode::success;
    }

    net::awaitable<ExitCode> ask() {
        begin_ = Clock::now();
        printer_.output().limit(begin_ + timeout());
        printer_.on_failed = [this](const CommandError& error) {
            unwritten_ = error;
            cancel();
        };
        app_.async_join([this](const native::ErrorCode& error, const native::JoinAnswer& answer) {
            if (!error || interrupted_) return;
            lost_ = membership_.failure_of(error, answer);
            cancel();
        });
        if (!arguments_.content_type.empty()) co_await discover();
        const messaging::RequestOptions options{
            .timeout = std::max(Duration{1}, timeout() - std::chrono::duration_cast<Duration>(Clock::now() - begin_)),
            .traceparent = arguments_.traceparent,
            .content_type = arguments_.content_type};
        native::ErrorCode error = messaging::Error::cancelled;
        Reply reply;
        if (!stopped_) {
            reply = co_await app_.async_request_text(
                question_.target, question_.method, params_, options, [this](std::string_view item) { take(item); },
                native::cancel_with(cancel_, net::redirect_error(net::use_awaitable, error)));
        }
        // Why it did not join comes right behind.
        if (error && !lost_) co_await net::post(io_, net::use_awaitable);
        if (!error) {
            print(reply);
            printer_.finish();
        } else if (lost_) {
            throw CommandError{*lost_};
        } else {
            const auto failure = failure_of(error, reply);
            co_await leave();
            throw CommandError{failure};
        }
        if (unwritten_) throw CommandError{*unwritten_};
        co_return ExitCode::success;
    }

    /// Whether a service takes raw bodies stands in its record alone.
    net::awaitable<void> discover() {
        net::steady_timer seen{io_, timeout()};
        changed_ = &seen;
        app_.on_service([this, &seen](const messaging::ServiceChanged& change) {
            if (change.online) seen.cancel();
        });
        (void)app_.discover(question_.target.name);
        native::ErrorCode cancelled;
        if (!stopped_) co_await seen.async_wait(net::redirect_error(net::use_awaitable, cancelled));
        changed_ = nullptr;
        app_.on_service({});
        if (!cancelled && !stopped_) {
            const bool looked = app_.is_joined();
            co_await leave();
            if (!looked) throw CommandError{no_answer};
            throw CommandError{ExitCode::no_responder, "No record of the service says that it takes raw bodies."};
        }
    }

    [[nodiscard]] Duration timeout() const {
        return std::max(Duration{1}, Duration{static_cast<std::int64_t>(arguments_.timeout * 1000)});
    }

    void interrupt() {
        interrupted_ = true;
        membership_.end();
        give_up();
    }

    void give_up() {
        if (arguments_.notify) return app_.async_leave([](const native::ErrorCode&) {});
        cancel();
    }

    void cancel() {
        stopped_ = true;
        if (changed_) changed_->cancel();
        // Not from within a handler of the request itself.
        net::post(io_, [this] { cancel_.cancel(); });
    }

    // --- What is printed ---------------------------------------------------------------------------

    void take(std::string_view item) {
        if (arguments_.progress == RequestArguments::Progress::none) return;
        const std::string line = one_line(item);
        if (arguments_.connection.json) {
            write(R"({"progress":)" + line + "}\n");
        } else if (arguments_.progress == RequestArguments::Progress::output) {
            write(line + '\n');
        } else {
            std::cerr << line << std::endl;
        }
    }

    void print(const Reply& reply) {
        if (!arguments_.connection.json) {
            if (reply.content_type.empty())
                write((arguments_.pretty ? indented(reply.result) : one_line(reply.result)) + '\n');
            else
                write(printer_.output().shown(reply.result, kept_in_texts));
            return;
        }
        std::string object;
        if (reply.content_type.empty()) {
            object = R"({"result":)" + one_line(reply.result);
        } else if (is_valid_utf8(reply.result)) {
            object = R"({"body":)" + to_text(reply.result);
        } else {
            object = R"({"body_base64":")" + base64(native::as_bytes(reply.result)) + '"';
        }
        if (!reply.content_type.empty()) object += R"(,"content_type":)" + to_text(reply.content_type);
        if (reply.count > 0) object += R"(,"count":)" + std::to_string(reply.count);
        object += '}';
        write((arguments_.pretty ? indented(object) : object) + '\n');
    }

    void write(const std::string& text) {
        if (unwritten_) return;
        printer_.text() += text;
        printer_.flush();
    }

    CommandError failure_of(const native::ErrorCode& error, const Reply& reply) const {
        // Here already: a NUL would end the text of an exception.
        std::string text = "Error " + std::to_string(reply.code) + ": " + printable(reply.message);
        std::string details = R"({"code":)" + std::to_string(reply.code) + R"(,"message":)" + to_text(reply.message);
        if (!reply.data.empty() && reply.data != "null") {
            text += ' ' + one_line(reply.data);
            details += R"(,"data":)" + one_line(reply.data);
        }
        details += '}';
        if (error == messaging::Error::remote) return {ExitCode::failed, text, details};
        if (error == messaging::Error::timed_out) return {no_answer.code(), no_answer.what(), details};
        if (error == messaging::Error::no_responder)
            return {ExitCode::no_responder, "No responder is online.", details};
        if (unwritten_) return *unwritten_;
        if (error == messaging::Error::cancelled) return {ExitCode::cancelled, "The request was cancelled."};
        if (error == messaging::Error::not_supported)
            return {ExitCode::failed, "The service does not accept raw bodies."};
        return {ExitCode::failed, "The request failed: " + explain(error)};
    }

    using Clock = std::chrono::steady_clock;

    const RequestArguments& arguments_;
    Report report_;
    ConnectionArguments::Resolved resolved_;
    Question question_;
    std::string uid_;
    std::string params_;
    net::io_context io_{1};
    Printer printer_{io_};
    native::Webapp app_{
        io_.get_executor(),
        resolved_.urls,
        {.root = arguments_.root, .uid = uid_, .roll_call = messaging::Webapp::RollCall::never, .appears = false},
        with_packets(resolved_.client, report_)};
    Membership<native::Webapp> membership_{app_, report_, arguments_.connection.maximum_losses, uid_};
    native::CancelSource cancel_;
    net::steady_timer* changed_ = nullptr;
    Clock::time_point begin_;
    std::optional<CommandError> lost_;
    bool interrupted_ = false;
    bool stopped_ = false;
    bool timed_out_ = false;
    std::optional<CommandError> unwritten_;
};

}  // namespace

ExitCode run_request(const RequestArguments& arguments) { return RequestCommand{arguments}.run(); }

}  // namespace wsmq::command
