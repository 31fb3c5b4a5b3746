// wsmq services: the discovery records: which instances of which services are there, and what they offer.
#include <algorithm>
#include <array>
#include <vector>

#include "commands.hpp"
#include "records/watch_loop.hpp"
#include "text/printable.hpp"

namespace wsmq::command {

namespace {

/// A row of the table.
using Cells = std::array<std::string, 7>;

class ServicesCommand final : public WatchLoop {
public:
    explicit ServicesCommand(const ServicesArguments& arguments)
        : WatchLoop{arguments, "webapp/svc/" + (arguments.service.empty() ? "+" : arguments.service) + "/+"},
          arguments_{arguments},
          topics_{arguments.root} {
        if (!arguments.service.empty() && !messaging::is_valid_name(arguments.service))
            throw UsageError{std::string{"A service has a name of "} + name_rule};
    }

private:
    using Change = RecordWatch::Change;

    struct Names {
        std::string_view service;
        std::string_view instance;
    };
    Names names_of(std::string_view topic) const {
        const auto levels = messaging::Levels::of(topics_.below_root(topic).value_or(""));
        return levels.count == 4 ? Names{levels.level[2], levels.level[3]} : Names{};
    }

    /// What the convention names is of its type, or as if it were not there (docs/protocol.md, Services).
    static bool is_of_its_type(const std::string& name, const Json& value) {
        const auto is_text = [](const Json& each) { return each.is_string(); };
        const auto is_number = [](const Json& each) { return each.is_number(); };
        if (name == "version") return value.is_string();
        if (name == "methods") return value.is_array() && std::ranges::all_of(value, is_text);
        if (name == "raw") return value.is_boolean();
        if (name == "since") return value.is_number();
        if (name == "stats") return value.is_object() && std::ranges::all_of(value, is_number);
        return true;
    }

    std::optional<Json> parse(std::string_view topic, std::string_view payload) override {
        const auto names = names_of(topic);
        if (!messaging::is_valid_name(names.service) || !messaging::is_valid_instance(names.instance)) return Json{};
        if (payload.empty()) return std::nullopt;
        const auto record = parse_json(payload);
        const bool is_online = record && record->is_object() && record->value("online", Json{}) == Json(true);
        if (arguments_.online && !is_online) return std::nullopt;
        // Who it is stands in the topic; what the record says of that counts for nothing.
        Json object{{"service", names.service}, {"instance", names.instance}, {"online", is_online}};
        if (!is_online) return object;
        for (const auto& [name, value] : record->items()) {
            if (!object.contains(name) && is_of_its_type(name, value)) object[name] = value;
        }
        return object;
    }

    static bool is_online(const Json& record) { return record["online"] == Json(true); }

    void changed(Change change, const std::string&, const Json& record) override {
        if (!arguments_.watch) return;
        const std::string_view word = change == Change::gone       ? "gone"
                                      : !is_online(record)         ? "offline"
                                      : change == Change::appeared ? "appeared"
                                                                   : "changed";
        if (arguments_.connection.json) {
            Json object{{"change", word}};
            object.update(record);
            return print(to_text(object));
        }
        std::string line{word};
        for (const auto& cell : cells_of(record)) line += ' ' + cell;
        print(line);
    }

    bool ends_when_settled() const override { return !arguments_.watch; }

    ExitCode settled() override {
        if (arguments_.connection.json)
            for (const auto& [topic, record] : records()) print(to_text(record.value));
        else
            print_table();
        const bool any_online =
            std::ranges::any_of(records(), [](const auto& each) { return is_online(each.second.value); });
        return arguments_.service.empty() || any_online ? ExitCode::success : ExitCode::no_responder;
    }

    static std::string text_of(const Json& record, const char* name) {
        const auto found = record.find(name);
        return found != record.end() ? printable(found->get_ref<const std::string&>()) : "-";
    }

    /// Out of the statistics, of which a record may have none.
    static std::string count_of(const Json& record, const char* name) {
        const auto count = record.value("stats", Json::object()).value(name, Json{});
        return count.is_number() ? to_text(count) : "-";
    }

    static std::string methods_of(const Json& record) {
        const auto found = record.find("methods");
        if (found == record.end() || found->empty()) return "-";
        std::string list;
        for (const auto& method : *found) {
            if (!list.empty()) list += ',';
            list += printable(method.get_ref<const std::string&>());
        }
        return list;
    }

    static Cells cells_of(const Json& record) {
        return {text_of(record, "service"), text_of(record, "instance"),  is_online(record) ? "online" : "offline",
                text_of(record, "version"), count_of(record, "requests"), count_of(record, "errors"),
                methods_of(record)};
    }

    void print_table() {
        std::vector<Cells> rows;
        if (!records().empty())
            rows.push_back({"SERVICE", "INSTANCE", "STATUS", "VERSION", "REQUESTS", "ERRORS", "METHODS"});
        for (const auto& [topic, record] : records()) rows.push_back(cells_of(record.value));
        std::array<std::size_t, std::tuple_size_v<Cells>> widths{};
        for (const auto& row : rows) {
            for (std::size_t i = 0; i + 1 < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
        }
        for (const auto& row : rows) {
            std::string line;
            for (std::size_t i = 0; i + 1 < row.size(); ++i)
                line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
            print(line + row.back());
        }
    }

    const ServicesArguments& arguments_;
    messaging::Topics topics_;
};

}  // namespace

ExitCode run_services(const ServicesArguments& arguments) { return ServicesCommand{arguments}.run(); }

}  // namespace wsmq::command
