// The subcommands. They throw UsageError and CommandError.
#pragma once
#include "arguments/command_arguments.hpp"
#include "exit_code.hpp"

namespace wsmq::command {

[[nodiscard]] ExitCode run_pub(const PubArguments&);
[[nodiscard]] ExitCode run_sub(const SubArguments&);
[[nodiscard]] ExitCode run_bench(const BenchArguments&);

}  // namespace wsmq::command
