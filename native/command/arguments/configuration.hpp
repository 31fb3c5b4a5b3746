// The options that a file holds, for those that the command line does not say.
//
//     # comment
//     --host broker.example.org
//     -u ann
//     [sub]
//     -q 1
#pragma once
#include <string>

namespace CLI {
class App;
}

namespace wsmq::command {

/// Gives the subcommand what the file says of it: what stands before the first section, of which options of other
/// subcommands are passed over, and its own section. `file` is empty: the user's file, where there is one. An option
/// goes before the file where the command line or the environment says it, or another that takes its place.
/// Throws UsageError.
void configure(CLI::App& subcommand, const std::string& file);

}  // namespace wsmq::command
