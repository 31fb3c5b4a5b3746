// The deadlines of many things, each named by a number: a heap from which what was taken back falls out late.
#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <vector>

#include "wsmq/types.hpp"

namespace wsmq::patterns {

/// The first of those that there are.
[[nodiscard]] std::optional<TimePoint> earliest(std::initializer_list<std::optional<TimePoint>> deadlines);

class DeadlineQueue {
public:
    /// Replaces the deadline that this key has.
    void set(std::uint64_t key, TimePoint due);
    void erase(std::uint64_t key);
    [[nodiscard]] std::optional<TimePoint> next() const;
    /// The key of a deadline that has passed, which is erased; nothing where there is none.
    std::optional<std::uint64_t> take(TimePoint now);
    [[nodiscard]] std::size_t size() const noexcept { return due_.size(); }
    /// Entries in memory, those that were taken back included.
    [[nodiscard]] std::size_t held() const noexcept { return heap_.size(); }

private:
    struct Entry {
        TimePoint due{};
        std::uint64_t key = 0;
    };
    [[nodiscard]] static bool is_later(const Entry& a, const Entry& b) noexcept { return a.due > b.due; }
    [[nodiscard]] bool is_stale(const Entry& entry) const;
    void drop_stale();

    std::map<std::uint64_t, TimePoint> due_;
    std::vector<Entry> heap_;
};

}  // namespace wsmq::patterns
