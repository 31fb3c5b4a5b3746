// The deadlines of many things, each identified by a number: a heap with lazy removal.
#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <vector>

#include "wsmq/types.hpp"

namespace wsmq::messaging {

/// The earliest of those that are set.
[[nodiscard]] std::optional<TimePoint> earliest(std::initializer_list<std::optional<TimePoint>> deadlines);

class DeadlineQueue {
public:
    /// Inserts or replaces.
    void set(std::uint64_t key, TimePoint due);
    void erase(std::uint64_t key);
    [[nodiscard]] std::optional<TimePoint> next() const;
    /// Pops the key of a deadline that has passed; nothing where there is none.
    std::optional<std::uint64_t> take(TimePoint now);
    [[nodiscard]] std::size_t size() const noexcept { return due_.size(); }
    /// Entries in memory, stale ones included.
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

}  // namespace wsmq::messaging
