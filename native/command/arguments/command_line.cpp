#include "command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <numeric>

#include "arguments/property_arguments.hpp"

namespace wsmq::command {

namespace {

/// How many letters have to be put in, left out or replaced to make one word of the other.
std::size_t distance(const std::string& one, const std::string& other) {
    std::vector<std::size_t> row(other.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (std::size_t i = 0; i < one.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < other.size(); ++j) {
            const std::size_t replaced = diagonal + (one[i] == other[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

/// A question about the nearest of the words, where one is near.
std::string suggestion(const std::string& word, const std::vector<std::string>& known) {
    constexpr std::size_t near = 2;
    const auto by_distance = [&](const auto& a, const auto& b) { return distance(word, a) < distance(word, b); };
    const auto best = std::ranges::min_element(known, by_distance);
    return distance(word, *best) <= std::min(near, word.size() / 2) ? " Is it " + *best + '?' : "";
}

std::vector<std::string> commands_of(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* each : app.get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(each->get_name());
    return names;
}

std::vector<std::string> long_options_of(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options())
        for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    return names;
}

std::string name_of(const CLI::App& app) {
    return app.get_parent() != nullptr ? "wsmq " + app.get_name() : std::string{"wsmq"};
}

/// A word that is left over.
std::string left_over(const CLI::App& app) {
    const auto words = app.remaining(true);
    const auto option = std::ranges::find_if(words, [](const auto& word) { return word.size() > 1 && word[0] == '-'; });
    if (option != words.end()) {
        const std::string name = option->substr(0, option->find('='));
        return name_of(app) + " has no option " + name + '.' +
               (name.starts_with("--") ? suggestion(name, long_options_of(app)) : "");
    }
    const std::string word = words.empty() ? "" : words.front();
    return "Unexpected argument: \"" + word + "\".";
}

/// "--timeout" as "-W (--timeout)", because the user may have written either.
std::string with_short_name(const CLI::App& app, const std::string& name) {
    const CLI::Option* option = app.get_option_no_throw(name);
    if (option == nullptr || option->get_snames().empty() || option->get_lnames().empty()) return name;
    return '-' + option->get_snames().front() + " (" + name + ')';
}

/// "--one excludes --other" in our words.
std::string about_others(std::string text) {
    using Words = std::pair<std::string_view, std::string_view>;
    for (const auto& [theirs, ours] :
         {Words{" excludes ", " cannot be combined with "}, Words{" requires ", " needs "}}) {
        if (const auto at = text.find(theirs); at != std::string::npos) text.replace(at, theirs.size(), ours);
    }
    return text;
}

/// "--name: what is wrong" as a sentence.
std::string about_option(const CLI::App& app, const std::string& text) {
    const auto colon = text.find(": ");
    if (colon == std::string::npos) return about_others(text) + '.';
    const std::string name = with_short_name(app, text.substr(0, colon));
    const std::string rest = text.substr(colon + 2);
    if (rest.starts_with("At Most")) return name + " is given twice, and may be given once.";
    if (rest.ends_with(" missing")) return name + " takes a value, which is missing.";
    return name + ' ' + rest + '.';
}

/// From a word with an address on, it may hold a password, with spaces in it too.
std::string without_addresses(std::string text) {
    const auto mark = std::min(text.find("://"), text.find('@'));
    if (mark != std::string::npos) text.replace(text.find_last_of(" =", mark) + 1, std::string::npos, "***");
    return text;
}

bool takes_value(const CLI::App& app, const std::string& name) {
    const CLI::Option* option = app.get_option_no_throw(name);
    return option != nullptr && option->get_items_expected_min() > 0;
}

/// What a word of the command line says about the next ones.
struct Reading {
    bool is_property = false;
    bool takes_next = false;  ///< another option's value
    std::string first{};      ///< what -D has in its own word
    std::string flags{};      ///< what stands before a D in its word
};

Reading read(const CLI::App& app, const std::string& word) {
    constexpr std::string_view long_name = "--property";
    if (word.starts_with("--")) {
        const auto sign = word.find('=');
        const std::string name = word.substr(0, sign);
        if (name == long_name && takes_value(app, name))
            return {.is_property = true, .first = sign == std::string::npos ? "" : word.substr(sign + 1)};
        return {.takes_next = sign == std::string::npos && takes_value(app, name)};
    }
    if (word.size() < 2 || word[0] != '-') return {};
    for (std::size_t i = 1; i < word.size(); ++i) {
        const std::string name{'-', word[i]};
        if (!takes_value(app, name)) continue;
        if (word[i] == 'D')
            return {.is_property = true, .first = word.substr(i + 1), .flags = i > 1 ? word.substr(0, i) : ""};
        return {.takes_next = i + 1 == word.size()};
    }
    return {};
}

}  // namespace

std::vector<std::string> take_program(std::vector<std::string>& words) {
    if (words.empty() || words.front() != "serve") return {};
    const auto mark = std::ranges::find(words, "--");
    if (mark == words.end()) return {};
    std::vector<std::string> program(mark + 1, words.end());
    words.erase(mark, words.end());
    return program;
}

void take_help(std::vector<std::string>& words) {
    if (words.empty() || words.front() != "help") return;
    words.erase(words.begin());
    words.insert(words.empty() ? words.end() : words.begin() + 1, "--help");
}

std::optional<std::string> unknown_command(const CLI::App& app, const std::vector<std::string>& words) {
    if (words.empty() || words.front().starts_with('-')) return std::nullopt;
    const auto& word = words.front();
    const auto known = commands_of(app);
    if (std::ranges::find(known, word) != known.end()) return std::nullopt;
    return without_addresses("There is no command \"" + word + "\"." + suggestion(word, known));
}

void join_properties(const CLI::App& app, std::vector<std::string>& words) {
    const auto is_chosen = [&](const CLI::App* each) { return !words.empty() && each->get_name() == words.front(); };
    const auto chosen = app.get_subcommands(is_chosen);
    if (chosen.empty()) return;
    std::vector<std::string> joined{words.front()};
    for (std::size_t at = 1; at < words.size();) {
        const auto reading = read(*chosen.front(), words[at]);
        if (!reading.is_property) {
            joined.push_back(words[at++]);
            if (reading.takes_next && at < words.size()) joined.push_back(words[at++]);
            continue;
        }
        ++at;
        std::vector<std::string> group;
        if (!reading.first.empty()) group.push_back(reading.first);
        while (group.size() < PropertyArguments::words_of(group) && at < words.size()) group.push_back(words[at++]);
        if (!reading.flags.empty()) joined.push_back(reading.flags);
        joined.emplace_back("--property");
        if (group.empty()) break;
        joined.push_back(PropertyArguments::join(group));
    }
    words = std::move(joined);
}

std::string sentence_of(const CLI::App& app, const CLI::ParseError& error) {
    const auto chosen = app.get_subcommands();
    const CLI::App& command = chosen.empty() ? app : *chosen.front();
    const bool is_left_over = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
    return without_addresses(is_left_over ? left_over(command) : about_option(command, error.what()));
}

}  // namespace wsmq::command
