#include "load/load_text.hpp"

#include <iomanip>
#include <sstream>

namespace wsmq::command {

namespace {

class Lines {
public:
    Lines() { text_ << std::fixed; }

    std::ostream& line(const char* name) {
        if (has_any_) text_ << '\n';
        has_any_ = true;
        return text_ << std::left << std::setw(12) << name << std::right;
    }
    void percentiles(const char* name, const Json& milliseconds) {
        if (milliseconds.is_null()) return;
        line(name) << std::setprecision(1) << "p50 " << milliseconds["p50"].get<double>() << ", p95 "
                   << milliseconds["p95"].get<double>() << ", p99 " << milliseconds["p99"].get<double>() << ", maximum "
                   << milliseconds["maximum"].get<double>() << " ms";
    }
    /// What each phase has.
    void costs(const Json& phase) {
        line("") << std::setprecision(1) << phase["received_bytes_each"] << " bytes received and "
                 << phase["sent_bytes_each"] << " sent by each webapp";
        line("") << "processor " << std::setprecision(2) << phase["cpu_seconds"].get<double>() << " s";
        if (phase.contains("broker_cpu_seconds"))
            text_ << ", of the broker " << phase["broker_cpu_seconds"].get<double>() << " s";
    }
    std::string take() {
        text_ << '\n';
        return text_.str();
    }

private:
    std::ostringstream text_;
    bool has_any_ = false;
};

std::ostream& seconds(std::ostream& out, const Json& phase) {
    return out << " in " << std::setprecision(2) << phase["seconds"].get<double>() << " s";
}

}  // namespace

std::string load_text(const Json& result) {
    Lines lines;
    if (result.contains("join")) {
        const auto& join = result["join"];
        seconds(lines.line("joined") << join["joined"] << " of " << result["webapps"] << " webapps", join)
            << ", " << join["losses"] << " connections lost";
        lines.percentiles("to join", join["milliseconds"]);
        lines.percentiles("to know all", join["knowing_milliseconds"]);
        lines.costs(join);
    }
    if (result.contains("memory")) {
        const auto& memory = result["memory"];
        lines.line("memory") << memory["bytes_each"] << " bytes for each webapp";
        if (memory.contains("broker_bytes_each")) lines.line("") << "of the broker " << memory["broker_bytes_each"];
    }
    if (result.contains("requests")) {
        const auto& requests = result["requests"];
        seconds(lines.line("requests") << requests["answered"] << " answered", requests)
            << std::setprecision(0) << ", " << requests["per_second"].get<double>() << " a second, "
            << requests["failed"] << " failed";
        lines.percentiles("to answer", requests["milliseconds"]);
        lines.costs(requests);
    }
    if (result.contains("room_messages")) {
        const auto& rooms = result["room_messages"];
        seconds(lines.line("in rooms") << rooms["messages"] << " messages, " << rooms["delivered"] << " deliveries",
                rooms)
            << ", " << rooms["missing"] << " missing";
        lines.percentiles("to each", rooms["milliseconds"]);
        lines.percentiles("to all", rooms["to_all_milliseconds"]);
        lines.costs(rooms);
    }
    if (result.contains("restart")) {
        const auto& restart = result["restart"];
        seconds(lines.line("restart") << restart["returned"] << " webapps joined again", restart)
            << ", " << restart["departures"] << " taken for gone";
        lines.percentiles("to return", restart["milliseconds"]);
        lines.costs(restart);
    }
    return lines.take();
}

}  // namespace wsmq::command
