// Prepares the words of the command line for the parser, and explains its errors.
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

/// For `serve`: removes and returns the words after the first `--`, which are a program's and not for the parser.
[[nodiscard]] std::vector<std::string> take_program(std::vector<std::string>& words);

/// `help` and `help COMMAND` as `--help` and `COMMAND --help`.
void take_help(std::vector<std::string>& words);

/// The error for an unknown command, as a sentence.
[[nodiscard]] std::optional<std::string> unknown_command(const CLI::App& app, const std::vector<std::string>& words);

/// Joins the words of each -D to one, words that begin with a dash included. `words` begin with the command.
void join_properties(const CLI::App& app, std::vector<std::string>& words);

/// The parser's error as one sentence, without anything that may be a URL, which may hold a password.
[[nodiscard]] std::string sentence_of(const CLI::App& app, const CLI::ParseError& error);

}  // namespace wsmq::command
