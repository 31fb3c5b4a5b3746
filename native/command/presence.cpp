// wsmq presence: lists webapps and watches their presence.
#include <chrono>

#include "commands.hpp"
#include "records/watch_loop.hpp"
#include "wsmq/native/webapp.hpp"

namespace wsmq::command {

namespace {

constexpr double roll_call_settle = 1;  // everybody answers within half a second (docs/protocol.md, Presence)

class PresenceCommand final : public WatchLoop {
public:
    explicit PresenceCommand(const PresenceArguments& arguments)
        : WatchLoop{arguments, "webapp/status/+"}, arguments_{arguments}, topics_{arguments.root} {
        for (const auto* part : {&arguments.org, &arguments.user}) {
            if (!part->empty() && !messaging::is_valid_account_part(*part)) throw UsageError{account_rule};
        }
    }

private:
    using Change = RecordWatch::Change;

    static std::string_view uid_of(std::string_view topic) { return topic.substr(topic.rfind('/') + 1); }

    std::optional<Json> parse(std::string_view topic, std::string_view payload) override {
        const auto uid = messaging::parse_uid(uid_of(topic));
        const bool wanted = uid && (arguments_.org.empty() || uid->org == arguments_.org) &&
                            (arguments_.user.empty() || uid->user == arguments_.user);
        if (!wanted) return Json{};
        const auto record = parse_json(payload);
        if (!record || !record->is_object() || record->value("online", Json{}) != Json(true)) return std::nullopt;
        const auto since = record->value("since", Json{});
        Json told{{"since", since.is_number_integer() ? since : Json{}}, {"state", record->value("state", Json{})}};
        const auto tabs = record->find("tabs");
        if (tabs != record->end() && tabs->is_array()) told["tabs"] = *tabs;
        return told;
    }

    void changed(Change change, const std::string& topic, const Json& record) override {
        if (arguments_.once) return;
        constexpr std::string_view words[] = {"appeared", "changed", "gone"};
        const auto word = words[static_cast<std::size_t>(change)];
        if (!arguments_.connection.json) return print(std::string{word} + ' ' + line_of(topic, record));
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        Json object{{"time", std::chrono::duration_cast<std::chrono::milliseconds>(now).count()}, {"change", word}};
        object.update(object_of(topic, record));
        print(to_text(object));
    }

    bool ends_when_settled() const override { return arguments_.once; }

    void subscribed() override {
        if (!arguments_.roll_call) return;
        // Who asks is not looked up: any sound uid will do.
        const auto uid = native::make_uid("wsmq", "roll-call");
        (void)session().client().publish(topics_.room(messaging::roll_room, uid), "", {.qos = Qos::at_least_once});
    }

    ExitCode settled() override {
        for (const auto& [topic, record] : records()) {
            print(arguments_.connection.json ? to_text(object_of(topic, record.value)) : line_of(topic, record.value));
        }
        return ExitCode::success;
    }

    static std::string line_of(const std::string& topic, const Json& record) {
        const auto line = std::string{uid_of(topic)} + ' ' + to_text(record["state"]);
        return record.contains("tabs") ? line + " tabs " + to_text(record["tabs"]) : line;
    }

    static Json object_of(const std::string& topic, const Json& record) {
        const auto parts = messaging::parse_uid(uid_of(topic));
        Json object{{"uid", uid_of(topic)}, {"org", parts->org}, {"user", parts->user}};
        object.update(record);
        return object;
    }

    const PresenceArguments& arguments_;
    messaging::Topics topics_;
};

}  // namespace

ExitCode run_presence(const PresenceArguments& arguments) {
    auto settled = arguments;
    if (settled.roll_call) settled.settle = std::max(settled.settle, roll_call_settle);
    return PresenceCommand{settled}.run();
}

}  // namespace wsmq::command
