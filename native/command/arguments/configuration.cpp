#include "configuration.hpp"

#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include "arguments/command_line.hpp"
#include "arguments/property_arguments.hpp"
#include "exit_code.hpp"

namespace wsmq::command {

namespace {

/// Options that replace each other: one on the command line overrides the other one of the file.
constexpr std::array<std::pair<const char*, const char*>, 6> alternatives{{{"--url", "--unix"},
                                                                           {"--url", "--host"},
                                                                           {"--url", "--port"},
                                                                           {"--unix", "--host"},
                                                                           {"--unix", "--port"},
                                                                           {"--id", "--id-prefix"}}};

struct Line {
    std::size_t number = 0;
    std::string name;   ///< with its hyphens
    std::string value;  ///< all behind it
};

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return std::string{text.substr(first, text.find_last_not_of(" \t\r") - first + 1)};
}

class Configuration {
public:
    Configuration(CLI::App& app, std::string file) : app_{app}, file_{std::move(file)} {}

    void apply() {
        std::ifstream input{file_};
        if (!input) throw UsageError{file_ + " cannot be read."};
        const auto lines = read(input);
        for (const auto* option : app_.get_options()) {
            if (option->count() > 0) given_.insert(option);
        }
        for (const auto& line : lines) apply(line);
        for (auto* option : touched_) {
            try {
                option->run_callback();
            } catch (const CLI::Error&) {
                // Its text would repeat the value, which may be a secret.
                throw UsageError{file_ + " has an invalid value of " + option->get_name() + '.'};
            }
        }
        if (holds_secret_) check_permissions();
    }

private:
    [[noreturn]] void fail(std::size_t number, const std::string& why) const {
        throw UsageError{"Line " + std::to_string(number) + " of " + file_ + ' ' + why};
    }

    std::vector<Line> read(std::istream& input) const {
        std::vector<Line> lines;
        std::string section;
        std::size_t number = 0;
        for (std::string text; std::getline(input, text);) {
            ++number;
            text = trimmed(text);
            if (text.empty() || text.front() == '#') continue;
            if (text.front() == '[') {
                section = text.substr(1, text.find(']') - 1);
                if (!text.ends_with(']') || !is_subcommand(section)) fail(number, "does not name a subcommand.");
                continue;
            }
            if (text.front() != '-') fail(number, "does not begin with an option.");
            if (!section.empty() && section != app_.get_name()) continue;
            const auto end = text.find_first_of(" \t=");
            const auto value = end == std::string::npos ? std::string{} : trimmed(text.substr(end + 1));
            lines.push_back({number, text.substr(0, end), value});
        }
        return lines;
    }

    void apply(const Line& line) {
        auto* const option = app_.get_option_no_throw(line.name);
        if (!option || option->get_group().empty() || line.name == "--help" || line.name == "--config") {
            if (!is_of_another(line.name)) fail(line.number, "has an unknown option.");
            return;
        }
        note_secret(*option, line.value);
        if (is_overridden(*option)) return;
        if (option->get_items_expected_max() == 0) {
            if (!line.value.empty()) fail(line.number, "gives a value to " + line.name + ", which has none.");
            option->add_result("true");
        } else {
            if (line.value.empty()) fail(line.number, "lacks the value of " + line.name + '.');
            add_value(*option, line.value);
        }
        if (std::ranges::find(touched_, option) == touched_.end()) touched_.push_back(option);
    }

    /// The words of a property are separated by spaces; the parser gets them as one argument.
    static void add_value(CLI::Option& option, const std::string& value) {
        if (!option.check_lname("property")) {
            option.add_result(value);
            return;
        }
        std::istringstream words{value};
        using Words = std::istream_iterator<std::string>;
        option.add_result(PropertyArguments::join({Words{words}, Words{}}));
    }

    [[nodiscard]] std::vector<CLI::App*> subcommands() const {
        return app_.get_parent()->get_subcommands([](CLI::App*) { return true; });
    }
    [[nodiscard]] bool is_subcommand(const std::string& name) const {
        return std::ranges::any_of(subcommands(), [&](const CLI::App* each) { return each->get_name() == name; });
    }
    [[nodiscard]] bool is_of_another(const std::string& name) const {
        return std::ranges::any_of(subcommands(), [&](CLI::App* each) { return each->get_option_no_throw(name); });
    }

    [[nodiscard]] bool is_given(const char* name) const { return given_.contains(app_.get_option_no_throw(name)); }

    [[nodiscard]] bool is_overridden(const CLI::Option& option) const {
        if (given_.contains(&option)) return true;
        const auto is = [&](const char* name) { return app_.get_option_no_throw(name) == &option; };
        for (const auto& [one, other] : alternatives) {
            if ((is(one) && is_given(other)) || (is(other) && is_given(one))) return true;
        }
        if (is("--password") && std::getenv("WSMQ_PASSWORD") != nullptr) return true;
        // An address on the command line may bring its own.
        return is_given("--url") && (is("--username") || is("--password")) && has_credentials();
    }

    [[nodiscard]] bool has_credentials() const {
        const auto& urls = app_.get_option("--url")->results();
        return std::ranges::any_of(urls, [](const auto& url) { return url.find('@') != std::string::npos; });
    }

    void note_secret(const CLI::Option& option, const std::string& value) {
        const auto is = [&](const char* name) { return app_.get_option_no_throw(name) == &option; };
        const bool may_hold_one = is("--url") || is("--proxy");
        if (is("--password") || is("--key-password") || is("--header") ||
            (may_hold_one && value.find('@') != std::string::npos)) {
            holds_secret_ = true;
        }
    }

    void check_permissions() const {
        struct stat state {};
        if (::stat(file_.c_str(), &state) != 0 || !S_ISREG(state.st_mode)) return;
        if ((state.st_mode & (S_IRWXG | S_IRWXO)) == 0) return;
        throw UsageError{file_ + " holds a secret, and others may open it: chmod 600 it."};
    }

    CLI::App& app_;
    const std::string file_;
    std::set<const CLI::Option*> given_;
    std::vector<CLI::Option*> touched_;
    bool holds_secret_ = false;
};

std::optional<std::string> users_file() {
    const auto* base = std::getenv("XDG_CONFIG_HOME");
    const auto* home = std::getenv("HOME");
    std::filesystem::path path;
    if (base && *base) {
        path = std::filesystem::path{base} / "wsmq";
    } else if (home && *home) {
        path = std::filesystem::path{home} / ".config" / "wsmq";
    } else {
        return std::nullopt;
    }
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) return std::nullopt;
    return path.string();
}

}  // namespace

void configure(CLI::App& subcommand, const std::string& file) {
    const auto chosen = file.empty() ? users_file() : std::optional{file};
    if (chosen) Configuration{subcommand, *chosen}.apply();
}

}  // namespace wsmq::command
