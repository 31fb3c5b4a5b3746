// The records of a session, and which of them JavaScript has yet to write down: a message that is
// acknowledged before the next batch is taken never leaves this memory.
#pragma once
#include <map>
#include <vector>

#include "wsmq/store.hpp"

namespace wsmq::wasm {

class Connection;

class RecordStore final : public Store {
public:
    explicit RecordStore(Connection& connection) : connection_{connection} {}

    /// What JavaScript kept of an earlier client.
    void add(StoreKey, Bytes record);
    /// A client that is started anew has no operations for what is here: what comes of these
    /// records is told.
    void begin_again();
    /// Hands every change to JavaScript, once.
    void hand_over();

    bool put(StoreKey, Bytes record) override;
    void erase(StoreKey) override;
    void clear() override;
    void for_each(Visitor&) const override;

private:
    struct Entry {
        std::vector<std::uint8_t> record;
        std::vector<std::uint8_t> former;  ///< what was released, where JavaScript has not seen it
        bool exists = true;
        bool is_written = false;  ///< JavaScript has some form of it
        bool is_changed = false;
        bool is_inherited = false;
    };
    using Entries = std::map<StoreKey, Entry>;
    static constexpr std::size_t most_spares = 1024;

    void announce();
    Entry& entry_of(StoreKey);
    Entries::iterator erase(Entries::iterator);

    Connection& connection_;
    Entries entries_;
    std::vector<Entries::node_type> spares_;  ///< of messages that were acknowledged, with their memory
    bool is_announced_ = false;
};

}  // namespace wsmq::wasm
