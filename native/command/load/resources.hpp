// What the processes of a benchmark use of the machine (Linux).
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace wsmq::command {

struct Usage {
    double processor_seconds = 0;  ///< since the process was started
    std::uint64_t resident_bytes = 0;
};

/// Nothing where there is no such process.
[[nodiscard]] std::optional<Usage> usage_of(pid_t);
[[nodiscard]] Usage own_usage();

/// Raises the limit of open files as far as that takes. Throws UsageError where so many are not allowed.
void allow_open_files(std::uint64_t count);

}  // namespace wsmq::command
