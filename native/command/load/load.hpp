// wsmq bench --webapps: joins webapps and services, and measures joins, requests, rooms, and a broker's restart.
#pragma once
#include "arguments/command_arguments.hpp"
#include "exit_code.hpp"

namespace wsmq::command {

/// Throws UsageError and CommandError.
[[nodiscard]] ExitCode run_load(const BenchArguments&);

}  // namespace wsmq::command
