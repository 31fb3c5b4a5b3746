// The words of the command line before the parser sees them, and what is said where it cannot use them.
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace wsmq::command {

/// Joins the words of one -D for the parser; no argument of a program holds it.
inline constexpr char word_mark = '\0';

/// The words behind the first `--`, which are taken off, where the command is `serve`: a program's own, of which the
/// parser must see none.
[[nodiscard]] std::vector<std::string> take_program(std::vector<std::string>& words);

/// `help` and `help COMMAND` as `--help` and `COMMAND --help`.
void take_help(std::vector<std::string>& words);

/// What is wrong with the command, as a sentence, where there is none of that name.
[[nodiscard]] std::optional<std::string> unknown_command(const CLI::App& app, const std::vector<std::string>& words);

/// Each -D with all of its words as one, also of those that begin with a dash. `words` begin with the command.
void join_properties(const CLI::App& app, std::vector<std::string>& words);

/// What is wrong with the words, as one sentence. Of what may be an address, which may hold a password, nothing is
/// repeated.
[[nodiscard]] std::string sentence_of(const CLI::App& app, const CLI::ParseError& error);

}  // namespace wsmq::command
