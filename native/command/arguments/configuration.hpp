// Options from a file, for those that the command line does not give.
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

/// Applies the options in the file: those before the first section, without options of other subcommands, and those in
/// the section of the subcommand. `file` empty: the user's file, if there is one. The command line and the environment
/// take precedence, also where they give an option that replaces one of the file. Throws UsageError.
void configure(CLI::App& subcommand, const std::string& file);

}  // namespace wsmq::command
