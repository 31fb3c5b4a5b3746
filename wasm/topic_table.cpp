#include "topic_table.hpp"

#include <cstring>

namespace wsmq::wasm {

namespace {

// Odd constants with well-mixed bits.
constexpr std::uint64_t factor_1 = 0x9E37'79B9'7F4A'7C15;
constexpr std::uint64_t factor_2 = 0xD6E8'FEB8'6659'FD93;

template <class T> T read(const char* from) {
    T value{};
    std::memcpy(&value, from, sizeof value);
    return value;
}

std::uint64_t mix(std::uint64_t state, std::uint64_t word) {
    state = (state ^ word) * factor_1;
    return state ^ (state >> 29);
}

}  // namespace

// Eight bytes at a time, where the library's own comparison goes by one.
bool TopicTable::Entry::is(std::string_view topic) const {
    if (topic.size() != size) return false;
    const char* ours = text.get();
    const char* theirs = topic.data();
    std::size_t left = size;
    if (left < 8) {
        while (left > 0 && *ours == *theirs) ++ours, ++theirs, --left;
        return left == 0;
    }
    for (; left > 8; ours += 8, theirs += 8, left -= 8) {
        if (read<std::uint64_t>(ours) != read<std::uint64_t>(theirs)) return false;
    }
    // The last eight, some of which may have been compared already.
    return read<std::uint64_t>(ours + left - 8) == read<std::uint64_t>(theirs + left - 8);
}

std::uint32_t TopicTable::hash_of(std::string_view topic) const {
    std::uint64_t state = seed_ + topic.size();
    const char* at = topic.data();
    std::size_t left = topic.size();
    for (; left >= 8; at += 8, left -= 8) {
        state = mix(state, read<std::uint64_t>(at));
    }
    std::uint64_t word = 0;
    if (left >= 4) {  // two reads that may overlap
        word = read<std::uint32_t>(at) | std::uint64_t{read<std::uint32_t>(at + left - 4)} << 32;
    } else if (left > 0) {
        word = static_cast<std::uint8_t>(at[0]) | std::uint64_t{static_cast<std::uint8_t>(at[left / 2])} << 8 |
               std::uint64_t{static_cast<std::uint8_t>(at[left - 1])} << 16;
    }
    state = mix(state, word) * factor_2;
    return static_cast<std::uint32_t>(state >> 32);
}

std::uint32_t TopicTable::find(std::string_view topic, std::uint32_t hash) const {
    for (std::uint32_t slot = hash % slots;; slot = (slot + 1) % slots) {
        const std::uint16_t id = index_[slot];
        if (id == vacant) return slot;
        const Entry& entry = entries_[id];
        if (entry.hash == hash && entry.is(topic)) return slot;
    }
}

TopicTable::Interned TopicTable::intern(std::string_view topic) {
    if (entries_[last_].is(topic)) return {last_, false};
    if (topic.size() > longest_kept) return {capacity, true};

    const std::uint32_t hash = hash_of(topic);
    std::uint32_t slot = find(topic, hash);
    if (index_[slot] != vacant) {
        last_ = index_[slot];
        return {last_, false};
    }

    const std::uint32_t id = next_;
    next_ = (next_ + 1) % capacity;
    Entry& entry = entries_[id];
    if (entry.text) {
        remove(id);
        slot = find(topic, hash);
    }
    entry.text = std::make_unique_for_overwrite<char[]>(topic.size());
    std::memcpy(entry.text.get(), topic.data(), topic.size());
    entry.size = static_cast<std::uint32_t>(topic.size());
    entry.hash = hash;
    index_[slot] = static_cast<std::uint16_t>(id);
    last_ = id;
    return {id, true};
}

// Moves back what had to make way for the removed one, so that no slot is lost.
void TopicTable::remove(std::uint32_t id) {
    std::uint32_t hole = entries_[id].hash % slots;
    while (index_[hole] != id) hole = (hole + 1) % slots;
    for (std::uint32_t slot = (hole + 1) % slots; index_[slot] != vacant; slot = (slot + 1) % slots) {
        const std::uint32_t home = entries_[index_[slot]].hash % slots;
        if ((slot - home) % slots < (slot - hole) % slots) continue;  // it would come to stand before its home
        index_[hole] = index_[slot];
        hole = slot;
    }
    index_[hole] = vacant;
}

}  // namespace wsmq::wasm
