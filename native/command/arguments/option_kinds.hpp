// Kinds of options that the subcommands share, and their errors for invalid values.
#pragma once
#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace wsmq::command {

/// May be repeated, with one value each time; its help says so.
inline CLI::Option* add_repeated(CLI::App& app, const std::string& names, std::vector<std::string>& values,
                                 const std::string& description) {
    return app.add_option(names, values, description + "; may be repeated")
        ->type_size(1)
        ->expected(1)
        ->allow_extra_args(false)  // what follows is not for it
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

/// A whole number from `least` to `most`, in decimal digits, without zeros before it.
[[nodiscard]] CLI::Validator whole_number(std::uint64_t least,
                                          std::uint64_t most = std::numeric_limits<std::uint64_t>::max());

/// A number from `least` to `most`.
[[nodiscard]] CLI::Validator number(double least, double most);
inline constexpr double least_seconds = 0.001;
inline constexpr double most_seconds = 2'000'000;
[[nodiscard]] inline CLI::Validator seconds() { return number(least_seconds, most_seconds); }

/// One of these words.
[[nodiscard]] CLI::Validator one_of(std::vector<std::string> words);

}  // namespace wsmq::command
