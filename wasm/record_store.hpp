// The records of a session, and which of them JavaScript has yet to write down. A change is handed over with the second
// batch after it, so that a message that is acknowledged within the time of one batch never leaves this memory.
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
    /// A client that is started anew has no operations for the records that are here: JavaScript is notified when they
    /// are over.
    void begin_again();
    /// Hands changes to JavaScript, each once: those from before the last batch, or all.
    /// \return whether some are left for the next batch.
    bool hand_over(bool all);
    /// Whether JavaScript says when it has written a batch down.
    void set_awaited(bool is_awaited) { is_awaited_ = is_awaited; }
    /// JavaScript has written down this many more of the batches that it was handed, in their order.
    void batches_stored(std::uint32_t count) { stored_batches_ += count; }

    bool put(StoreKey, Bytes record) override;
    void erase(StoreKey) override;
    void clear() override;
    void for_each(Visitor&) const override;
    void finished(StoreKey, Errc error, ReasonCode reason) override { outcome_ = {error, reason}; }
    [[nodiscard]] bool is_behind(StoreKey) const noexcept override;

private:
    struct Entry {
        std::vector<std::uint8_t> record;
        std::vector<std::uint8_t> former;  ///< what was released, where JavaScript has not seen it
        std::uint32_t batch = 0;           ///< the last that it was in
        bool exists = true;
        bool is_written = false;  ///< JavaScript has some form of it
        bool is_changed = false;
        bool is_inherited = false;
    };
    using Entries = std::map<StoreKey, Entry>;
    static constexpr std::size_t most_spares = 1024;

    /// Once for each change that JavaScript does not know of.
    void note_change(StoreKey, Entry&);
    void write_out(const std::vector<StoreKey>& keys);
    void forget_void_changes();
    Entry& entry_of(StoreKey);
    Entries::iterator erase(Entries::iterator);

    /// Of the message that is erased next.
    struct Outcome {
        Errc error = Errc::none;
        ReasonCode reason = ReasonCode::success;
    };

    Connection& connection_;
    Outcome outcome_;
    std::uint32_t batches_ = 0;  ///< handed over
    std::uint32_t stored_batches_ = 0;
    bool is_awaited_ = false;
    Entries entries_;
    std::vector<Entries::node_type> spares_;  ///< of messages that were acknowledged, with their memory
    std::vector<StoreKey> recent_changes_;
    std::vector<StoreKey> due_changes_;  ///< from before the last batch; some may be void by now
};

}  // namespace wsmq::wasm
