// Counts what the program takes from the heap, by replacing operator new.
#pragma once
#include <cstddef>

namespace wsmq::test {

[[nodiscard]] std::size_t allocations_so_far() noexcept;

}  // namespace wsmq::test
